"""What came of a purchase whose answer was lost, where only the operator can say: two orders fit, or none came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content

from numdeck.desk.events import AttemptChanged, EntryEvent, Event
from numdeck.desk.port import DeskPort
from numdeck.model.money import show_money
from numdeck.model.request import Attempt
from numdeck.model.resolve import Candidate, Ground, Verdict, Weight
from numdeck.ui.answering import Asker
from numdeck.ui.codes import CodeBoard
from numdeck.ui.display import show_country, show_number, show_when
from numdeck.ui.panes.keys import KeyLine
from numdeck.ui.panes.message import MessageLine
from numdeck.ui.panes.text import StaticText
from numdeck.ui.screens.cover import CoverScreen
from numdeck.ui.table import Align, Column, Row, SequenceSource, Table

_COLUMNS: Final = (
    Column(key="number", title="ORDER", width=18, min_width=16, grow=1),
    Column(key="country", title="COUNTRY", width=12, min_width=7, priority=2, grow=1),
    Column(key="seen", title="FIRST SEEN", width=12, priority=1),
    Column(key="price", title="PRICE", width=7, align=Align.RIGHT, priority=3),
    Column(key="status", title="STATUS", width=12, min_width=8, priority=4),
)

_UNKNOWN: Final = "unknown"
_NOTHING: Final = "nothing"

_SEARCHING: Final = "numdeck goes on looking for its order; decide here only if you know better."
_SEARCH_ENDED: Final = "The search has ended: which order it was, if any, only you can say."
_STAYS_UNKNOWN: Final = "It stays unknown. Nothing is ever sent again."
_NOT_PLACED: Final = (
    "It counts as not placed, and its row goes. Should an order of it exist after all, it is charged, and stands on "
    "the desk as bought outside numdeck. Nothing is sent again."
)
_PLACED: Final = (
    "This order counts as what the purchase bought: its service, its cancel window and its money are known from then "
    "on. The others stay what they are."
)


_FOR: Final = {
    Ground.TIME: "bought at that time",
    Ground.PROVIDER: "same type",
    Ground.PERIOD: "same period",
    Ground.SERVICE: "same service",
    Ground.COUNTRY: "same country",
    Ground.REGION: "number of that country",
    Ground.PRICE: "same price",
}
_AGAINST: Final = {
    Ground.TIME: "bought later, as far as the list told",
    Ground.PERIOD: "another period",
    Ground.REGION: "number of another region",
    Ground.PRICE: "another price",
}
"""What an order has in common with the purchase, and what it has not."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """The operator's word: this order, or None for "nothing was placed"."""

    order_id: str | None


class ResolveScreen(CoverScreen[Resolution | None], Asker):
    """Offers every order that fits, and that there is none; dismissed with None when nothing is to be settled yet.

    What stands first, and is taken by whoever leans on enter, settles nothing.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss(None)", "Leave it unknown", key_display="esc")
    ]

    def __init__(
        self,
        desk: DeskPort,
        attempt: Attempt,
        candidates: Sequence[Candidate],
        codes: CodeBoard,
        *,
        title_suffix: str = "",
    ) -> None:
        super().__init__(desk, codes)
        self._attempt = attempt
        self._shown = codes.display
        self._suffix = title_suffix
        self._verdicts = _verdicts(candidates)
        self._choices = SequenceSource[tuple[str, Row]](
            key=lambda choice: choice[0], render=lambda choice: choice[1], items=self._rows(candidates)
        )

    def compose(self) -> ComposeResult:
        """Lay out the choices, and what follows from the one under the cursor."""
        request, names = self._attempt.request, self._shown.names
        sent = show_when(self._attempt.sent_at, self._shown, now=self._desk.clock.now())
        yield StaticText(
            f"At {sent} a purchase was sent: {request.provider} {request.period}, "
            f"{names.service(request.service_code)}, {names.country(request.country_code)}. {self._attempt.reason} "
            + (_SEARCHING if self._attempt.searched_at is None else _SEARCH_ENDED),
            id="resolve-text",
        )
        table = Table(_COLUMNS, self._choices, id="resolve")
        table.border_title = Content(f"What came of this purchase? enter decides{self._suffix}")
        yield table
        yield StaticText(_STAYS_UNKNOWN, id="resolve-consequence")
        yield self.code_line
        yield MessageLine(only_asks=True)
        yield KeyLine()

    def on_mount(self) -> None:
        """Begin to listen: it may be resolved meanwhile, or another order seen that fits."""
        self._stop_listening = self._desk.listen(self._on_desk)
        self.pose(lambda: self.dismiss(None))

    def on_unmount(self) -> None:
        """Stop listening."""
        self._stop_listening()

    def _on_desk(self, event: Event) -> None:
        match event:
            case AttemptChanged(attempt) if attempt.id == self._attempt.id and not attempt.is_open:
                self.call_later(self._leave)
            case EntryEvent():
                self._search_again()

    def _leave(self) -> None:
        if self.is_current:
            self.dismiss(None)

    @work(exclusive=True, exit_on_error=False, description="looking for orders that fit")
    async def _search_again(self) -> None:
        candidates = await self._desk.candidates(self._attempt.id)
        self._verdicts = _verdicts(candidates)
        self._choices.replace(self._rows(candidates))
        self.query_one(Table).source_changed()

    @on(Table.CursorMoved)
    def _considered(self, event: Table.CursorMoved) -> None:
        sentence = {_UNKNOWN: _STAYS_UNKNOWN, _NOTHING: _NOT_PLACED}.get(event.key or "", _PLACED)
        verdict = self._verdicts.get(event.key or "")
        if verdict is not None:
            sentence = f"{evidence_words(verdict)} {sentence}"
        self.query_one("#resolve-consequence", StaticText).say(sentence)

    @on(Table.RowOpened)
    def _chosen(self, event: Table.RowOpened) -> None:
        if event.key == _UNKNOWN:
            self.dismiss(None)
        else:
            self.dismiss(Resolution(None if event.key == _NOTHING else event.key))

    def _rows(self, candidates: Sequence[Candidate]) -> list[tuple[str, Row]]:
        blank = [""] * (len(_COLUMNS) - 1)
        return [
            (_UNKNOWN, Row(("not known yet", *blank))),
            *((candidate.record.id, self._order_row(candidate)) for candidate in candidates),
            (_NOTHING, Row(("nothing", *blank))),
        ]

    def _order_row(self, candidate: Candidate) -> Row:
        record, order = candidate.record, candidate.record.order
        return Row(
            (
                show_number(order.phone_number, self._shown),
                show_country(record, self._shown),
                show_when(record.first_seen, self._shown, now=self._desk.clock.now()),
                show_money(order.price),
                order.status_label,
            )
        )


def evidence_words(verdict: Verdict) -> str:
    """Say what speaks for an order, and what against it."""
    speaks_for = ", ".join(_FOR[ground] for ground in verdict.grounds(Weight.FOR) if ground in _FOR)
    against = ", ".join(_AGAINST[ground] for ground in verdict.grounds(Weight.AGAINST) if ground in _AGAINST)
    return f"For it: {speaks_for or 'nothing'}. Against it: {against or 'nothing'}."


def _verdicts(candidates: Sequence[Candidate]) -> dict[str, Verdict]:
    return {candidate.record.id: candidate.verdict for candidate in candidates}
