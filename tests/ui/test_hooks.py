"""Textual's private parts that numdeck relies on: one test for each says what broke when Textual changes."""

from __future__ import annotations

import asyncio
import inspect

import pytest
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.driver import Driver
from textual.drivers._writer_thread import WriterThread
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Key
from textual.keys import _character_to_key
from textual.widgets import Input


@pytest.mark.parametrize(("character", "key"), [("a", "a"), ("?", "question_mark"), ("/", "slash"), ("+", "plus")])
def test_characters_have_names_as_keys(character: str, key: str) -> None:
    """`ui/keymap.py` names the keys of the settings by it."""
    assert _character_to_key(character) == key


def test_the_driver_reads_in_a_method_of_its_own_and_writes_to_its_file() -> None:
    """`ui/driver.py` replaces both: it has to know when a key was read, and when a text was written."""
    assert "self.run_input_thread()" in inspect.getsource(LinuxDriver._run_input_thread)
    assert "self._file = " in inspect.getsource(LinuxDriver.__init__)
    assert "WriterThread(self._file)" in inspect.getsource(LinuxDriver.start_application_mode)
    assert "write = self._file.write" in inspect.getsource(WriterThread.run)


def test_the_parser_makes_events_of_text() -> None:
    """`ui/driver.py` feeds it, and asks it what has waited long enough for its rest."""
    parser = XTermParser()
    assert [event.key for event in parser.feed("a\x1b[A\x1b[27u") if isinstance(event, Key)] == ["a", "up", "escape"]
    assert [*parser.feed("\x1b"), *parser.tick()] == []


def test_a_screen_is_displayed_through_the_hook_of_the_app() -> None:
    """`ui/answering.py` ends there its watch for the frame in which a question stands."""
    assert "self.post_display_hook()" in inspect.getsource(App._display)


def test_faults_end_in_fatal_error() -> None:
    """`ui/app.py` overrides it to print one sentence, and logs the exception that `_exception` holds."""
    assert "_fatal_error()" in inspect.getsource(App._handle_exception)
    assert "_exception = error" in inspect.getsource(App._handle_exception)


def test_the_app_holds_its_driver() -> None:
    """`ui/app.py` hands it to `Terminal`, which writes titles and clipboards through its queue."""
    assert "self._driver = " in inspect.getsource(App)
    assert callable(Driver.write)


def test_fields_take_keys_in_on_key() -> None:
    """`ui/form/pick.py` overrides it to give the arrow keys to the list below the field."""
    assert asyncio.iscoroutinefunction(Input.__dict__["_on_key"])
