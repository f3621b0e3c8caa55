"""The screen on a desk whose time stands still: driven by keys, watched by what it shows and what it sends."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

from textual.events import Event, Key, MouseDown, Paste
from textual.pilot import Pilot

from numdeck.api.client import NumbersClient
from numdeck.clock import ServiceClock
from numdeck.desk.desk import Desk
from numdeck.desk.settings import DeskSettings
from numdeck.journal.asynchronous import AsyncJournal
from numdeck.journal.journal import Journal
from numdeck.sandbox.clock import ManualClock
from numdeck.sandbox.past import remembered
from numdeck.sandbox.sandbox import Sandbox
from numdeck.sandbox.server import SandboxServer
from numdeck.sandbox.settings import SANDBOX_KEY, SandboxSettings
from numdeck.ui.app import NumdeckApp
from numdeck.ui.clipboard import Multiplexers
from numdeck.ui.settings import ScreenSettings, UiSettings
from numdeck.ui.terminal import Terminal
from tests.support import Bench, DeskClock
from tests.ui.wired import wired

Scene = Callable[[Bench], Awaitable[None]]

IN_UTC: Final = UiSettings(screen=ScreenSettings(utc=True))


class Wire:
    """Stands for the terminal: keeps what is sent to it beside the drawing."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def write_beside(self, data: str) -> None:
        self.sent.append(data)


class StillApp(NumdeckApp):
    """numdeck without its watch: nothing happens but what the test does.

    What passes between screen and desk goes through the wire's encoding.
    """

    def __init__(
        self,
        desk: Desk,
        settings: UiSettings,
        *,
        multiplexers: Multiplexers | None = None,
        keep_theme: Callable[[str], str] = str,
    ) -> None:
        super().__init__(wired(desk), settings, multiplexers=multiplexers, keep_theme=keep_theme)
        self.wire = Wire()
        self.between_keys = 1.0
        """Seconds from one key or click to the next; the clock of the keys goes on with them."""
        self._key_clock = 0.0

    def now(self) -> float:
        """The instant of the newest key."""
        return self._key_clock

    async def on_event(self, event: Event) -> None:
        """Give keys and clicks their instant."""
        if isinstance(event, Key | Paste | MouseDown) and not event.is_forwarded:
            self._key_clock += self.between_keys
            event.time = self._key_clock
        await super().on_event(event)

    def start_watch(self) -> None:
        """Leave the account alone."""

    def open_terminal(self) -> Terminal:
        """Keep what is sent to the terminal."""
        return Terminal(self.wire, notification=self._settings.alerts.notification)


class SceneApp(StillApp):
    """numdeck on a sandbox of its own, opened on the app's own event loop, in a scene that was played before."""

    def __init__(
        self,
        scene: Scene,
        settings: UiSettings,
        sandbox_settings: SandboxSettings | None = None,
        desk_settings: DeskSettings | None = None,
    ) -> None:
        clock = ManualClock()
        sandbox = Sandbox(sandbox_settings or SandboxSettings(), clock=clock)
        self._stack = AsyncExitStack()
        self._server = SandboxServer(sandbox)
        desk_clock = ServiceClock(DeskClock(clock))
        client = NumbersClient(self._stack.enter_context(self._server).base_url, SANDBOX_KEY, desk_clock)
        self._scene = scene
        self._client, self._desk_clock = client, desk_clock
        self._bench: Bench | None = None
        self._sandbox, self._clock = sandbox, clock
        self._desk_settings = desk_settings or DeskSettings()
        super().__init__(None, settings)  # type: ignore[arg-type]  # the desk is opened on the app's own loop

    async def on_mount(self) -> None:
        """Open the desk and play the scene, before the app itself mounts its screen."""
        journal = await AsyncJournal.in_memory()
        await journal.run(Journal.write, remembered(self._sandbox))
        desk = await Desk.open(self._client, journal, self._desk_clock, self._desk_settings)
        self._desk = wired(desk)
        self._stack.push_async_callback(desk.close)
        bench = Bench(desk, self._sandbox, self._clock)
        await desk.learn_names()
        await bench.poll()
        await self._scene(bench)
        await desk.count_money()

    async def on_unmount(self) -> None:
        """Close the desk and the sandbox."""
        await self._stack.aclose()


class Operator:
    """Someone at the keyboard of a running screen, who reads what it says."""

    def __init__(self, pilot: Pilot[None], bench: Bench) -> None:
        self.pilot = pilot
        self.bench = bench
        app = pilot.app
        assert isinstance(app, StillApp)
        self.app = app

    async def press(self, *keys: str) -> None:
        """Press keys, one after the other, and wait for what comes of them."""
        await self.pilot.press(*keys)
        await self.wait_idle()

    async def wait_idle(self) -> None:
        """Wait until nothing is under way."""
        await self.pilot.pause()
        await self.app.workers.wait_for_complete()
        await self.pilot.pause()

    async def poll(self, *, seconds: float = 0.0, minutes: float = 0.0) -> None:
        """Let time pass and the desk look."""
        await self.bench.poll(seconds=seconds, minutes=minutes)
        await self.wait_idle()

    @property
    def screen(self) -> str:
        """Everything on the screen, line by line."""
        return "\n".join(strip.text for strip in self.app.screen._compositor.render_strips())

    def line(self, text: str) -> str:
        """The first line of the screen that has `text`; empty if none has."""
        return next((line for line in self.screen.splitlines() if text in line), "")

    @property
    def sent(self) -> str:
        """What went to the terminal beside the drawing."""
        return "".join(self.app.wire.sent)


@asynccontextmanager
async def operator_at(
    bench: Bench,
    settings: UiSettings = IN_UTC,
    *,
    size: tuple[int, int] = (120, 40),
    multiplexers: Multiplexers | None = None,
    keep_theme: Callable[[str], str] = str,
) -> AsyncIterator[Operator]:
    """Open the screen on a desk."""
    app = StillApp(bench.desk, settings, multiplexers=multiplexers, keep_theme=keep_theme)
    async with app.run_test(size=size) as pilot:
        operator = Operator(pilot, bench)
        await operator.wait_idle()
        yield operator
