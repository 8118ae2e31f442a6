"""One incident: its timeline, the outages it gathered, whose they are, what is still missing."""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.getters import query_one
from textual.widgets import Label, Static

from noc_tui.api import downtime, incidents
from noc_tui.api.authority import HELD_OUTAGES
from noc_tui.api.endpoint import Request
from noc_tui.console.commands import Command
from noc_tui.console.dialogs.ask import Ask
from noc_tui.console.dialogs.choose_one import ChooseOne
from noc_tui.console.dialogs.form import Field, Form
from noc_tui.console.nocd.client import NocdError
from noc_tui.console.references import IncidentRef, ScopeTicket
from noc_tui.console.screens.incident import actions
from noc_tui.console.screens.incident.exclusions import (
    Excludable,
    ExcludingScreen,
    StandingExclusion,
    load_grounds,
    read_grounds,
    support_fields,
)
from noc_tui.contract.attribution import BASIS, Party
from noc_tui.contract.calendar import instant
from noc_tui.contract.instants import parse_instant
from noc_tui.i18n import N_, _
from noc_tui.labels import formats, states
from noc_tui.labels.incidents import kind_of, proposed_text
from noc_tui.labels.statement import Words
from noc_tui.queries.incidents import read_incident
from noc_tui.roles import Role
from noc_tui.text import visible
from noc_tui.views.incident import ExclusionLine, IncidentDocument, OutageLine, hold_proposals
from storage.connection import Readable
from storage.incidents import NEXT, STEPS, Incident, live
from storage.register import TENANTS

OF_OUTAGES = ("exclude", "withdraw", "attribute", "end_exclusion", "review_exclusion")
OF_OUTAGES_STEPS = (("split",), ("message",))


_OF_THEIR_OWN = frozenset({"message", "merge", "split", "correct", "report"})
"""Steps that ask for more than a word."""


def _command(verb: str, key: str, title: str, text: str) -> Command:
    return Command(
        f"incident.{verb}",
        key,
        f"step('{verb}')",
        title,
        text,
        role=Role.OPERATOR,
        needs_nocd=True,
    )


