"""What the user may set, where it may stand, and one clear sentence for everything that is wrong with it."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from platformdirs import user_config_path, user_state_path
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator, model_validator

from numdeck.model.address import is_loopback
from numdeck.model.money import parse_money
from numdeck.model.text import MAX_OWN_SENTENCE, clean
from numdeck.private import OTHERS, file_tampering

DEFAULT_BASE_URL: Final = "https://app.cyberyozh.com"

_LARGEST_FILE: Final = 1_000_000
"""A settings file that is longer than this is none, in bytes."""

_UNITS: Final = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([smh]?)")


class SettingsError(Exception):
    """A setting that cannot be used. `sentence` names it and the remedy."""

    def __init__(self, sentence: str) -> None:
        self.sentence = clean(sentence, MAX_OWN_SENTENCE)
        super().__init__(self.sentence)


def read_duration(value: object) -> object:
    """Read seconds from a number or a text such as "90", "14m" or "2.5 s"; what is neither is left for pydantic."""
    if not isinstance(value, str):
        return value
    match = _DURATION.fullmatch(value.strip())
    if match is None:
        raise ValueError('is no duration: write it as 90 (seconds), "90s", "14m" or "1.5h"')
    return float(match[1]) * _UNITS[match[2]]


def read_amount(value: object) -> object:
    """Read an amount in USD from a number or a text such as "2.50" or "$2.50"; anything else is left for pydantic."""
    amount = parse_money(value)
    return value if amount is None else amount


Amount = Annotated[Decimal, BeforeValidator(read_amount), Field(ge=0, le=1_000_000)]
Seconds = Annotated[float, BeforeValidator(read_duration)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, hide_input_in_errors=True)


class AlertSettings(_Section):
    """How a new code makes itself known, beside its row and the panel."""

    bell: bool = True
    """Ring the terminal's bell."""
    title: bool = True
    """Say it in the window title."""
    notification: Literal["off", "osc9", "osc777"] = "off"
    """Desktop notification: osc9 (iTerm2, kitty, Windows Terminal), osc777 (foot, urxvt), or off."""


class ScreenSettings(_Section):
    """What the terminal gets to see."""

    theme: str = "numdeck"
    """Colours: numdeck, numdeck-light, ansi-dark or ansi-light (the terminal's own 16), or a theme of Textual's."""
    utc: bool = False
    """Show times in UTC instead of local time."""
    mouse: bool = True
    """Let numdeck use the mouse; false leaves it to the terminal's own selection."""
    clipboard: Literal["auto", "raw", "tmux", "off"] = "auto"
    """How codes are copied: auto (OSC 52, in tmux by what works there), raw (OSC 52), wrapped for tmux, or off."""


class CancelSettings(_Section):
    """The window in which a purchase may be cancelled. The service has the last word."""

    opens_after: Annotated[Seconds, Field(ge=0, le=86400)] = 120.0
    """How long after the purchase the window opens."""
    closes_after: Annotated[Seconds, Field(ge=0, le=86400)] = 900.0
    """How long after the purchase it closes."""

    @model_validator(mode="after")
    def _in_order(self) -> CancelSettings:
        if self.closes_after <= self.opens_after:
            raise ValueError("closes_after must be later than opens_after")
        return self


class SpendSettings(_Section):
    """The spend guard, in USD. Beyond a limit the order form asks again, by having the amount typed."""

    per_order: Amount | None = None
    """What one order may cost."""
    per_day: Amount | None = None
    """What may be spent in a day, from local midnight, less what came back."""
    low_balance: Amount | None = None
    """A balance under this is warned of. One that does not cover another order like the last always is."""


