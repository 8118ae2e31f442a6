"""Whether the clock is believed, and who is told when it is set back."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from noc_tui.steady_clock import SteadyClock, TimeStep

SetBack = Callable[[datetime, datetime], Awaitable[None]]
"""Called with what the clock showed, and what it shows now, which is earlier."""


@dataclass(slots=True)
class ClockTrust:
    """The state of the clock as the parts ask it; a demo's clock is always believed."""

    steady: SteadyClock | None = None
    set_back: list[SetBack] = field(default_factory=list)

    @property
    def jump(self) -> timedelta:
        """By how much the machine's clock differs from the daemon's while it is in doubt."""
        return timedelta(0) if self.steady is None else self.steady.time.jump

    @property
    def unsettled(self) -> bool:
        """Whether what cannot be undone waits: erasing what is overdue, opening a termination."""
        return self.steady is not None and self.steady.time.unsettled

    @property
    def offered(self) -> TimeStep | None:
        """The step that `accept` would make."""
        return None if self.steady is None else self.steady.time.offered

    async def accept(self) -> TimeStep | None:
        """Take the machine's clock over, and tell the parts when it goes back."""
        step = None if self.steady is None else self.steady.time.accept()
        if step is not None and step.at < step.was:
            for told in self.set_back:
                await told(step.was, step.at)
        return step
