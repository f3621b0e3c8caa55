"""One journal per account, whose name gives nothing away."""

from __future__ import annotations

from pathlib import Path

import pytest

from numdeck.journal.files import account_file

STATE = Path("/state")
URL = "https://app.example.com"
KEY = "sk-0123456789abcdef"


def name(base_url: str = URL, api_key: str = KEY, account: str = "") -> str:
    path = account_file(STATE, base_url, api_key, account)
    assert path.parent == STATE
    return path.name


def test_same_path() -> None:
    assert name() == "journal-app.example.com-3d202e9d18ebe6bf.sqlite3"
    assert name() == name(base_url=URL + "/") == name(base_url="https://APP.example.com")


def test_path_per_key_and_service() -> None:
    names = {name(), name(api_key=KEY + "1"), name(base_url="https://other.example.com"), name(api_key="")}
    assert len(names) == 4


def test_key_is_not_in_the_path() -> None:
    assert not any(KEY[start : start + 5] in name() for start in range(len(KEY) - 5))


def test_named_account() -> None:
    assert name(account="work") == name(account="work", api_key="another") == "journal-app.example.com-work.sqlite3"


@pytest.mark.parametrize("account", ["Work", "work!", "wo/rk", "../../work", "работа", "…", " ", "w" * 500, "a\x00b"])
def test_safe_names(account: str) -> None:
    made = name(account=account)
    assert made not in {name(account="work"), name(account=account + "!")}
    assert made.isascii()
    assert made.isprintable()
    assert len(made) < 120
    assert ".." not in made


@pytest.mark.parametrize("base_url", ["http://127.0.0.1:8080", "http://[::1]:8080", "http://localhost"])
def test_any_host(base_url: str) -> None:
    assert name(base_url=base_url).count("/") == 0


def test_port() -> None:
    assert name("http://localhost:1", account="a") != name("http://localhost:2", account="a")
