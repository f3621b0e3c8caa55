"""The newest code and those that are unseen, for every screen: what the screens show, and what copying does."""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine, Iterable
from dataclasses import dataclass

from numdeck.desk.events import Archived, Event
from numdeck.desk.port import DeskPort
from numdeck.model.codes import Code
from numdeck.model.phone import dialable
from numdeck.model.record import CodeOf, OrderRecord, newest_code, unseen_codes
from numdeck.ui.clipboard import Copier, Outcome
from numdeck.ui.display import DisplayOptions, show_number

Tell = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class CodesShown:
    """The newest code of all, and the other codes that are unseen, the newest first."""

    newest: CodeOf | None = None
    others: tuple[CodeOf, ...] = ()

    @property
    def has_unseen(self) -> bool:
        """Whether any of them is unseen."""
        return bool(self.others) or (self.newest is not None and self.newest[1] in self.newest[0].unseen)


class CodeBoard:
    """Knows the codes of the desk and copies them.

    A code that is copied is marked as seen. `run` runs in the background what takes a moment. `display` is how every
    screen shows numbers and codes, masked for one.
    """

    def __init__(
        self,
        desk: DeskPort,
        copier: Copier,
        display: DisplayOptions,
        run: Callable[[Coroutine[object, object, None]], object],
    ) -> None:
        self.display = display
        self._desk = desk
        self._copier = copier
        self._run = run
        self._left: OrderRecord | None = None

    def codes(self) -> CodesShown:
        """Find what is to be shown now."""
        entries = self._desk.state.entries
        records = [entry.record for entry in entries.values()]
        left = [] if self._left is None or self._left.id in entries else [self._left]
        newest = newest_code([*records, *left])
        unseen = unseen_codes(records)
        return CodesShown(newest, tuple(each for each in unseen if newest is None or not _is_same(each, newest)))

    def remember(self, records: Iterable[OrderRecord]) -> None:
        """Take orders into account that are not on the desk: their code may be the newest."""
        known = [] if self._left is None else [self._left]
        newest = newest_code([*known, *records])
        self._left = None if newest is None else newest[0]

    def note(self, event: Event) -> None:
        """Keep the code of an order that leaves the desk."""
        if isinstance(event, Archived):
            record = event.entry.record
            if self._left is not None and self._left.id == record.id:
                self._left = None  # known better by now
            self.remember([record])

    def copy_newest(self, tell: Tell) -> None:
        """Copy the newest code of all; `tell` is called with a sentence that says what was done."""
        newest = self.codes().newest
        if newest is None:
            tell("There is no code yet.")
        else:
            self.copy_code(*newest, tell)

    def copy_code(self, record: OrderRecord, code: Code, tell: Tell) -> None:
        """Copy a code, and mark it as seen; `tell` is called with a sentence that says what was done."""
        what = f"Code of {self._number(record)}"
        self._copy(what, code.text, lambda: self.mark_seen(record, [code]), tell)

    def copy_last_code(self, record: OrderRecord | None, tell: Tell) -> None:
        """Copy the newest code of a row, if it has one."""
        if record is None or not record.codes:
            tell("There is no code to copy yet.")
        else:
            self.copy_code(record, record.codes[-1], tell)

    def copy_number(self, record: OrderRecord | None, tell: Tell) -> None:
        """Copy the number of a row as it is dialled, if it has one."""
        number = record.order.phone_number if record else None
        if record is None or number is None:
            tell("There is no number to copy yet.")
        else:
            self._copy(f"Number {self._number(record)}", dialable(number), lambda: None, tell)

    def mark_seen(self, record: OrderRecord, shown: Collection[Code], *, dismiss: bool = False) -> None:
        """Mark codes as seen in the background; see `Desk.mark_seen`."""
        self._run(self._desk.mark_seen(record.id, shown, dismiss=dismiss))

    def _copy(self, what: str, text: str, done: Callable[[], None], tell: Tell) -> None:
        def finish(outcome: Outcome) -> None:
            if outcome.is_success:
                done()
            tell(outcome.sentence(what))

        async def ask_first() -> None:
            finish(await self._copier.copy(text))

        outcome = self._copier.copy_at_once(text)
        if outcome is None:
            self._run(ask_first())
        else:
            finish(outcome)

    def _number(self, record: OrderRecord) -> str:
        return show_number(record.order.phone_number, self.display)


def _is_same(one: CodeOf, other: CodeOf) -> bool:
    """Whether it is the same code of the same order."""
    return one[0].id == other[0].id and one[1] is other[1]
