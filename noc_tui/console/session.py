"""Shared by all screens of one console: operator, clock, configuration, reader, client."""

import os

import msgspec

from noc_tui.clock import Clock, SystemClock
from noc_tui.config import Configuration
from noc_tui.console.data_freshness import Daemon, Sight
from noc_tui.console.nocd.client import Nocd
from noc_tui.roles import Caller, Role, caller
from noc_tui.views.next_order import NextOrder
from storage.oncall import Duty, Presence
from storage.reader import Reader
from storage.suspension import Suspension


class Session(msgspec.Struct):
    """One operator's console. `reader` is None until the database could be opened."""

    config: Configuration
    who: Caller
    nocd: Nocd
    clock: Clock = msgspec.field(default_factory=SystemClock)
    sight: Sight = msgspec.field(default_factory=Sight)
    reader: Reader | None = None
    duty: Duty = msgspec.field(default_factory=Duty)
    requests: tuple[Suspension, ...] = ()
    """The suspensions whose plan waits for the agreement of this operator, oldest first."""

    asking: int = 0
    """How many requests `nocd` works on for this console."""

    planned: tuple[NextOrder, ...] = ()
    """The suspension orders that wait for their time and that this operator may see."""

    @property
    def others(self) -> tuple[Presence, ...]:
        """The open consoles of other accounts, as far as `nocd` lives to tell."""
        if self.sight.daemon is not Daemon.LIVE:
            return ()
        return tuple(row for row in self.duty.present if row.account != self.who.name)

    @classmethod
    def of(cls, config: Configuration, play: str | None = None) -> "Session":
        """The session of the account that runs this; raises `noc_tui.roles.RefusedError`."""
        who = caller(os.getuid(), config.roles, config.demo, play)
        return cls(config, who, Nocd(config.socket.path, play))

    def may_approve(self, case: Suspension) -> bool:
        """Return whether this operator is somebody whose agreement that plan waits for (R17)."""
        role = Role.LEAD if case.awaits == "lead" else Role.OPERATOR
        return self.who.may(role) and case.opened_by != self.who.name
