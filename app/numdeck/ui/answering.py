"""An app in which a key answers only the question that the operator saw when pressing it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any, Final, cast
from weakref import WeakKeyDictionary, ref

from textual.app import App
from textual.events import Event, Key, MouseDown, MouseUp, Paste
from textual.geometry import Region
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from numdeck.model.text import typeable
from numdeck.ui.answers import AnswerGate, Question, Verdict
from numdeck.ui.driver import EscapeRead, TerminalDriver

_ROUNDS: Final = 2
"""From the focused widget up to the app: the key itself, then what it set off."""

_PATIENCE: Final = 3.0
"""Seconds after which the next key goes on anyway: a key that waits is better than one that goes astray."""


class TypeAhead:
    """Holds keys back; `hand_on` gives one to the focused widget, on the app's own queue."""

    def __init__(self, app: App[None], hand_on: Callable[[Event], Awaitable[None]]) -> None:
        self._app = app
        self._hand_on = hand_on
        self._held: deque[Event] = deque()
        self._waiting: asyncio.Task[None] | None = None

    async def take(self, event: Event) -> None:
        """Hand a key on now, or when its turn comes."""
        if self._waiting is not None:
            self._held.append(event)
            return
        await self._hand_on(event)
        self._waiting = asyncio.create_task(self._wait_idle(), name="typeahead")

    async def _wait_idle(self) -> None:
        try:
            async with asyncio.timeout(_PATIENCE):
                for _ in range(_ROUNDS):
                    start = self._app.focused or self._app.screen
                    for node in start.ancestors_with_self:
                        await _reached(node)
        except TimeoutError:
            pass
        finally:
            self._app.call_later(self._next)

    async def _next(self) -> None:
        self._waiting = None
        if self._held:
            await self.take(self._held.popleft())


async def _reached(node: MessagePump) -> None:
    """Wait until a node has dealt with all that is in its queue by now."""
    done = asyncio.Event()
    if node.call_later(done.set):
        await done.wait()


class Asker(Widget):
    """Mixed into a widget that asks. It notices when it is drawn, so that the app can tell when that was written.

    It is the last of the base classes: Textual takes styles from the first.
    """

    question: Question | None = None

    def pose(self, say_no: Callable[[], object]) -> None:
        """Ask, in place of what was asked before; its words are about to be drawn."""
        self.question = Question(say_no)
        _app_of(self).put_in_front(self)

    def withdraw(self) -> None:
        """Wait for no answer any more."""
        self.question = None
        _app_of(self).drop_asker(self)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Tell the app that the question is drawn."""
        if self.question is not None:
            _app_of(self).question_drawn(self, self.question)
        return super().render_lines(crop)


class AnsweringApp(App[None]):
    """Lets keys wait for one another, and judges each of them before it reaches a widget and before it acts.

    Twice, because a question may be asked while a key is on its way from the focused widget up to the app, which looks
    up what the key does only when it arrives there.
    """

    def __init__(self) -> None:
        super().__init__(driver_class=TerminalDriver)
        self._typeahead = TypeAhead(self, self._hand_on)
        self._gate = AnswerGate()
        # Weak on both sides: a screen that asks itself would be held by its own question for ever.
        self._askers: WeakKeyDictionary[Screen[Any], list[ref[Asker]]] = WeakKeyDictionary()
        self._ignores_click = False

    # Questions

    def put_in_front(self, asker: Asker) -> None:
        """Make the question of a widget the one that its screen waits for."""
        self.drop_asker(asker)
        self._askers.setdefault(asker.screen, []).append(ref(asker))

    def drop_asker(self, asker: Asker) -> None:
        """Forget a widget that waits for no answer any more."""
        askers = self._askers.get(asker.screen, [])
        askers[:] = [other for other in askers if other() is not None and other() is not asker]

    @property
    def _question(self) -> Question | None:
        """The question that the screen waits for."""
        askers = self._askers.get(self.screen) if self.screen_stack else None
        asker = askers[-1]() if askers else None
        return None if asker is None else asker.question

    def question_drawn(self, asker: Asker, question: Question) -> None:
        """Find out when the frame in which a question stands is written to the terminal."""
        if question.written_at is not None or asker.screen is not self.screen:
            return
        if isinstance(self._driver, TerminalDriver):
            self._driver.watch_next_frame(question.was_written)
        else:
            question.was_written(self.now())

    def post_display_hook(self) -> None:
        """A frame may have been drawn and not been sent: the next one is another."""
        if isinstance(self._driver, TerminalDriver):
            self._driver.watch_next_frame(None)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let the command palette not cover a question."""
        if action == "command_palette" and self._question is not None:
            return False
        return super().check_action(action, parameters)

    # Keys

    def now(self) -> float:
        """The instant on the clock of the keys, in monotonic seconds."""
        return monotonic()

    async def on_event(self, event: Event) -> None:
        """Judge keys, and let them wait for one another; a test's pilot waits for each."""
        if isinstance(event, MouseDown):
            question = self._question
            self._ignores_click = question is not None and not question.was_on_screen(event.time)
        if isinstance(event, MouseDown | MouseUp) and self._ignores_click:
            return  # the line of keys names other keys by now than those that were clicked at
        if isinstance(event, Paste):
            event.text = typeable(event.text)  # a field shows what it was given, and sends it
        if not isinstance(event, Key | Paste):
            await super().on_event(event)
        elif event.is_forwarded:
            if self._may_pass(event):
                await super().on_event(event)
        elif self.is_headless:
            if isinstance(event, Key) and event.key == "escape":
                self._gate.escape_read(event.time)
            await self._hand_on(event)
        else:
            await self._typeahead.take(event)

    async def _hand_on(self, event: Event) -> None:
        if self._may_pass(event):
            await super().on_event(event)

    def _may_pass(self, event: Event) -> bool:
        question = self._question
        verdict = self._gate.judge(event.time, question)
        if verdict is Verdict.SAY_NO and question is not None:
            question.say_no()
        return verdict is Verdict.PASS

    def on_read_again(self) -> None:
        """Draw everything anew on a terminal that was not read for a while."""
        self.refresh(layout=True)

    def on_escape_read(self, message: EscapeRead) -> None:
        """Remember an esc before the keys that were read with it have their turn."""
        self._gate.escape_read(message.time)


def _app_of(asker: Asker) -> AnsweringApp:
    return cast("AnsweringApp", asker.app)
