"""The terminal as Textual drives it, and what Textual leaves out.

It does not say when a key was read, nor when a text was written. And it waits for a terminal that is not read, as
behind a closed lid or a dropped line, and the whole program with it.
"""

from __future__ import annotations

import asyncio
import os
import select
from collections import deque
from collections.abc import Callable, Iterable
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, TextIO

from textual._ansi_sequences import SYNC_START
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Key
from textual.message import Message

from numdeck.ui.keyboard import EscapeFinder, KeyboardDecoder

if TYPE_CHECKING:
    from textual.app import App

_MOUTHFUL: Final = 4096
_LAST_PIECE: Final = 128
"""Characters of a frame that a terminal takes at once if it takes anything."""

_MOST_WAITING: Final = 24
"""How many writes may wait for the terminal: Textual's queue takes a few more, and then holds the event loop up."""

_MOST_KEPT: Final = 32
"""How many sequences beside the drawing are kept for a terminal that is not read."""

_LOOK_EVERY: Final = 0.1
_LOOK_EVERY_WHILE_UNDECIDED: Final = 0.02
"""How long to wait for more before looking whether an ESC stayed alone, in seconds."""


class EscapeRead(Message, bubble=False):
    """Esc was pressed. It comes before the keys that were read with it; `time` is when it was read."""


class ReadAgain(Message, bubble=False):
    """The terminal was not read for a while, and has now taken all that was waiting: draw everything anew."""


class TerminalDriver(LinuxDriver):
    """Reads and writes the terminal. The `time` of an event is the instant, monotonic, before its bytes were read.

    What is drawn while the terminal is not read is dropped: it would be out of date when somebody reads it.
    """

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._loop = asyncio.get_running_loop()
        self._file: Any = _WatchedFile(self._file, self._all_written)
        self._on_frame: Callable[[float], object] | None = None
        self._is_stalled = False
        self._may_wait = True
        self._kept: deque[str] = deque(maxlen=_MOST_KEPT)

    def watch_next_frame(self, on_written: Callable[[float], object] | None) -> None:
        """Call `on_written` with the monotonic instant at which the terminal took the end of the next frame.

        It is called on the thread that writes. None: the next frame is of no interest any more.
        """
        self._on_frame = on_written

    def start_application_mode(self) -> None:
        """Take the terminal over. Nothing waits for it from then on."""
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self._may_wait = False

    def stop_application_mode(self) -> None:
        """Give the terminal back as it was, and wait until it has taken that."""
        self._may_wait, self._is_stalled = True, False
        super().stop_application_mode()

    def write_beside(self, data: str) -> None:
        """Write what is no drawing, such as a title or a bell; it waits for a terminal that is not read."""
        if self._drops():
            self._kept.append(data)
        else:
            self.write(data)

    def write(self, data: str) -> None:
        """Put a text into the queue of what is to be written, unless the terminal is not read."""
        if self._drops():
            self._on_frame = None
            return
        self._file.queued += 1
        if self._on_frame is not None and data != SYNC_START:
            frame = _Frame(data)
            frame.on_written, self._on_frame = self._on_frame, None
            data = frame
        super().write(data)

    def _drops(self) -> bool:
        """Whether the terminal is not read; then it is so until all that waits is written."""
        self._is_stalled |= not self._may_wait and self._file.waiting >= _MOST_WAITING
        return self._is_stalled

    def _all_written(self) -> None:
        """Nothing waits to be written any more. Called on the thread that writes."""
        if self._is_stalled:
            self._loop.call_soon_threadsafe(self._go_on)

    def _go_on(self) -> None:
        if self._is_stalled and not self._file.waiting:
            self._is_stalled = False
            while self._kept:
                self.write(self._kept.popleft())
            self._app.post_message(ReadAgain())

    def run_input_thread(self) -> None:
        """Read until the driver stops, or the terminal is gone, which `HangupWatcher` notices.

        Textual's own loop tells nothing of when it read, decodes strictly, and joins an esc with a key that comes
        after it.
        """
        parser, decoder, escapes = XTermParser(self._debug), KeyboardDecoder(), EscapeFinder()
        read_at = 0.0
        poll = select.poll()
        poll.register(self.fileno, select.POLLIN)
        while not self.exit_event.is_set():
            is_readable = poll.poll(1000 * (_LOOK_EVERY_WHILE_UNDECIDED if escapes.is_undecided else _LOOK_EVERY))
            now = monotonic()
            # First what has waited long enough for its rest: the next key is another one.
            if late := list(parser.tick()):
                self._pass_on(late, read_at, escapes.give_up())
            if not is_readable:
                continue
            try:
                data = os.read(self.fileno, _MOUTHFUL)
            except OSError:
                return
            if not data:
                return
            read_at, text = now, decoder.decode(data)
            if text:
                self._pass_on(list(parser.feed(text)), read_at, escapes.find(text, read_at))

    def _pass_on(self, events: Iterable[Message], read_at: float, escapes: Iterable[float]) -> None:
        """Hand on what was read at once, and first of all each esc of it."""
        pressed = [*escapes, *(read_at for event in events if isinstance(event, Key) and event.key == "escape")]
        for message, at in [*((EscapeRead(), at) for at in pressed), *((event, read_at) for event in events)]:
            message.time = at
            self.process_message(message)


class _Frame(str):
    """A text to be written, with who wants to know when."""

    on_written: Callable[[float], object]


class _WatchedFile:
    """The terminal's file, as Textual's writing thread uses it.

    `queued` counts the texts that were handed to that thread, and `written` those that it has written: each thread has
    a count of its own, so that neither needs a lock.
    """

    def __init__(self, file: TextIO, on_all_written: Callable[[], object]) -> None:
        self._file = file
        self._on_all_written = on_all_written
        self.queued = 0
        self.written = 0
        self.flush = file.flush
        self.fileno = file.fileno

    @property
    def waiting(self) -> int:
        """How many texts are on their way to the terminal."""
        return self.queued - self.written

    def write(self, text: str) -> None:
        """Write a text."""
        try:
            self._write(text)
        finally:
            self.written += 1
        if not self.waiting:
            self._file.flush()
            self._on_all_written()

    def _write(self, text: str) -> None:
        """Write a text. The end of a frame is told just before it goes out, when the terminal can take it.

        Told any later, an answer could be read before; told any sooner, a terminal that stalls might not show it.
        """
        if not isinstance(text, _Frame):
            self._file.write(text)
            return
        self._file.write(text[:-_LAST_PIECE])
        self._file.flush()
        poll = select.poll()
        poll.register(self._file.fileno(), select.POLLOUT)
        poll.poll()
        text.on_written(monotonic())
        self._file.write(text[-_LAST_PIECE:])
        self._file.flush()
