"""Saving what the desk learns to the journal, and keeping it for as long as it cannot be written."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Concatenate, Final, ParamSpec, TypeVar

from numdeck.journal.asynchronous import AsyncJournal
from numdeck.journal.errors import JournalDamaged, JournalError, JournalMoved
from numdeck.journal.journal import Journal
from numdeck.model.cancellation import CancelIntent
from numdeck.model.record import OrderRecord
from numdeck.model.request import Attempt

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

BEFORE_A_PURCHASE: Final = 1.0
"""How long a purchase waits for another process that holds the journal's file, in seconds."""

_PROBE: Final = "saved"
_TELLING_DIGITS: Final = 4
_SAVED_AGAIN: Final = "The journal is saved again, with everything that happened meanwhile."
_MOVED: Final = "The journal was deleted or replaced while numdeck was running: a new file holds what it held."


class Saver:
    """Writes to the journal. Its errors are reported to `on_trouble` as a sentence, "" once they are over.

    A journal that is gone, damaged or not open yet is reopened if possible; then `reopened` is awaited, which adds what
    else the desk knows (`add_known`). `say` shows the operator a sentence. Call everything but `read` within a turn.
    """

    def __init__(
        self,
        journal: AsyncJournal,
        *,
        on_trouble: Callable[[str], object],
        reopened: Callable[[], Awaitable[None]],
        say: Callable[[str], object],
    ) -> None:
        self._journal = journal
        self._on_trouble = on_trouble
        self._reopened = reopened
        self._say = say
        self._trouble = journal.stands_in
        self._records: dict[str, OrderRecord] = {}
        self._attempts: dict[str, Attempt] = {}
        self._intents: dict[str, CancelIntent] = {}
        self._refused: dict[str, OrderRecord | Attempt] = {}
        self._is_recheck_due = False
        self._is_desk_missing = False
        self._logged: set[str] = set()

    @property
    def intents(self) -> Mapping[str, CancelIntent]:
        """What was decided and is not in the file yet, by order."""
        return self._intents

    @property
    def records(self) -> dict[str, OrderRecord]:
        """The orders that are not in the file yet as they are known here."""
        refused = {each.id: each for each in self._refused.values() if isinstance(each, OrderRecord)}
        return refused | self._records

    @property
    def attempts(self) -> dict[str, Attempt]:
        """The purchases that are not in the file yet as they are known here."""
        refused = {each.id: each for each in self._refused.values() if isinstance(each, Attempt)}
        return refused | self._attempts

    def add(
        self,
        records: Iterable[OrderRecord] = (),
        attempts: Iterable[Attempt] = (),
        intents: Mapping[str, CancelIntent] | None = None,
    ) -> None:
        """Add what is to be written with the next `write`."""
        self._records |= {record.id: record for record in records}
        self._attempts |= {attempt.id: attempt for attempt in attempts}
        self._intents |= intents or {}

    def add_known(
        self, records: Iterable[OrderRecord], attempts: Iterable[Attempt], intents: Mapping[str, CancelIntent]
    ) -> None:
        """Add what a reopened journal may not have. What waits to be written is newer, and wins."""
        self._records = {record.id: record for record in records} | self._records
        self._attempts = {attempt.id: attempt for attempt in attempts} | self._attempts
        self._intents = {**intents, **self._intents}

    async def write(self) -> None:
        """Write all that is not written yet; what fails stays for the next time."""
        if not (self._records or self._attempts or self._intents):
            return
        try:
            await self._write_all()
        except JournalError as error:
            self._note(error.sentence)
        except Exception:
            # One record must not hold back the others, nor the screen: codes go on arriving.
            log.exception("the journal refused what was to be written together")
            await self._write_one_by_one()
        else:
            self._note("")

    async def write_attempt(self, attempt: Attempt) -> None:
        """Write an attempt durably into the file at the journal's path. Raises JournalError if that cannot be done."""
        try:
            if self._journal.is_spoilt:
                await self._reopen(patience=BEFORE_A_PURCHASE)
            await self.do(Journal.write, [], [attempt])
        except JournalError as error:
            self._note(error.sentence)
            raise

    async def do(self, work: Callable[Concatenate[Journal, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a method of the journal; if its file is gone or damaged, reopen it and call again."""
        try:
            return await self._journal.run(work, *args, **kwargs)
        except (JournalMoved, JournalDamaged):
            await self._reopen()
            return await self._journal.run(work, *args, **kwargs)

    async def try_to(self, work: Callable[Concatenate[Journal, P], None], *args: P.args, **kwargs: P.kwargs) -> None:
        """Call a method of the journal, and report a failure as trouble."""
        try:
            await self.do(work, *args, **kwargs)
        except JournalError as error:
            self._note(error.sentence)

    async def read(self, work: Callable[Concatenate[Journal, P], T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """Call a method of the journal that reads; None if it cannot be read, which is reported as trouble."""
        try:
            return await self._journal.run(work, *args, **kwargs)
        except JournalError as error:
            self._note(error.sentence)
            return None

    async def mend(self, now: float) -> None:
        """Check that the file is still there, and retry what failed; `now` in epoch seconds."""
        try:
            if self._journal.is_spoilt or self._is_recheck_due:
                self._is_recheck_due = False
                await self._reopen()
            elif self._is_desk_missing:
                await self._add_desk()
            else:
                await self.do(Journal.check_place)
            if self._trouble:
                await self.do(Journal.set_timestamp, _PROBE, now)
        except JournalError as error:
            self._note(error.sentence)
            return
        refused, self._refused = self._refused, {}
        self.add(
            (each for each in refused.values() if isinstance(each, OrderRecord)),
            (each for each in refused.values() if isinstance(each, Attempt)),
        )
        await self.write()
        if not refused:
            self._note("")

    async def _write_all(self) -> None:
        try:
            await self._write_what_waits()
        except (JournalMoved, JournalDamaged):
            await self._reopen()  # which may add more to write
            await self._write_what_waits()
        self._records.clear()
        self._attempts.clear()
        self._forget_plans()

    async def _write_what_waits(self) -> None:
        records, attempts = list(self._records.values()), list(self._attempts.values())
        await self._journal.run(Journal.write, records, attempts, dict(self._intents))

    def _forget_plans(self) -> None:
        if self._journal.stands_in:
            return  # they are not in the file yet
        # The row of an order that cannot be saved may be missing: its plan is written again with it.
        self._intents = {order_id: intent for order_id, intent in self._intents.items() if order_id in self._refused}

    async def _write_one_by_one(self) -> None:
        """Write what can be written, and set the rest aside, so that it does not block the others."""
        try:
            for record in list(self._records.values()):
                await self._write_one(record, self._journal.run(Journal.write, [record]))
                del self._records[record.id]
            for attempt in list(self._attempts.values()):
                await self._write_one(attempt, self._journal.run(Journal.write, [], [attempt]))
                del self._attempts[attempt.id]
            trouble = await self._write_plans()
        except JournalError as error:
            trouble = error.sentence
        self._note(trouble)

    async def _write_plans(self) -> str:
        """Write the decisions; the result is a sentence about what failed, or empty."""
        try:
            await self._journal.run(Journal.write, [], [], dict(self._intents))
        except JournalError:
            raise
        except Exception:
            log.exception("what was decided for orders is not saved")
            return "What was decided for orders is not saved because of an internal error, which is in the log."
        self._forget_plans()
        return ""

    async def _write_one(self, one: OrderRecord | Attempt, writing: Awaitable[None]) -> None:
        try:
            await writing
        except JournalError:
            raise
        except Exception:
            if one.id not in self._logged:
                log.exception("not saved: %s", one.id)
                self._logged.add(one.id)
                self._is_recheck_due = True
            self._refused[one.id] = one
        else:
            self._refused.pop(one.id, None)
            self._logged.discard(one.id)

    async def _reopen(self, *, patience: float = 0.0) -> None:
        """Reopen the file. Raises JournalError."""
        was_gone = self._journal.is_spoilt and not self._trouble
        damage_before = self._journal.damage
        await self._journal.reopen(patience=patience)
        self._is_desk_missing = True
        await self._add_desk()
        damage = self._journal.damage
        if damage is not None and damage is not damage_before:
            self._say(damage.sentence)
        elif was_gone:
            self._say(_MOVED)

    async def _add_desk(self) -> None:
        await self._reopened()
        self._is_desk_missing = False

    def _note(self, sentence: str) -> None:
        before, self._trouble = self._trouble, sentence or self._journal.stands_in or self._refused_words()
        if self._trouble != before:
            self._on_trouble(self._trouble)
        if before and not self._trouble:
            self._say(_SAVED_AGAIN)

    def _refused_words(self) -> str:
        """Which orders and purchases cannot be saved."""
        if not self._refused:
            return ""
        first, more = next(iter(self._refused.values())), len(self._refused) - 1
        what = f"the order {_named(first)}" if isinstance(first, OrderRecord) else f"a purchase ({first.state})"
        others = f" and {more} more" if more else ""
        return f"Not saved because of an internal error, which is in the log: {what}{others}. Everything else is saved."


def _named(record: OrderRecord) -> str:
    """An order as an operator finds it on the screen, but for a screen that others see."""
    number = record.order.phone_number
    return f"of number …{number[-_TELLING_DIGITS:]}" if number else record.id
