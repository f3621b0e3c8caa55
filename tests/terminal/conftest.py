"""An operator's machine: a home of its own, a service on loopback whose time and messages the test controls."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from numdeck.sandbox.clock import ManualClock
from numdeck.sandbox.sandbox import Sandbox
from numdeck.sandbox.server import SandboxServer
from numdeck.sandbox.settings import SandboxSettings
from tests.terminal.terminal import Terminal

KEY = "k3y-of-the-account"
CONFIG = """\
poll = 2
{top}
[cancel]
opens_after = "{opens_after}"
closes_after = "15m"
{rest}
"""


@dataclass(frozen=True)
class Home:
    """The folders of one operator, and the environment that leads to them."""

    folder: Path

    @property
    def state(self) -> Path:
        return self.folder / "state" / "numdeck"

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.folder),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
            "XDG_STATE_HOME": str(self.folder / "state"),
            "XDG_DATA_HOME": str(self.folder / "data"),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
        }

    def configure(self, top: str = "", rest: str = "", *, opens_after: str = "1s") -> None:
        """Write the settings file: quick polls, and a cancel window that opens soon."""
        path = self.folder / "config" / "numdeck" / "config.toml"
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_text(CONFIG.format(top=top, rest=rest, opens_after=opens_after))
        path.chmod(0o600)  # whatever the umask is

    def files(self) -> set[str]:
        """All files there are, but for the settings."""
        paths = (path.relative_to(self.folder) for path in self.folder.rglob("*") if path.is_file())
        return {str(path) for path in paths if path.parts[0] != "config"}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.folder.mkdir()
    home.configure()
    return home


@pytest.fixture
def clock() -> ManualClock:
    """The service's time: it stands still at the present, for the dashboard lives in real time."""
    return ManualClock(time.time())


@dataclass
class Service:
    """The service on its port, and what the test steers it by."""

    server: SandboxServer
    sandbox: Sandbox
    clock: ManualClock

    def restarted(self) -> SandboxServer:
        """Another server of the same world on the same port; to be started and stopped by the caller."""
        return SandboxServer(self.sandbox, port=int(self.server.base_url.rpartition(":")[2]))


OpenService = Callable[..., Service]


@pytest.fixture
def open_service(clock: ManualClock) -> Iterator[OpenService]:
    """Serve a sandbox that is silent, and empty but for some history unless told otherwise."""
    with ExitStack() as stack:

        def open_one(**settings: object) -> Service:
            plain = SandboxSettings(history=3, waiting=0, is_silent=True, reads_per_minute=10_000, key=KEY)
            sandbox = Sandbox(replace(plain, **settings), clock=clock)  # type: ignore[arg-type]
            server = stack.enter_context(SandboxServer(sandbox))
            return Service(server, sandbox, clock)

        yield open_one


@pytest.fixture
def service(open_service: OpenService) -> Service:
    return open_service()


OpenTerminal = Callable[..., Terminal]


@pytest.fixture
def open_terminal(home: Home) -> Iterator[OpenTerminal]:
    """Start numdeck in terminals; what still runs in the end is killed."""
    with ExitStack() as stack:

        def open_one(
            *arguments: str,
            service: Service | None = None,
            columns: int = 120,
            rows: int = 40,
            ignores_hangup: bool = False,
            more: Mapping[str, str] = {},
        ) -> Terminal:
            environment = {**home.environment, **more}
            if service is not None:
                environment |= {"NUMDECK_BASE_URL": service.server.base_url, "NUMDECK_API_KEY": KEY}
            return stack.enter_context(
                Terminal(arguments, environment=environment, columns=columns, rows=rows, ignores_hangup=ignores_hangup)
            )

        yield open_one
