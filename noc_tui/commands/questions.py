"""Questions that a command asks whoever started it from a terminal."""

import sys

from noc_tui.commands.failure import CommandRefused

_YES = ("y", "yes", "o", "oui")


def is_asked_here() -> bool:
    """Whether somebody can answer: the input is a terminal."""
    return sys.stdin.isatty()


def read_answer(question: str) -> str:
    """Return what is typed, without blanks around it; empty at the end of the input."""
    sys.stdout.write(question)
    sys.stdout.flush()
    return sys.stdin.readline().strip()


def require_agreement(question: str, *, unanswered: str, refused: str) -> None:
    """Go on after yes. Raises `CommandRefused`, with `unanswered` where nobody can be asked."""
    if not is_asked_here():
        raise CommandRefused(unanswered)
    if read_answer(question).lower() not in _YES:
        raise CommandRefused(refused)
