"""A filter as typed becomes words, with the codes whose names have them."""

from __future__ import annotations

from numdeck.model.history_query import Word, words_of

SERVICES = {"tg": "Telegram", "wa": "WhatsApp", "gr": "Grab"}
COUNTRIES = {"667": "USA", "6": "Gramland"}


def test_words_are_folded_and_find_codes_by_name() -> None:
    assert words_of("GRAM  12", services=SERVICES, countries=COUNTRIES) == (
        Word("gram", frozenset({"tg"}), frozenset({"6"})),
        Word("12"),
    )


def test_an_empty_filter_has_no_words() -> None:
    assert words_of("  ", services=SERVICES, countries=COUNTRIES) == ()
