"""What the terminal sends, in whatever pieces: bytes that are no text, and pastes that would press keys."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numdeck.ui.keyboard import PASTE_BEGINS, PASTE_ENDS, KeyboardDecoder


def decode(*pieces: bytes) -> str:
    decoder = KeyboardDecoder()
    return "".join(decoder.decode(piece) for piece in pieces)


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (b"n\x1b[A\r\x1b", "n\x1b[A\r\x1b"),
        ("é漢👍".encode(), "é漢👍"),
        (b"a\xff\xfeb", "a��b"),
        (b"\x1b[200~two\r\nlines\t\x1b[201~q", "\x1b[200~two\r\nlines\t\x1b[201~q"),
        (b"\x1b[200~\x1bntg\r\x1b[201~", "\x1b[200~ntg\r\x1b[201~"),
        (b"\x1b[200~a\x1b[201~n\r\x1b[201~", "\x1b[200~a[201~n\r\x1b[201~"),
        ("\x1b[200~\x9b2J\x00\x07\x7f\x1b[201~".encode(), "\x1b[200~2J\x1b[201~"),
        (b"\x1b[20~", "\x1b[20~"),
    ],
)
def test_what_is_read(sent: bytes, read: str) -> None:
    assert decode(sent) == read


@pytest.mark.parametrize("key", ["\x1b", "\x1b[", "\x1b[A", "\x1bO"])
def test_a_key_is_not_held_back(key: str) -> None:
    assert decode(key.encode()) == key


PASTED = st.text(st.sampled_from("ab\x1b[]~201\r\n\x07é漢"), max_size=30).filter(lambda text: PASTE_ENDS not in text)


@given(
    pasted=PASTED, before=st.sampled_from(["", "n", "\x1b[A"]), after=st.sampled_from(["", "q", "\r"]), data=st.data()
)
def test_however_it_is_cut_a_paste_holds_no_key(pasted: str, before: str, after: str, data: st.DataObject) -> None:
    sent = f"{before}{PASTE_BEGINS}{pasted}{PASTE_ENDS}{after}".encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(sent)), max_size=6)))
    read = decode(*(sent[start:end] for start, end in pairwise([0, *cuts, len(sent)])))
    assert read == decode(sent)
    assert read.startswith(before + PASTE_BEGINS)
    assert read.endswith(PASTE_ENDS + after)
    inside = read.removeprefix(before + PASTE_BEGINS).removesuffix(PASTE_ENDS + after)
    assert "\x1b" not in inside
    assert inside == pasted.replace("\x1b", "").replace("\x07", "")
