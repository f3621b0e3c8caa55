"""`numdeck history` and `numdeck stats`: the journal answers at the command line."""

from __future__ import annotations

import csv
import io
import json
import stat
import subprocess
import sys
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from numdeck import account_history
from numdeck.cli import main
from numdeck.journal.files import account_file, names_file
from numdeck.journal.journal import Journal
from numdeck.journal.names import NamesFile
from numdeck.model.export import FIELDS
from numdeck.model.order import Status
from numdeck.model.record import OrderRecord
from numdeck.settings import Settings
from tests.journal.samples import NOON, record

URL = "https://service.invalid"
KEY = "k3y-of-the-account"
ORDERS = [
    record(1, "79373"),
    record(2, "11", "22", price=Decimal("0.30"), provider="residential"),
    record(3, status=Status.CANCELED, expenses=Decimal(0)),
]


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the journal of an account whose key the environment has."""
    for name in ("HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("NUMDECK_API_KEY", KEY)
    monkeypatch.setenv("NUMDECK_BASE_URL", URL)
    monkeypatch.setenv("NUMDECK_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("TZ", "UTC")
    return tmp_path / "state"


def write(state: Path, orders: list[OrderRecord]) -> None:
    with closing(Journal.open(account_file(state, URL, KEY))) as journal:
        journal.write(orders)
    NamesFile(names_file(state, URL)).write({"tg": "Telegram"}, {"667": "USA"}, NOON)


def run(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> str:
    assert main(arguments) == status
    said = capsys.readouterr()
    return said.err if status else said.out


def test_history_as_text(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(state, ORDERS)
    header, *rows = run(capsys, "history").splitlines()
    assert header.split() == ["ENDED", "NUMBER", "SERVICE", "COUNTRY", "STATUS", "CHARGED", "REFUNDED", "CODES"]
    assert [row.split()[-1] for row in rows] == ["—", "11", "79373"], "the newest first, and its newest code first"
    assert all("Telegram" in row and "USA" in row for row in rows)


def test_history_as_csv(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(state, ORDERS)
    rows = list(csv.DictReader(io.StringIO(run(capsys, "history", "--csv"))))
    assert tuple(rows[0]) == FIELDS
    assert [(row["status"], row["codes"], row["charged"], row["refunded"]) for row in rows] == [
        ("canceled", "", "0.15", "0.15"),
        ("success", "11 22", "0.30", "0"),
        ("success", "79373", "0.15", "0"),
    ]


def test_history_as_json(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(state, ORDERS)
    values = [json.loads(line) for line in run(capsys, "history", "--json", "residential").splitlines()]
    assert [(each["id"], each["codes"], each["price"]) for each in values] == [(ORDERS[1].id, ["11", "22"], "0.30")]


@pytest.mark.parametrize(
    ("words", "found"), [(["telegram"], 3), (["residential"], 1), (["usa", "79373"], 1), (["usa", "nothing"], 0)]
)
def test_words_choose(state: Path, capsys: pytest.CaptureFixture[str], words: list[str], found: int) -> None:
    write(state, ORDERS)
    assert len(run(capsys, "history", *words).splitlines()) == 1 + found


def test_since_leaves_out_what_ended_before(
    state: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(state, ORDERS)
    monkeypatch.setattr("time.time", lambda: NOON + 3 * 60 + 300 + 90)
    assert len(run(capsys, "history", "--since", "2m").splitlines()) == 2
    assert len(run(capsys, "history", "--since", "1d").splitlines()) == 4


def test_a_file_is_private_and_whole(state: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    write(state, ORDERS)
    path = tmp_path / "export.csv"
    path.write_text("what was there before")
    assert run(capsys, "history", "--csv", "--output", str(path)) == ""
    assert path.read_text().splitlines()[0] == ",".join(FIELDS)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir() if "export" in each.name] == ["export.csv"]


def test_many_pages_are_one_history(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(state, [record(number) for number in range(2500)])
    ids = [json.loads(line)["id"] for line in run(capsys, "history", "--json").splitlines()]
    assert ids == [record(number).id for number in reversed(range(2500))]


def test_an_order_that_ends_meanwhile_repeats_no_other(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account_history, "_PAGE", 2)
    write(state, ORDERS)
    with account_history.open_history(Settings(state_dir=state, base_url=URL, api_key=KEY)) as history:
        records = history.records("")
        ids = [next(records).id]
        write(state, [record(9)])
        ids += [each.id for each in records]
    assert ids == [each.id for each in reversed(ORDERS)]


def test_a_reader_that_has_enough_ends_it_quietly(state: Path) -> None:
    write(state, [record(number) for number in range(2000)])
    command = [sys.executable, "-m", "numdeck", "history"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["history"], "There is no history of this account yet"),
        (["stats"], "There is no history of this account yet"),
        (["--sandbox", "history"], "The sandbox keeps no history"),
        (["history", "--since", "soon"], "write a number and a unit"),
    ],
)
def test_what_cannot_be_done_is_said(
    state: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    assert says in run(capsys, *arguments, status=2)
    assert not state.exists()


def test_a_place_that_is_none_is_said(state: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    write(state, ORDERS)
    said = run(capsys, "history", "--output", str(tmp_path / "missing" / "export.csv"), status=2)
    assert (
        said == f"numdeck: The history cannot be saved in {tmp_path}/missing/export.csv: No such file or directory.\n"
    )


def test_stats_as_json(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(state, ORDERS)
    values = json.loads(run(capsys, "stats", "--json", "--by", "provider"))
    assert (values["orders"], values["with_code"]) == (3, 2)
    assert (values["charged"], values["refunded"], values["cost_per_code"]) == ("0.60", "0.15", "0.2250")
    assert values["success_rate"]["low"] < values["success_rate"]["share"] < values["success_rate"]["high"]
    assert {name: each["orders"] for name, each in values["groups"].items()} == {"virtual": 2, "residential": 1}


def test_stats_as_text(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(state, [*(record(number, "1234") for number in range(30)), record(31, status=Status.CANCELED)])
    lines = run(capsys, "stats", "--by", "hour").splitlines()
    assert lines[0].startswith("31 orders, 30 with a code: 97 % (95 % interval")
    assert lines[1] == "Charged $4.65, refunded $0.15, $0.15 per code"
    assert [line.split()[:2] for line in lines[-2:]] == [["HOUR", "ORDERS"], ["15:00", "31"]]


def test_few_orders_are_too_few(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(state, ORDERS)
    said = run(capsys, "stats")
    assert "too few orders" in said
    assert said.splitlines()[-1].split() == ["Telegram", "3", "2", "few", "$0.60", "$0.15", "$0.2250", "few"]
