"""Excludes time from the count and withdraws exclusions, on every screen that shows such time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, TypeVar, cast, get_args

from textual import work

from noc_tui.api import downtime
from noc_tui.console.commands import Command
from noc_tui.console.dialogs.ask import Ask
from noc_tui.console.dialogs.choose_one import ChooseOne
from noc_tui.console.dialogs.form import Field, Form
from noc_tui.console.screen import NocScreen
from noc_tui.console.typed_instants import read_instant, write_instant
from noc_tui.contract.sla_document import Basis
from noc_tui.i18n import N_, _
from noc_tui.labels import formats
from noc_tui.labels.statement import Words
from noc_tui.roles import Role
from noc_tui.text import visible

Data = TypeVar("Data")


@dataclass(frozen=True, slots=True)
class Excludable:
    """Time of a tenant that may be taken out of the count; without an end, the exclusion lasts."""

    tenant: str
    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Excluded:
    """An exclusion that is in force; `window` numbers the maintenance window it belongs to."""

    id: int
    tenant: str
    start: datetime
    end: datetime | None
    basis: str
    reason: str
    window: int | None

    @property
    def text(self) -> str:
        """One line about it."""
        end = _("lasts") if self.end is None else formats.instant_seconds(self.end)
        span = f"{formats.instant_seconds(self.start)} → {end}"
        basis = Words(_).basis(self.basis)
        return visible(f"{self.id} · {self.tenant} · {span} · {basis} · {self.reason}")


class ExcludingScreen(NocScreen[Data]):
    """A screen on which time is excluded; it says which (`choose_excludable`, `list_excluded`)."""

    OFFERS: ClassVar[tuple[Command, ...]] = (
        Command(
            "exclusion.add", "e", "exclude", N_("Exclude"),
            N_("Take time out of the count, with its basis and why"),
            role=Role.OPERATOR, needs_nocd=True,
        ),
        Command(
            "exclusion.withdraw", "w", "withdraw", N_("Withdraw"),
            N_("Let excluded time count again"),
            show=False, role=Role.OPERATOR, needs_nocd=True,
        ),
    )  # fmt: skip

    async def choose_excludable(self) -> Excludable | None:
        """Return the time to exclude; None when the operator leaves or there is none."""
        raise NotImplementedError

    def list_excluded(self) -> Sequence[Excluded]:
        """Return the exclusions that can be withdrawn."""
        raise NotImplementedError

    @work
    async def action_exclude(self) -> None:
        """Ask for the time, the basis and the reason, and exclude it."""
        meant = await self.choose_excludable()
        if meant is None:
            return
        words = Words(_)
        title = _("Time of {tenant} that does not count: on which basis?")
        title = title.format(tenant=visible(meant.tenant))
        choices = [(basis, words.basis(basis)) for basis in get_args(Basis)]
        basis = await self.app.push_screen_wait(ChooseOne(title, choices))
        if basis is None:
            return
        text = _("Paris time, or with its offset. Without an end, the exclusion lasts.")
        filled = await self.app.push_screen_wait(
            Form(f"{visible(meant.tenant)} · {words.basis(basis)}", text, _fields(meant))
        )
        if filled is None:
            return
        span = downtime.Exclusion(
            tenants=(meant.tenant,),
            start=filled["start"],
            end=filled["end"] or None,
            basis=cast(Basis, basis),
            reason=filled["reason"],
        )
        if await self.ask_nocd(downtime.EXCLUDE(span)) is not None:
            self.renew(anew=True)

    @work
    async def action_withdraw(self) -> None:
        """Ask for an exclusion and the reason, and withdraw it."""
        known = {str(one.id): one for one in self.list_excluded()}
        if not known:
            self.say(_("no exclusion here"))
            return
        choices = [(number, one.text) for number, one in known.items()]
        chosen = await self.app.push_screen_wait(ChooseOne(_("Which exclusion?"), choices))
        if chosen is None:
            return
        reason = await self.app.push_screen_wait(
            Ask(_("Let this time count again"), known[chosen].text, placeholder=_("Why?"))
        )
        if reason is None:
            return
        request = downtime.WITHDRAW(downtime.Withdrawal(reason), number=chosen)
        if await self.ask_nocd(request) is not None:
            self.renew(anew=True)


def _fields(meant: Excludable) -> tuple[Field, ...]:
    return (
        Field("start", _("From"), write_instant(meant.start), read_instant),
        Field("end", _("Until"), "" if meant.end is None else write_instant(meant.end), _maybe),
        Field("reason", _("Why?")),
    )


def _maybe(text: str) -> str:
    return read_instant(text) if text.strip() else ""
