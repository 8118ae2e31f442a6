"""Signals that mean nothing to `nocd`: the kernel would end it for each of them."""

import signal
from types import FrameType

_BY_NAME = ("USR1", "USR2", "ALRM", "VTALRM", "PROF", "IO", "PWR", "STKFLT", "XCPU")
"""Sent by a hand that takes `nocd` for another program, by timers, a UPS, a limit of CPU time."""


def stray() -> frozenset[int]:
    """Signals that end a process by default, ask it nothing and tell of no fault of its own."""
    named = {getattr(signal, f"SIG{name}", None) for name in _BY_NAME}
    named |= set(range(signal.SIGRTMIN, signal.SIGRTMAX + 1))
    return frozenset(int(number) for number in named if number is not None)


def outlive() -> None:
    """Do nothing at them from now on. For the main thread.

    A handler, since what is ignored would stay ignored in programs that this one starts.
    """
    for number in stray() & signal.valid_signals():
        signal.signal(number, _nothing)


def _nothing(_number: int, _frame: FrameType | None) -> None:
    """Their only effect."""