class Settings(_Section):
    """All settings."""

    base_url: str = DEFAULT_BASE_URL
    """Root of the service; http only for this machine itself."""
    api_key: str | None = Field(default=None, repr=False)
    """The key itself. Better: api_key_file or api_key_command, or NUMDECK_API_KEY in the environment."""
    api_key_file: Path | None = None
    """A file that holds the key and that nobody else may read."""
    api_key_command: tuple[str, ...] | None = None
    """A command (a list of arguments, run without a shell) that prints the key."""
    account: str = ""
    """Name of the account, if the journal is to outlive a change of key; else each key has its own journal."""
    state_dir: Path = Field(default_factory=lambda: user_state_path("numdeck"))
    """Folder of the journal and the log."""
    poll: Annotated[Seconds, Field(ge=2, le=600)] = 5.0
    """Poll interval; 2 s at the least."""
    keep_ended: Annotated[Seconds, Field(ge=0, le=86400)] = 600.0
    """How long the row of an ended order stays on the desk; one bought here stays until its codes were seen."""
    auto_cancel_after: Annotated[Seconds, Field(ge=0, le=86400)] | None = None
    """Cancel what was bought here by itself when no code has come this long after the purchase; not by default."""
    order_without_journal: bool = False
    """Order even when the journal cannot be written: a purchase whose answer is lost is then forgotten at the end."""
    read_only: bool = False
    """Watch without ordering or cancelling."""
    sandbox: bool = False
    """Use the embedded sandbox: needs no key and no network."""
    alerts: AlertSettings = AlertSettings()
    screen: ScreenSettings = ScreenSettings()
    cancel: CancelSettings = CancelSettings()
    spend: SpendSettings = SpendSettings()
    keymap: dict[str, str] = Field(default_factory=dict)
    """Other keys for actions, by the id shown in the help: "order.cancel" = "f8"."""

    @field_validator("base_url")
    @classmethod
    def _safe_url(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"https", "http"} or not parts.hostname:
            raise ValueError("must be a web address such as https://app.cyberyozh.com")
        if parts.username or parts.query or parts.fragment:
            raise ValueError("must be an address alone, without user, query or fragment")
        if parts.scheme == "http" and not is_loopback(parts.hostname):
            raise ValueError(
                "must begin with https://, or the key would travel in the clear (http is for this machine only)"
            )
        return value.rstrip("/")

    @model_validator(mode="after")
    def _auto_within_window(self) -> Settings:
        after, window = self.auto_cancel_after, self.cancel
        if after is not None and not window.opens_after <= after < window.closes_after:
            raise ValueError(
                f"auto_cancel_after must lie within the cancel window: from {window.opens_after:g} s to less than "
                f"{window.closes_after:g} s"
            )
        return self

    @field_validator("state_dir", "api_key_file", mode="before")
    @classmethod
    def _not_empty(cls, value: object) -> object:
        if value == "":
            raise ValueError("must be a path, and is empty")  # pathlib would take the current folder
        return value

    @field_validator("state_dir", "api_key_file")
    @classmethod
    def _at_home(cls, value: Path | None) -> Path | None:
        if value is None:
            return None
        if "\0" in str(value):
            raise ValueError("must be a path, and no path holds a NUL")
        try:
            return value.expanduser()
        except RuntimeError:
            raise ValueError("begins with the home of a user that there is not") from None


_RENAMED: Final = {"order_without_memory": "order_without_journal"}
"""Settings by the name that they had before, which is still read."""

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
    """Where the settings file is by default: `config.toml` in the user's config folder."""
    return user_config_path("numdeck") / "config.toml"


def load_settings(
    *,
    config: Path | None = None,
    environment: Mapping[str, str],
    overrides: Mapping[str, object],
    say: Callable[[str], object] = lambda _: None,
) -> Settings:
    """Read the settings: command line (`overrides`) before environment before file before defaults.

    `say` is told of what still works and should be changed. Raises SettingsError with one sentence that names the
    setting, where it stands, and the remedy.
    """
    path, must_exist = config or config_file(), config is not None
    values: dict[str, Any] = _read_file(path, must_exist=must_exist)
    for old in _RENAMED.keys() & values.keys():
        say(f"Setting {old} ({path}) is called {_RENAMED[old]} now: rename it there.")
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
        return Settings.model_validate(values)
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
        # It says where the key comes from, and where it is sent.
        raise SettingsError(f"The settings file {path} is not used, as others could take the key with it: {tampering}.")
    if len(content) > _LARGEST_FILE:
        raise SettingsError(f"Settings file {path} is too long to be one.")
    try:
        values = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # numbers of thousands of digits, and a thousand brackets
        raise SettingsError(f"Settings file {path} is not valid TOML: {error}.") from None
    if "api_key" in values and is_readable_by_others:
        raise SettingsError(f"Settings file {path} holds a key and can be read by others: run chmod 600 {path}.")
    return values


def _sentence(error: ValidationError, sources: Mapping[str, str], path: str) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    where = [str(part) for part in first["loc"]]
    name = ".".join(where)
    source = sources.get(where[0], path) if where else path
    if first["type"] == "extra_forbidden":
        return f"Setting {name} in {source} does not exist: {_nearest(where)}"
    message = first["msg"].removeprefix("Value error, ")
    if not name:
        return f"Settings ({source}): {message}."  # of several at once
    return f"Setting {name} ({source}): {message[0].lower()}{message[1:]}."


def _nearest(where: list[str]) -> str:
    """Name what was probably meant."""
    import difflib

    model: type[BaseModel] = Settings
    for part in where[:-1]:
        annotation = model.model_fields[part].annotation
        if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
            break
        model = annotation
    close = difflib.get_close_matches(where[-1], model.model_fields, n=1)
    if close:
        return f"did you mean {'.'.join([*where[:-1], close[0]])}?"
    return "see config.example.toml for the settings there are."
