"""Finding by name or code: the best hit first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numdeck.model.search import MOST, Named, SearchIndex, match_spans

SERVICES = SearchIndex([
    Named("wa", "WhatsApp"),
    Named("s1", "Telegram Premium"),
    Named("tg", "Telegram"),
    Named("x1", "Mini Telegram"),
    Named("x2", "Prototgram"),
    Named("te", "Tencent QQ"),
    Named("mm", "Microsoft"),
    Named("go", "Google, Gmail"),
])  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("tg", ["tg", "x2"]),
        ("TG", ["tg", "x2"]),
        ("telegram", ["tg", "s1", "x1"]),
        ("telegarm", ["tg", "x1", "s1"]),
        ("whatsap", ["wa"]),
        ("watsapp", ["wa"]),
        ("mikrosoft", ["mm"]),
        ("te,egram premuim", ["s1"]),
        ("te", ["te", "tg", "s1", "x1"]),
        ("gmail", ["go"]),
        ("  premium   tele ", ["s1"]),
        ("whats", ["wa"]),
        ("nothing", []),
    ],
)
def test_the_best_hit_comes_first(typed: str, codes: list[str]) -> None:
    assert [entry.code for entry in SERVICES.search(typed)] == codes


@pytest.mark.parametrize("typed", ["", "   "])
def test_an_empty_text_finds_the_first_entries(typed: str) -> None:
    assert [entry.code for entry in SERVICES.search(typed, limit=2)] == ["wa", "s1"]


def test_the_hits_are_limited() -> None:
    many = SearchIndex([Named(str(number), f"service {number}") for number in range(1000)])
    assert len(many.search("service")) == len(many.search("")) == MOST
    assert len(many) == 1000


def test_by_code() -> None:
    twice = SearchIndex([Named("tg", "first"), Named("TG", "second")])
    assert twice.by_code(" Tg ") == Named("tg", "first")
    assert twice.by_code("t") is None


@pytest.mark.parametrize(
    ("typed", "codes"),
    [
        ("", ["x1", "tg"]),
        ("te", ["te", "tg"]),
        ("tele", ["tg", "s1"]),
        ("gram", ["x1", "tg"]),
        ("nowhere", []),
    ],
)
def test_recent_codes_come_first_within_a_rank(typed: str, codes: list[str]) -> None:
    used = SearchIndex([Named("s1", "Telegram Premium"), Named("tg", "Telegram"), Named("x1", "Mini Telegram"),
                     Named("te", "Tencent QQ")])  # fmt: skip
    assert [entry.code for entry in used.search(typed, recent=("X1", "tg", "gone", "x1"))][:2] == codes


def test_unlikely_codes_come_last_within_a_rank() -> None:
    both = SearchIndex(
        [Named("s1", "Telegram"), Named("tg", "Telegram"), Named("x", "Telegram Premium"), Named("y", "My Tele")],
        is_unlikely=lambda code: code == "s1",
    )
    assert [entry.code for entry in both.search("tele")] == ["s1", "tg", "x", "y"]
    assert [entry.code for entry in both.search("tele", unlikely_last=True)] == ["tg", "x", "s1", "y"]
    assert both.search("s1", unlikely_last=True)[0].code == "s1"


@given(st.text(max_size=20))
def test_a_hit_has_every_word_if_any_entry_does(typed: str) -> None:
    hits = SERVICES.search(typed)
    words = typed.casefold().split()
    exact = [entry for entry in hits if all(word in entry.name.casefold() or word in entry.code for word in words)]
    assert hits[: len(exact)] == exact
    assert len(set(hits)) == len(hits)


@pytest.mark.parametrize(
    ("text", "typed", "spans"),
    [
        ("Telegram Premium", "tele prem", ((0, 4), (9, 13))),
        ("Telegram", "GRAM tel", ((0, 3), (4, 8))),
        ("Telegram", "tele legr", ((0, 6),)),
        ("Telegram", "x", ()),
        ("Telegram", "", ()),
        ("Straße", "e", ()),
    ],
)
def test_match_spans(text: str, typed: str, spans: tuple[tuple[int, int], ...]) -> None:
    assert match_spans(text, typed) == spans
