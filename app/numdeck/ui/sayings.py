"""What the message line says stands while it is true: withdrawn or replaced when it no longer is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from numdeck.desk.events import CommandResult
from numdeck.desk.port import DeskPort
from numdeck.desk.state import Entry
from numdeck.model.cancellation import CancelPress
from numdeck.model.duration import show_clock
from numdeck.model.request import Attempt, AttemptState
from numdeck.ui.cancellation import cancel_question, command_sentence, void_reason
from numdeck.ui.display import DisplayOptions, show_number
from numdeck.ui.notices import Known, still_said


class Line(Protocol):
    """The message line."""

    @property
    def said(self) -> str:
        """What it says now."""
        ...

    @property
    def is_asking(self) -> bool:
        """Whether a question stands there."""
        ...

    @property
    def is_important(self) -> bool:
        """Whether it says something important."""
        ...

    def say(self, text: str) -> None:
        """Say it in other words, for no longer."""
        ...

    def tell(self, sentence: str, *, important: bool = False) -> None:
        """Say a sentence for a while; an empty one withdraws what stands there."""
        ...

    def ask(self, question: str, on_yes: Callable[[], object], invalid_reason: Callable[[], str]) -> None:
        """Ask; `invalid_reason` says why the question makes no sense any more."""
        ...


class Sayings:
    """Says sentences on a line for as long as they are true; `renew` is called whenever something may have changed.

    `display` is how numbers are shown now.
    """

    def __init__(self, line: Line, desk: DeskPort, display: Callable[[], DisplayOptions]) -> None:
        self._line = line
        self._desk = desk
        self._display = display
        self._said = ""
        self._words: Callable[[], str] = str
        self._still: Callable[[str], str] = str
        self._go_on: Callable[[str], object] | None = None
        self._condition = ""

    def tell(self, sentence: str, *, important: bool = False) -> None:
        """Say a sentence for a while, whatever happens."""
        self._line.tell(sentence, important=important)

    def say_while(
        self,
        words: Callable[[], str],
        still: Callable[[str], str],
        *,
        important: bool = False,
        go_on: Callable[[str], object] | None = None,
    ) -> None:
        """Say a sentence, in the `words` that are right at the moment, as some count down.

        `still` says what has become of it: the same, another sentence, or nothing. `go_on` is called with that other
        sentence, which need not be the last word either.
        """
        self._said, self._words, self._still, self._go_on = words(), words, still, go_on
        self._line.tell(self._said, important=important)
        self._renew_said()

    def say_of(self, entry: Entry, words: Callable[[], str], *, important: bool = False) -> None:
        """Say something of an order while it is true, then what came of it."""
        before = (entry, self._desk.cancellation(entry))

        def still(sentence: str) -> str:
            return still_said(sentence, before, self._known(entry.id), self._display())

        def go_on(sentence: str) -> None:
            known = self._known(entry.id)
            if known is not None:
                self.say_of(known[0], lambda: sentence, important=self._line.is_important)

        self.say_while(words, still, important=important, go_on=go_on)

    def say_result(self, order_id: str, result: CommandResult) -> None:
        """Say what a command did; what is armed counts down."""

        def words() -> str:
            known = self._known(order_id)
            is_armed = known is not None and known[1].press is CancelPress.DISARM
            latest = replace(result, cancellation=known[1]) if known and is_armed else result
            return command_sentence(latest, self._desk.clock.now())

        entry = self._desk.state.entries.get(order_id)
        if entry is None:
            self._line.tell(words())
        else:
            self.say_of(entry, words)

    def say_ordered(self, attempt: Attempt) -> None:
        """Say what came of a purchase."""
        if attempt.state is AttemptState.UNKNOWN:
            unknown = f"Purchase unknown: do not order again yet. {attempt.reason}"
            self.say_while(
                lambda: unknown, lambda said: said if attempt.id in self._desk.state.attempts else "", important=True
            )
        entry = self._desk.state.entries.get(attempt.order_id or "")
        if entry is not None:
            ordered = f"Ordered {show_number(entry.record.order.phone_number, self._display())}."
            self.say_of(entry, lambda: ordered)

    def say_low_balance(self, sentence: str) -> None:
        """Say that the balance is low, until it no longer is."""
        self.say_while(lambda: sentence, lambda said: said if self._desk.state.low_balance else "", important=True)

    def say_polling(self, asked_at: float | None, *, held_for: float) -> None:
        """Say until the next answer that the list is asked for, or in how long: a throttle holds it, in seconds.

        `asked_at` is when the newest list was asked for, before the request to poll.
        """
        clock = self._desk.clock
        goes_on_at = clock.monotonic() + held_for

        def words() -> str:
            left = goes_on_at - clock.monotonic()
            return f"Throttled: polling again in {show_clock(left)}." if left > 0 else "Polling."

        self.say_while(words, lambda said: said if self._desk.state.link.fresh_at == asked_at else "")

    def ask_to_cancel(self, entry: Entry, on_yes: Callable[[], object]) -> None:
        """Ask before a request is sent; the question is void when the order cannot be cancelled any more."""

        def why_void() -> str:
            known = self._known(entry.id)
            return void_reason(known[1] if known else None, self._desk.clock.now())

        self._line.ask(cancel_question(entry, self._display()), on_yes, why_void)

    def renew(self, condition: str) -> None:
        """Replace or withdraw what is no longer true. `condition` stands there while nothing else is said."""
        self._renew_said()
        if condition and (condition != self._condition or not self._line.said):
            self._line.tell(condition, important=True)
        elif not condition and self._line.said == self._condition:
            self._line.tell("")
        self._condition = condition

    def _known(self, order_id: str) -> Known | None:
        entry = self._desk.state.entries.get(order_id)
        return (entry, self._desk.cancellation(entry)) if entry else None

    def _renew_said(self) -> None:
        if not self._said or self._line.is_asking:
            return
        if self._line.said != self._said:  # something else was said, or it stood long enough
            self._said = ""
            return
        words = self._words()
        sentence = self._still(words)
        if sentence != words:
            self._said = ""
            self._line.tell(sentence, important=bool(sentence) and self._line.is_important)
            if sentence and self._go_on is not None:
                self._go_on(sentence)
        elif words != self._said:
            self._said = words
            self._line.say(words)
