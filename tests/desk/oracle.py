"""What only the sandbox knows: which purchase made which order, and whose orders were cancelled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from numdeck.model.phone import number_region
from numdeck.model.record import OrderRecord, Origin
from numdeck.model.request import Attempt, AttemptState, OrderRequest
from numdeck.sandbox.lifecycle import Order
from numdeck.sandbox.sandbox import Sandbox


class Oracle:
    """Keeps what each press made, and holds against it what the desk says."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._posted = 0
        self.attempts: dict[str, Attempt] = {}
        self.made: dict[str, str] = {}
        """Which order an attempt made, by ids; what made none is not in it."""
        self.pressed: set[str] = set()
        """The orders that the operator cancelled or armed."""

    def note(self, attempt: Attempt) -> None:
        """Note what the purchase that was just sent came to."""
        self.attempts[attempt.id] = attempt
        new = self._sandbox.posted[self._posted :]
        self.note_refused()
        assert len(new) <= 1, "one press, one order"
        if new:
            self.made[attempt.id] = new[0].order_id.hex

    def note_refused(self) -> None:
        """Note that a purchase was sent of which there is no attempt."""
        self._posted = len(self._sandbox.posted)

    @property
    def ours(self) -> set[str]:
        """The orders that a press made."""
        return {posted.order_id.hex for posted in self._sandbox.posted}

    def made_by(self, request: OrderRequest) -> list[str]:
        """The orders that were made by attempts for this very request."""
        return [made for sent, made in self.made.items() if self.attempts[sent].request == request]

    def cancelled_unasked(self) -> set[str]:
        """The orders to which a cancellation was sent that nobody pressed a key for."""
        puts = (seen.path.split("/")[-3] for seen in self._sandbox.requests if seen.method == "PUT")
        return {order_id.replace("-", "") for order_id in puts} - self.pressed

    def check(self, attempts: Iterable[Attempt], records: Mapping[str, OrderRecord]) -> int:
        """Check what the journal holds of attempts and orders; the result is how many twins were taken for ours."""
        settled = [attempt for attempt in attempts if not attempt.is_open]
        placed = {attempt.order_id or "": attempt for attempt in settled if attempt.state is AttemptState.PLACED}
        assert len(placed) == sum(attempt.state is AttemptState.PLACED for attempt in settled), "claimed twice"
        twins = 0
        for record in records.values():
            if record.origin is Origin.ELSEWHERE:
                assert record.id not in placed
            elif not record.is_inferred:
                assert record.id in self.ours, "a stranger's order is said to be ours for certain"
            elif not self._came_of_one_like(placed[record.id], record.id):
                attempt, theirs = placed[record.id], self._sandbox.order(record.id)
                assert self._is_twin(attempt, theirs), f"a stranger's {theirs} was claimed for {attempt}"
                twins += 1
        nothing = Counter(each.request for each in settled if each.state is AttemptState.NOT_PLACED)
        for request, count in nothing.items():
            made_none = sum(e.request == request and e.id not in self.made for e in self.attempts.values())
            assert count <= made_none, "said to be not placed, and paid for"
        return twins

    def _came_of_one_like(self, attempt: Attempt, order_id: str) -> bool:
        """Whether this attempt made the order, or one that asked for the very same."""
        return order_id in self.made_by(attempt.request)

    def _is_twin(self, attempt: Attempt, theirs: Order) -> bool:
        """Whether nothing that the service tells of an order shows that it is somebody else's; it tells no times."""
        request = attempt.request
        return (
            theirs.provider is request.provider
            and attempt.asked_price == theirs.price
            and _region(theirs) == _asked_region(self._sandbox, request.country_code)
        )


def _region(order: Order) -> str | None:
    return number_region(order.phone_number)


def _asked_region(sandbox: Sandbox, country_code: str) -> str | None:
    (pattern, *_) = sandbox.catalogue.countries[country_code].numbers
    return number_region(pattern.replace("#", "5"))
