"""Textual's private parts that numdeck relies on: one test for each says what broke when Textual changes."""

from __future__ import annotations

import asyncio
import inspect

import pytest
from textual.app import App
from textual.driver import Driver
from textual.drivers import linux_driver
from textual.keys import _character_to_key
from textual.widgets import Input


@pytest.mark.parametrize(("character", "key"), [("a", "a"), ("?", "question_mark"), ("/", "slash"), ("+", "plus")])
def test_characters_have_names_as_keys(character: str, key: str) -> None:
    """`ui/keymap.py` names the keys of the settings by it."""
    assert _character_to_key(character) == key


def test_the_driver_decodes_by_its_modules_global() -> None:
    """`ui/keyboard.py` replaces it, so that no byte ends the program and no paste presses a key."""
    source = inspect.getsource(linux_driver.LinuxDriver.run_input_thread)
    assert 'getincrementaldecoder("utf-8")' in source
    assert hasattr(linux_driver, "getincrementaldecoder")


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
