"""Which key answers a question: rules with the time handed in, and nothing of Textual.

An answer moves money, so two things are never left to chance. A key counts only if it was read after the question had
been written to the terminal: what was typed before that was meant for something else. And esc means no, however soon
another key follows it: a slow line delivers keys in bunches.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

ESCAPE_HOLDS: Final = 0.1
"""For so long after an esc no key answers a question, in seconds."""

_ESCAPES_KEPT: Final = 32


class Verdict(Enum):
    """What becomes of a key."""

    PASS = auto()
    DROP = auto()
    SAY_NO = auto()


@dataclass(eq=False, slots=True)
class Question:
    """A question that waits for its answer. `say_no` answers it.

    `written_at` is when it was written to the terminal, in monotonic seconds; None until then.
    """

    say_no: Callable[[], object]
    written_at: float | None = None

    def was_written(self, at: float) -> None:
        """Note when it was written to the terminal; the first time counts."""
        if self.written_at is None:
            self.written_at = at

    def was_on_screen(self, at: float) -> bool:
        """Whether the operator could see it at that instant."""
        return self.written_at is not None and at > self.written_at


class AnswerGate:
    """Decides for each key whether it may reach the question on the screen. Instants are monotonic seconds."""

    def __init__(self) -> None:
        self._escapes: deque[float] = deque(maxlen=_ESCAPES_KEPT)
        self._refused_at = float("-inf")

    def escape_read(self, at: float) -> None:
        """Note an esc. It may come before keys that were read earlier and still wait for their turn."""
        self._escapes.append(at)

    def judge(self, at: float, question: Question | None) -> Verdict:
        """Say what becomes of a key read at `at`, with this question on the screen, or none."""
        if _follows(self._refused_at, at):
            return Verdict.DROP
        if question is None:
            return Verdict.PASS
        escape = next((escape for escape in reversed(self._escapes) if _follows(escape, at)), None)
        if escape is not None:
            self._refused_at = escape
            return Verdict.SAY_NO
        return Verdict.PASS if question.was_on_screen(at) else Verdict.DROP


def _follows(escape: float, at: float) -> bool:
    """Whether a key was read with an esc, or so soon after it that it may have been sent with it."""
    return 0 <= at - escape <= ESCAPE_HOLDS
