"""All settings, where they are read from, and one clear sentence for each mistake in them."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, get_args, get_type_hints
from urllib.parse import urlsplit

from platformdirs import user_config_path, user_state_path
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, field_validator
from pydantic.dataclasses import dataclass as pydantic_dataclass

from numdeck.desk.settings import DeskSettings
from numdeck.model.address import is_loopback
from numdeck.model.money import parse_money
from numdeck.model.text import MAX_OWN_SENTENCE, clean
from numdeck.private import OTHERS, file_tampering
from numdeck.ui.settings import UiSettings

DEFAULT_BASE_URL: Final = "https://app.cyberyozh.com"

_LARGEST_FILE: Final = 1_000_000
"""Bytes; a longer file is not read."""

_UNITS: Final = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([smhd]?)")


class SettingsError(Exception):
    """A setting cannot be used. `sentence` names it and says how to correct it."""

    def __init__(self, sentence: str) -> None:
        self.sentence = clean(sentence, MAX_OWN_SENTENCE)
        super().__init__(self.sentence)


def read_duration(value: object) -> object:
    """Read seconds from a text such as "90", "14m" or "2.5 s"; anything else is left for pydantic."""
    match = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    return value if match is None else float(match[1]) * _UNITS[match[2]]


def read_amount(value: object) -> object:
    """Read an amount in USD from a number or a text such as "2.50" or "$2.50"; anything else is left for pydantic."""
    amount = parse_money(value)
    return value if amount is None else amount


@pydantic_dataclass(frozen=True, kw_only=True, config=ConfigDict(extra="forbid", hide_input_in_errors=True))
class Settings(DeskSettings, UiSettings):
    """The desk's settings, the screen's, and those that only the start of the program reads.

    Each setting is declared once, in the class that its readers use. pydantic validates all of them.
    """

    base_url: str = DEFAULT_BASE_URL
    """Root of the service: https, or http for this machine."""
    api_key: str | None = Field(default=None, repr=False)
    """The key itself. Better: api_key_file or api_key_command, or NUMDECK_API_KEY in the environment."""
    api_key_file: Path | None = None
    """A file with the key that only its owner may read."""
    api_key_command: tuple[str, ...] | None = None
    """A command (a list of arguments, run without a shell) that prints the key."""
    account: str = ""
    """Name of the account. Without one each key has its own journal."""
    state_dir: Path = Field(default_factory=lambda: user_state_path("numdeck"))
    """Folder of the journal and the log."""

    @field_validator("base_url")
    @classmethod
    def _safe_url(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"https", "http"} or not parts.hostname:
            raise ValueError("must be a web address such as https://app.cyberyozh.com")
        if parts.username or parts.query or parts.fragment:
            raise ValueError("must have no user, query or fragment")
        if parts.scheme == "http" and not is_loopback(parts.hostname):
            raise ValueError(
                "must begin with https://, or the key would be sent unencrypted (http is for this machine only)"
            )
        return value.rstrip("/")

    @field_validator("state_dir", "api_key_file", mode="before")
    @classmethod
    def _not_empty(cls, value: object) -> object:
        if value == "":
            raise ValueError("must not be empty")  # pathlib would take the current folder
        return value

    @field_validator("state_dir", "api_key_file")
    @classmethod
    def _at_home(cls, value: Path | None) -> Path | None:
        if value is None:
            return None
        if "\0" in str(value):
            raise ValueError("must not contain a NUL")
        try:
            return value.expanduser()
        except RuntimeError:
            raise ValueError("names the home of an unknown user") from None


_MESSAGES: Final = {"float_parsing": 'is not a duration: write 90 (seconds), "90s", "14m" or "1.5h"'}
"""Type of a pydantic error → the message to use instead of pydantic's. Every float setting is a duration."""

_RENAMED: Final = {"order_without_memory": "order_without_journal"}
"""Former name of a setting, which is still accepted → its name."""

ENVIRONMENT: Final = {
    "NUMDECK_BASE_URL": "base_url",
    "NUMDECK_API_KEY": "api_key",
    "NUMDECK_STATE_DIR": "state_dir",
    "NUMDECK_POLL": "poll",
    "NUMDECK_SANDBOX": "sandbox",
    "NUMDECK_READ_ONLY": "read_only",
}
"""Environment variable → setting."""