class IncidentScreen(ExcludingScreen[IncidentDocument]):
    """An incident, and every step that can be taken with it."""

    CSS_PATH = "incident.tcss"
    OFFERS: ClassVar[tuple[Command, ...]] = (
        Command("incident.close", "escape", "app.pop_screen", N_("Back")),
        _command("ack", "a", N_("Acknowledge"), N_("Acknowledge the incident")),
        _command("resolve", "r", N_("Resolve"), N_("Close it, when nothing is missing")),
        _command("note", "n", N_("Note"), N_("An internal note; it is never mailed")),
        Command(
            "incident.attribute", "t", "attribute", N_("Attribute"),
            N_("Attribute an outage"), role=Role.OPERATOR, needs_nocd=True,
        ),
        _command("mitigate", "m", N_("Mitigated"), N_("The effect is over, the cause is not")),
        _command("review", "v", N_("Reviewed"), N_("Mark it reviewed")),
        _command("ticket", "k", N_("Ticket"), N_("Link it to a ticket's reference")),
        Command(
            "incident.scope", "x", "scope", N_("Annexe 2"),
            N_("Is it ours? The look-up, for this incident"),
        ),
        _command("message", "l", N_("Mail tenants"), N_("The only step that mails them")),
        _command("merge", "g", N_("Merge"), N_("Give its outages to another incident")),
        _command("split", "s", N_("Split"), N_("Some outages into an incident of their own")),
        _command("correct", "o", N_("Correct"), N_("Correct a line with a new one")),
        _command("report", "b", N_("Client's evidence"), N_("An outage that the client measured")),
    )  # fmt: skip

    heading = query_one("#title", Label)
    lines = query_one("#lines", Static)
    outages = query_one("#outages", Static)

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number
        self._shown: IncidentDocument | None = None
        self._others: Sequence[Incident] = ()

    @property
    def subject(self) -> str:
        return f"incident:{self.number}"

    def body(self) -> ComposeResult:
        yield Label("", id="title", markup=False)
        with Horizontal():
            with VerticalScroll():
                yield Static(id="lines", markup=False)
            with VerticalScroll():
                yield Static(id="outages", markup=False)

    async def read(self, db: Readable, since: int) -> IncidentDocument | None:
        self._others = [one for one in await live(db) if one.id != self.number]
        found = await read_incident(db, self.number)
        return found and await self._without_held(found)

    async def _without_held(self, found: IncidentDocument) -> IncidentDocument:
        """The incident without what may not be proposed now; as it is where `nocd` is silent, who
        then decides nothing either.
        """
        if not any(one.proposals for one in found.outages):
            return found
        try:
            held = await self.session.nocd.ask(HELD_OUTAGES(number=self.number))
        except NocdError:
            return found
        return hold_proposals(found, held.outages, held.why)

    def show(self, data: IncidentDocument) -> None:
        self._shown = data
        self.refresh_bindings()
        state = states.label_text(states.INCIDENT, data.state)
        ticket = f" · {data.ticket}" if data.ticket else ""
        owner = f" · {data.owner}" if data.owner else ""
        self.heading.update(visible(f"{data.id} · {state} · {data.title}{owner}{ticket}"))
        self.lines.update(_timeline(data))
        self.outages.update(_outages(data))

    @work
    async def action_step(self, verb: str) -> None:
        """A step, with the words that go with it."""
        if verb in _OF_THEIR_OWN:
            await self._among_others(verb)
            return

        def step_of(text: str) -> incidents.Step:
            return incidents.Step(ticket=text) if verb == "ticket" else incidents.Step(text=text)

        made = await self.ask_in(
            self._question(verb),
            lambda text: incidents.STEP(step_of(text), number=self.number, verb=verb),
        )
        if made is not None:
            self.renew(anew=True)

    def _question(self, verb: str) -> Ask:
        if verb in STEPS:
            command = next(one for one in self.OFFERS if one.id == f"incident.{verb}")
            title = f"{_(command.title)} · {self.heading.content}"
            return Ask(title, _("A word on it (may stay empty)"), needed=False)
        return Ask(_("Internal note") if verb == "note" else _("A ticket's reference"))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return what the incident's state, or its lack of outages, leaves nothing for is not
        offered.
        """
        data = self._shown
        if data is not None:
            if action == "step" and (to := STEPS.get(str(parameters[0]))):
                if to not in NEXT[data.state]:
                    return False
            elif not data.outages and (action in OF_OUTAGES or parameters in OF_OUTAGES_STEPS):
                return False
        return super().check_action(action, parameters)

    async def _among_others(self, verb: str) -> None:
        if self._shown is None:
            return
        if verb == "split":
            made = await actions.split(self, self._shown)
            if made is not None:
                self.host.open(IncidentRef(made))
            return
        if verb == "merge":
            done = await actions.merge(self, self.number, self._others)
        elif verb == "correct":
            done = await actions.correct(self, self._shown)
        elif verb == "report":
            done = await actions.report(self, self.number, await self.rows(TENANTS))
        else:
            done = await actions.message(self, self._shown)
        if done is not None:
            self.renew(anew=True)

    async def choose_excludable(self) -> Excludable | None:
        """The time of one of its outages."""
        outage = await self._outage()
        if outage is None:
            self.say(_("no outage was chosen"))
            return None
        end = None if outage.end is None else _instant(outage.end)
        return Excludable(outage.tenant, _instant(outage.start), end)

    def list_excluded(self) -> Sequence[StandingExclusion]:
        """Return what is excluded of its outages."""
        return [_exclusion_of(one) for one in (self._shown.exclusions if self._shown else ())]

    def action_scope(self) -> None:
        """Annexe 2, for this incident's ticket."""
        ticket = "" if self._shown is None else self._shown.ticket
        self.host.open(ScopeTicket(reference=ticket, subject=f"incident:{self.number}"))

    @work
    async def action_attribute(self) -> None:
        """Choose an outage, then whose it is (what the records propose first), then say why."""
        outage = await self._outage()
        if outage is None:
            return
        words = Words(_)
        proposed = [one.party for one in outage.proposals]
        order = [*dict.fromkeys([*proposed, *(one.value for one in Party)])]
        choices = [
            (party, ("★ " if party in proposed else "  ") + words.cause(party)) for party in order
        ]
        title = _("Attribute outage {number} of {tenant}")
        title = title.format(number=outage.id, tenant=visible(outage.tenant))
        party = await self.app.push_screen_wait(ChooseOne(title, choices))
        if party is None:
            return
        grounds = [e for one in outage.proposals if one.party == party for e in one.evidence]
        asked = support_fields(BASIS[Party(party)], ", ".join(grounds))
        number, cause = outage.id, Party(party)

        async def request_of(filled: dict[str, str]) -> Request[downtime.Attributed]:
            proof = read_grounds(filled) if "grounds" in filled else tuple(grounds)
            proof, files = await load_grounds(proof)
            link = filled.get("link", "")
            whose = downtime.Attribution(cause, filled["reason"], proof, link, files=files)
            return downtime.ATTRIBUTE(whose, number=number)

        made = await self.ask_in(_why_form(words.cause(party), asked), request_of)
        if made is not None:
            self.tell_proposed(made.proposed is not None)
            self.renew(anew=True)

    async def _outage(self) -> OutageLine | None:
        gathered = self._shown.outages if self._shown else ()
        if len(gathered) < 2:
            return next(iter(gathered), None)
        choices = actions.outage_choices(gathered)
        chosen = await self.app.push_screen_wait(ChooseOne(_("Which outage?"), choices))
        return next((one for one in gathered if str(one.id) == chosen), None)


