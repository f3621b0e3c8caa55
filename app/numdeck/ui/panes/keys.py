"""The last line: the keys that do something now, as many as the screen is wide enough for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from rich.cells import cell_len
from rich.segment import Segment
from textual.events import Click
from textual.strip import Strip
from textual.widget import Widget

from numdeck.ui.actions import ACTIONS, InFooter

if TYPE_CHECKING:
    from textual.screen import Screen

_RANKS: Final = {action.call: action.in_footer for action in ACTIONS if action.in_footer is not None}
_ORDER: Final = {call: index for index, call in enumerate(_RANKS)}
_GAP: Final = 1
"""Cells between two labels, and between a key and its title."""


@dataclass(frozen=True, slots=True)
class KeyLabel:
    """A key and what it does: "n New"."""

    key: str
    """The key as Textual names it."""
    shown_key: str
    title: str
    action: str
    rank: InFooter = InFooter.ALWAYS
    is_enabled: bool = True

    @property
    def width(self) -> int:
        """The cells that it takes."""
        return cell_len(self.shown_key) + _GAP + cell_len(self.title)


def fitting(labels: Sequence[KeyLabel], width: int) -> tuple[KeyLabel, ...]:
    """The labels that have room in `width` cells: the most important first, shown in the order given."""
    ranked = sorted(range(len(labels)), key=lambda index: (list(InFooter).index(labels[index].rank), index))
    chosen: set[int] = set()
    room = width + _GAP
    for index in ranked:
        needed = labels[index].width + _GAP
        if needed <= room:
            chosen.add(index)
            room -= needed
    return tuple(label for index, label in enumerate(labels) if index in chosen)


def placed(labels: Iterable[KeyLabel]) -> Iterator[tuple[range, KeyLabel]]:
    """The labels, each with the cells in which it stands."""
    start = 0
    for label in labels:
        yield range(start, start + label.width), label
        start += label.width + _GAP


class KeyLine(Widget):
    """Names the active keys of its screen; a click on one does what the key does.

    Textual's Footer builds a widget for each key anew at every change of focus, and each leaves a watcher behind. This
    is one widget, which is drawn only when it says something else.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"keyline--key", "keyline--title", "keyline--disabled"}

    def __init__(self) -> None:
        super().__init__()
        self._labels: tuple[KeyLabel, ...] = ()

    def on_mount(self) -> None:
        """Begin to follow the screen's bindings."""
        self.screen.bindings_updated_signal.subscribe(self, self._bindings_changed)
        self._renew()

    def on_unmount(self) -> None:
        """Stop following them."""
        self.screen.bindings_updated_signal.unsubscribe(self)

    def on_resize(self) -> None:
        """Name as many keys as there is room for now."""
        self._renew()

    def on_click(self, event: Click) -> None:
        """Do what the key under the pointer does.

        Not for the second click of a double click: the first may have asked a question, whose answers stand here now.
        """
        event.stop()
        if event.chain == 1 and event.button == 1:
            for cells, label in placed(self._labels):
                if event.x in cells:
                    # As a key press would: by the application, since the action may close this screen.
                    self.app.call_later(self._call, label)

    async def _call(self, label: KeyLabel) -> None:
        active = self.screen.active_bindings.get(label.key)
        if active is None or not active.enabled or active.binding.action != label.action:
            self.app.bell()
            return
        await self.app.run_action(label.action, active.node)

    def _bindings_changed(self, screen: Screen[object]) -> None:
        # A terminal that loses the focus takes it from the widgets too: the keys are still the same for the operator.
        if self.app.app_focus and screen is self.screen:
            self._renew()

    def _renew(self) -> None:
        """Take over the active keys; draw only if the line says something else by them."""
        labels = fitting(self._active(), self.size.width)
        if labels != self._labels:
            self._labels = labels
            self.refresh()

    def _active(self) -> list[KeyLabel]:
        """The keys that do something now, one for each action; those of the table of actions in its order."""
        labels: dict[str, KeyLabel] = {}
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if binding.show and binding.action not in labels:
                rank = _RANKS.get(binding.action, InFooter.ALWAYS)
                shown_key = self.app.get_key_display(binding)
                labels[binding.action] = KeyLabel(
                    binding.key, shown_key, binding.description, binding.action, rank, active.enabled
                )
        return sorted(labels.values(), key=lambda label: _ORDER.get(label.action, -1))  # Textual puts a keymap's last

    def render_line(self, y: int) -> Strip:
        """Draw the line."""
        if y:
            return Strip.blank(self.size.width, self.rich_style)
        key_style = self.get_component_rich_style("keyline--key")
        title_style = self.get_component_rich_style("keyline--title")
        disabled_style = self.get_component_rich_style("keyline--disabled")
        segments = []
        for _, label in placed(self._labels):
            is_on = label.is_enabled
            segments += [
                Segment(label.shown_key, key_style if is_on else disabled_style),
                Segment(f" {label.title}", title_style if is_on else disabled_style),
                Segment(" ", self.rich_style),
            ]
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)