def config_file() -> Path:
    """The default settings file: `config.toml` in the user's config folder."""
    return user_config_path("numdeck") / "config.toml"


def load_settings(
    *,
    config: Path | None = None,
    environment: Mapping[str, str],
    overrides: Mapping[str, object],
    say: Callable[[str], object] = lambda _: None,
) -> Settings:
    """Read the settings: the command line (`overrides`) wins over the environment, the file and the defaults.

    `say` is called with warnings. Raises SettingsError.
    """
    path, must_exist = config or config_file(), config is not None
    values: dict[str, Any] = _read_file(path, must_exist=must_exist)
    for old in _RENAMED.keys() & values.keys():
        say(f"Setting {old} ({path}) is now called {_RENAMED[old]}: please rename it.")
        values.setdefault(_RENAMED[old], values.pop(old))
    sources = dict.fromkeys(values, str(path))
    for variable, name in ENVIRONMENT.items():
        if environment.get(variable):
            values[name] = environment[variable]
            sources[name] = variable
            if name == "api_key":
                values.pop("api_key_file", None)
                values.pop("api_key_command", None)
    for name, value in overrides.items():
        values[name] = value
        sources[name] = "--" + name.replace("_", "-")
    try:
        return TypeAdapter(Settings).validate_python(_read_texts(Settings, values))
    except ValidationError as error:
        raise SettingsError(_sentence(error, sources, str(path))) from None


def _read_file(path: Path, *, must_exist: bool) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            tampering = file_tampering(path, file.fileno())
            is_readable_by_others = os.name == "posix" and os.fstat(file.fileno()).st_mode & OTHERS
            content = file.read(_LARGEST_FILE + 1)
        text = content.decode("utf-8")
    except FileNotFoundError:
        if must_exist:
            raise SettingsError(f"Settings file {path} does not exist: check --config or NUMDECK_CONFIG.") from None
        return {}
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SettingsError(f"Settings file {path} cannot be read: {reason}.") from None
    if tampering:
        # Whoever can change this file can have the key sent elsewhere.
        raise SettingsError(
            f"Settings file {path} is not used, because others could steal the key with it: {tampering}."
        )
    if len(content) > _LARGEST_FILE:
        raise SettingsError(f"Settings file {path} is too long.")
    try:
        values = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # thousands of digits or of brackets
        raise SettingsError(f"Settings file {path} is not valid TOML: {error}.") from None
    if "api_key" in values and is_readable_by_others:
        raise SettingsError(f"Settings file {path} holds a key and can be read by others: run chmod 600 {path}.")
    return values


def _read_texts(part: type, values: Mapping[str, Any]) -> dict[str, Any]:
    """Convert the texts among these values of `part`, a dataclass, where its field is a duration or an amount."""
    hints, read = get_type_hints(part), dict(values)
    for name in hints.keys() & values.keys():
        hint, value = hints[name], values[name]
        types = {hint, *get_args(hint)}
        if isinstance(hint, type) and is_dataclass(hint) and isinstance(value, dict):
            read[name] = _read_texts(hint, value)
        elif float in types:
            read[name] = read_duration(value)
        elif Decimal in types:
            read[name] = read_amount(value)
    return read


def _sentence(error: ValidationError, sources: Mapping[str, str], path: str) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    where = [str(part) for part in first["loc"]]
    name = ".".join(where)
    source = sources.get(where[0], path) if where else path
    if first["type"] == "unexpected_keyword_argument":
        return f"Setting {name} in {source} does not exist: {_nearest(where)}"
    message = _MESSAGES.get(first["type"], first["msg"].removeprefix("Value error, "))
    if not name:
        return f"Settings ({source}): {message}."  # two settings contradict each other
    return f"Setting {name} ({source}): {message[0].lower()}{message[1:]}."


def _nearest(where: list[str]) -> str:
    """Suggest the setting that was probably meant."""
    import difflib

    part: Any = Settings
    for name in where[:-1]:
        part = get_type_hints(part)[name]
    close = difflib.get_close_matches(where[-1], [field.name for field in fields(part)], n=1)
    if close:
        return f"did you mean {'.'.join([*where[:-1], close[0]])}?"
    return "see config.example.toml for all settings."
