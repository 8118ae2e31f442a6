"""Excludes time from the count and withdraws exclusions, on every screen that shows such time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, TypeVar, cast, get_args

from textual import work

from noc_tui.api import downtime
from noc_tui.api.endpoint import Request
from noc_tui.api.suspension import FileContent
from noc_tui.breach_evidence import attach_files
from noc_tui.console.commands import Command
from noc_tui.console.dialogs.ask import Ask
from noc_tui.console.dialogs.choose_one import ChooseOne
from noc_tui.console.dialogs.form import Field, Form
from noc_tui.console.screen import NocScreen
from noc_tui.console.typed_instants import read_instant, write_instant
from noc_tui.contract.sla_document import Basis
from noc_tui.i18n import N_, _
from noc_tui.labels import formats
from noc_tui.labels.incidents import proposed_text
from noc_tui.labels.statement import Words
from noc_tui.queries.incidents import proposed_line
from noc_tui.roles import Role
from noc_tui.text import visible
from noc_tui.threads import in_thread
from storage.decisions import OPEN, PROPOSED, ProposedDecision

Data = TypeVar("Data")


@dataclass(frozen=True, slots=True)
class Excludable:
    """Time of a tenant that may be taken out of the count; without an end, the exclusion lasts."""

    tenant: str
    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class StandingExclusion:
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
        end = _("ongoing") if self.end is None else formats.instant_seconds(self.end)
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
        Command(
            "exclusion.end", "f", "end_exclusion", N_("End"),
            N_("End an open exclusion"),
            show=False, role=Role.OPERATOR, needs_nocd=True,
        ),
        Command(
            "exclusion.review", "h", "review_exclusion", N_("Still holds"),
            N_("Say that an exclusion without an end still holds"),
            show=False, role=Role.OPERATOR, needs_nocd=True,
        ),
        Command(
            "decision.answer", "y", "answer_decision", N_("Second person"),
            N_("Approve or decline a decision that waits for a second person"),
            show=False, role=Role.OPERATOR, needs_nocd=True,
        ),
    )  # fmt: skip

    async def choose_excludable(self) -> Excludable | None:
        """Return the time to exclude; None when the operator leaves or there is none."""
        raise NotImplementedError

    def list_excluded(self) -> Sequence[StandingExclusion]:
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
        text = _("Paris time, or with its offset. Without an end, the exclusion stays open.")
        fields = (*_fields(meant), *support_fields(basis))
        tenant, known = meant.tenant, cast(Basis, basis)

        async def request_of(filled: dict[str, str]) -> Request[downtime.Excluded]:
            grounds, files = await load_grounds(read_grounds(filled))
            span = downtime.Exclusion(
                tenants=(tenant,),
                start=filled["start"],
                end=filled["end"] or None,
                basis=known,
                reason=filled["reason"],
                grounds=grounds,
                link=filled.get("link", ""),
                files=files,
            )
            return downtime.EXCLUDE(span)

        form = Form(f"{visible(meant.tenant)} · {words.basis(basis)}", text, fields)
        made = await self.ask_in(form, request_of)
        if made is not None:
            self.tell_proposed(bool(made.proposed))
            self.renew(anew=True)

    def tell_proposed(self, proposed: bool) -> None:
        """Say that what was asked does not count yet."""
        if proposed:
            self.say(_("A second person must approve this before it counts."))

    @work
    async def action_withdraw(self) -> None:
        """Ask for an exclusion and the reason, and withdraw it."""
        chosen = await self._choose(self.list_excluded(), _("no exclusion here"))
        if chosen is None:
            return
        number = chosen.id
        made = await self.ask_in(
            Ask(_("Let this time count again"), chosen.text, placeholder=_("Why?")),
            lambda reason: downtime.WITHDRAW(downtime.Withdrawal(reason), number=number),
        )
        if made is not None:
            self.renew(anew=True)

    @work
    async def action_end_exclusion(self) -> None:
        """Ask for an exclusion that lasts and its end, and end it."""
        chosen = await self._choose_lasting()
        if chosen is None:
            return
        text = _("Paris time, or with its offset; at the latest now.")
        fields = (Field("end", _("Until"), write_instant(self.now()), read_instant),)
        number = chosen.id
        made = await self.ask_in(
            Form(chosen.text, text, fields),
            lambda filled: downtime.END(downtime.End(filled["end"]), number=number),
        )
        if made is not None:
            self.renew(anew=True)

    @work
    async def action_review_exclusion(self) -> None:
        """Ask for an exclusion that lasts, and say that it still holds."""
        chosen = await self._choose_lasting()
        if chosen is None:
            return
        title = _("This exclusion still holds")
        number = chosen.id
        made = await self.ask_in(
            Ask(title, chosen.text, needed=False),
            lambda note: downtime.REVIEW(downtime.Review(note), number=number),
        )
        if made is not None:
            self.renew(anew=True)

    @work
    async def action_answer_decision(self) -> None:
        """Choose a decision that waits, read what it rests on, and approve or decline it."""
        waiting = {str(row.id): proposed_line(row) for row in await self._read_proposed()}
        if not waiting:
            self.say(_("no decision waits for a second person"))
            return
        choices = [(number, visible(proposed_text(one))) for number, one in waiting.items()]
        chosen = await self.app.push_screen_wait(ChooseOne(_("Which decision?"), choices))
        if chosen is None:
            return
        told = visible(proposed_text(waiting[chosen]))
        answers = [("approve", _("Approve: this time no longer counts")), ("decline", _("Decline"))]
        answer = await self.app.push_screen_wait(ChooseOne(told, answers))
        if answer is None:
            return
        needed = answer == "decline"
        number = chosen

        def request_of(word: str) -> Request[downtime.Answered]:
            if needed:
                return downtime.DECLINE(downtime.Refusal(word), number=number)
            return downtime.APPROVE(downtime.Approval(word), number=number)

        if await self.ask_in(Ask(told, _("Why?"), needed=needed), request_of) is not None:
            self.renew(anew=True)

    async def _read_proposed(self) -> Sequence[ProposedDecision]:
        """Return the decisions that wait, of whichever tenant."""
        return [row for row in await self.rows(PROPOSED) if row.state == OPEN]

    async def _choose_lasting(self) -> "StandingExclusion | None":
        lasting = [one for one in self.list_excluded() if one.end is None]
        return await self._choose(lasting, _("no open exclusion here"))

    async def _choose(
        self, among: "Sequence[StandingExclusion]", none: str
    ) -> "StandingExclusion | None":
        known = {str(one.id): one for one in among}
        if not known:
            self.say(none)
            return None
        choices = [(number, one.text) for number, one in known.items()]
        chosen = await self.app.push_screen_wait(ChooseOne(_("Which exclusion?"), choices))
        return None if chosen is None else known[chosen]


def _fields(meant: Excludable) -> tuple[Field, ...]:
    return (
        Field("start", _("From"), write_instant(meant.start), read_instant),
        Field("end", _("Until"), "" if meant.end is None else write_instant(meant.end), _maybe),
        Field("reason", _("Why?")),
    )


def support_fields(basis: str | None, evidence: str = "") -> tuple[Field, ...]:
    """What the basis asks for beside the reason, as lines to fill in."""
    proof = {
        "quota": _("Which entry says that the quota was reached?"),
        "attack": _("What shows the attack? file:/path (it is kept), flow:… or provider:…"),
        "not_attributable": _("What shows it? A task, an entry, a message"),
    }
    links = {
        "quota": _("How did it lead to the outage?"),
        "emergency": _("What was the emergency, and why no equipment of ours?"),
        "force_majeure": _("Why was it irresistible and unforeseeable?"),
    }
    found = []
    if basis in proof:
        found.append(Field("grounds", proof[basis], evidence))
    if basis in links:
        found.append(Field("link", links[basis]))
    return tuple(found)


def read_grounds(filled: Mapping[str, str]) -> tuple[str, ...]:
    """Return the pieces of evidence that a form was filled with, apart by commas."""
    return tuple(filter(None, (one.strip() for one in filled.get("grounds", "").split(","))))


def _maybe(text: str) -> str:
    return read_instant(text) if text.strip() else ""


async def load_grounds(
    grounds: tuple[str, ...],
) -> tuple[tuple[str, ...], tuple[FileContent, ...]]:
    """Return the grounds with the files that they name by a path. Raises ValueError, with its name,
    for one that cannot be read.
    """
    try:
        return await in_thread(attach_files, grounds)
    except OSError as error:
        raise ValueError(f"{error.filename}: {error.strerror}") from error
