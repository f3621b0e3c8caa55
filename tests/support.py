"""What the tests of the desk and the screen share: an operator's bench, driven like a person would."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from numdeck.desk.desk import Desk
from numdeck.desk.events import CodesArrived, CommandOutcome, Event
from numdeck.desk.state import Entry
from numdeck.model.request import OrderRequest
from numdeck.sandbox.clock import ManualClock
from numdeck.sandbox.sandbox import Sandbox
from numdeck.ui.notices import notice_sentence

TELEGRAM = OrderRequest(service_code="tg", country_code="667")


class DeskClock:
    """The sandbox's hand-moved time as the machine's clock, `ahead` of it by so many seconds.

    Who sleeps on it wakes at once, or when `awake` is set.
    """

    def __init__(self, clock: ManualClock, *, ahead: float = 0.0) -> None:
        self._clock = clock
        self._ahead = ahead
        self.moved = 0.0
        self.awake = asyncio.Event()
        self.awake.set()

    def now(self) -> float:
        return self._clock.now() + self._ahead

    def monotonic(self) -> float:
        return self._clock.now()

    def drift(self) -> float:
        return self.moved

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)
        await self.awake.wait()


async def until(is_so: Callable[[], bool]) -> None:
    """Wait for something that happens on a server's thread."""
    async with asyncio.timeout(10):
        while not is_so():  # noqa: ASYNC110 - another thread sets no event of this loop
            await asyncio.sleep(0.01)


@dataclass
class Bench:
    """An operator's desk with the sandbox behind it: commands, time, and what was told."""

    desk: Desk
    sandbox: Sandbox
    clock: ManualClock
    events: list[Event] = field(default_factory=list)

    async def poll(self, *, seconds: float = 0.0, minutes: float = 0.0) -> None:
        """Let time pass, then poll and look up what is due."""
        self.clock.advance(seconds, minutes=minutes)
        await self.desk.poll_once()
        await self.desk.follow_once()

    async def inform(self, request: OrderRequest = TELEGRAM) -> None:
        """Learn names, and what a request costs, as the order form does before it asks."""
        await self.desk.learn_names()
        await self.desk.quote(request, self.desk.names.service(request.service_code))

    async def order(self, request: OrderRequest = TELEGRAM) -> Entry:
        """Order a number that is placed at once."""
        attempt = await self.desk.order(request)
        assert attempt.order_id is not None
        return self.entry(attempt.order_id)

    async def cancel(self, order_id: str) -> CommandOutcome:
        """Press the cancel key on an order, and say yes."""
        return (await self.desk.cancel(order_id)).outcome

    async def see(self, order_id: str) -> None:
        """Mark all codes of an order as seen, as space does: if it has ended it leaves the desk."""
        await self.desk.mark_seen(order_id, self.entry(order_id).record.codes, dismiss=True)

    @property
    def machine_clock(self) -> DeskClock:
        """The clock of the machine that the desk runs on."""
        clock = self.desk.clock.machine
        assert isinstance(clock, DeskClock)
        return clock

    def entry(self, order_id: str) -> Entry:
        return self.desk.state.entries[order_id]

    @property
    def codes_told(self) -> list[str]:
        """Every alert for a code, in order."""
        return [code.text for event in self.events if isinstance(event, CodesArrived) for code in event.codes]

    @property
    def told(self) -> list[str]:
        """Every announcement, in words and in order."""
        return list(filter(None, map(notice_sentence, self.events)))


OpenBench = Callable[..., Awaitable[Bench]]