def _why_form(title: str, asked: Sequence[Field]) -> Form:
    """Asks for the reason, and for what else its basis asks for."""
    text = _("The client reads the reason on its statement.")
    return Form(title, text, (Field("reason", _("Why?")), *asked))


def _instant(text: str) -> datetime:
    return instant(parse_instant(text))


def _time(text: str) -> str:
    return formats.instant_seconds(_instant(text))


def _exclusion_of(one: ExclusionLine) -> StandingExclusion:
    return StandingExclusion(
        id=one.id,
        tenant=one.tenant,
        start=_instant(one.start),
        end=None if one.end is None else _instant(one.end),
        basis=one.basis,
        reason=one.reason,
        window=one.maintenance,
    )


def _timeline(data: IncidentDocument) -> Text:
    text = Text(_("Timeline") + "\n", style="bold")
    for line in data.timeline:
        text.append(f"{_time(line.at)} ", style="dim")
        mark = f" ↺ {line.corrects}" if line.corrects is not None else ""
        text.append(f"{line.id}{mark} {line.account} · ", style="not bold")
        kind = kind_of(line.kind)
        said = formats.label_line(kind, line.text) if line.text else kind
        text.append(visible(said) + "\n", style="not bold")
    return text


def _outages(data: IncidentDocument) -> Text:
    text = Text(_("Outages: {n}").format(n=len(data.outages)) + "\n", style="bold")
    for one in data.outages:
        _add_outage(text, one)
    for excluded in data.exclusions:
        text.append(f"  ▒ {_exclusion_of(excluded).text}\n", style="dim")
    for waiting in data.proposed:
        text.append(f"  ◔ {visible(proposed_text(waiting))}\n", style="not bold")
    if data.touched:
        text.append("\n" + _("Tenants with guests there: {n}").format(n=len(data.touched)) + "\n")
        for touched in data.touched:
            line = _("{tenant} · guests: {n}")
            guests = line.format(tenant=touched.tenant, n=touched.guests)
            text.append(f"  {visible(guests)}\n", style="not bold")
    if data.missing:
        text.append("\n" + _("Missing before it can be resolved:") + "\n", style="bold")
        for sentence in data.missing:
            text.append(f"  ▲ {visible(sentence)}\n", style="not bold")
    return text


def _add_outage(text: Text, one: OutageLine) -> None:
    words = Words(_)
    end = "✖ " + _("ongoing") if one.end is None else _time(one.end)
    text.append(visible(f"{one.id} {one.tenant}") + "\n", style="bold")
    text.append(f"  {_time(one.start)} → {end} · {words.cause(one.cause)}\n", style="not bold")
    if one.party is not None:
        decided = f"  ✓ {words.cause(one.party)} · {one.reason} · {one.decided_by}"
        text.append(visible(decided) + "\n", style="not bold")
    if one.held:
        text.append(f"  … {one.held}\n", style="dim")
    for offer in one.proposals:
        proof = words.proof(offer.evidence, offer.caveat)
        text.append(visible(f"  ? {words.cause(offer.party)} · {proof}") + "\n", style="dim")
