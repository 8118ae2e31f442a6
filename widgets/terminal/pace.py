"""Limits how much is sent to a terminal before it has shown what was sent earlier.

SSH takes megabytes at once and passes them on at the speed of the line, so a slow line is not
noticed by waiting for the terminal to take bytes: pictures would queue up on the way, and every
key be answered later. So the terminal is asked now and then for something that it answers anyway
(the state of mode 2026, DECRQM), and until it has answered no more than a window is sent.
"""

import time

QUESTION = "\x1b[?2026$p"
ASK_BYTES = 1_024
WINDOW_BYTES = 3_072
PATIENCE_SECONDS = 3.0


class Pace:
    """Counts what was sent and what was answered. A terminal that fails to answer is not asked
    again: then nothing is held back."""

    def __init__(self) -> None:
        self._sent = 0
        self._asked_at: float | None = None
        self._deaf = False

    def question(self, size: int, *, answers: bool) -> str:
        """Return what to send after `size` more bytes; `answers` tells whether the terminal ever
        does.
        """
        self._sent += size
        if not answers or self._deaf or self._asked_at is not None or self._sent < ASK_BYTES:
            return ""
        self._asked_at = time.monotonic()
        self._sent = size
        return QUESTION

    def answered(self) -> None:
        """The terminal has shown all that was sent before the question."""
        if self._asked_at is not None:
            self._asked_at = None
            self._sent = 0

    @property
    def asking(self) -> bool:
        """Whether an answer is still to come."""
        return self._asked_at is not None

    def wait(self) -> float | None:
        """Seconds to wait for an answer at most; None when more may be sent now."""
        if self._asked_at is None or self._sent < WINDOW_BYTES:
            return None
        left = self._asked_at + PATIENCE_SECONDS - time.monotonic()
        if left <= 0:
            self._deaf = True
            self._asked_at = None
            return None
        return left
