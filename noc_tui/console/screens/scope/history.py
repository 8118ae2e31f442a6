"""Decisions on tickets so far: searched, counted, and those that no row matched (R27)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.console import Group
from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.getters import query_one
from textual.widgets import Input, Label, Static

from noc_tui.api.scope import DECLINE, LEARN, Decided, Judgement
from noc_tui.console.commands import Command
from noc_tui.console.dialogs.ask import Ask
from noc_tui.console.fact_lines import facts
from noc_tui.console.filter_line import EntryLine
from noc_tui.console.screen import NocScreen
from noc_tui.contract.annexe2.answer import ScopeVerdict
from noc_tui.i18n import N_, _
from noc_tui.labels import formats
from noc_tui.labels.scope import VERDICTS
from noc_tui.labels.scope_decisions import CASES, DECISIONS
from noc_tui.roles import Role
from noc_tui.text import visible, visible_lines
from storage import scope
from storage.connection import Readable
from storage.scope import Counts, Decision, OverrideReview
from widgets.columns import Column
from widgets.live_table import LiveTable

_ON_A_TICKET = (("scope.accept", "f2"), ("scope.override", "f3"), ("scope.ask", "f4"))
"""What keeps a decision on the screen of a ticket, with the keys that it has there."""


@dataclass(frozen=True, slots=True)
class ScopeHistoryData:
    """What was found, and how the look-up fared so far."""

    found: Sequence[Decision]
    cases: Mapping[int, OverrideReview]
    counts: Counts


class ScopeHistory(NocScreen[ScopeHistoryData]):
    """The newest decisions that match; `u` shows those that no row matched."""

    CSS_PATH = "scope.tcss"
    OFFERS: ClassVar[tuple[Command, ...]] = (
        Command("scope.history.search", "slash", "search", N_("Search"), N_("Words of any field")),
        Command(
            "scope.history.unmatched", "u", "unmatched", N_("Unmatched"),
            N_("Tickets that no row matched, for the owner of the contract"),
        ),
        Command(
            "scope.history.approve", "a", "approve", N_("Learn"),
            N_("The look-up learns this override as a case of ours; a lead does"),
            role=Role.LEAD, needs_nocd=True,
        ),
        Command(
            "scope.history.decline", "x", "decline", N_("Decline"),
            N_("This override becomes no case, with the reason; a lead does"),
            role=Role.LEAD, needs_nocd=True,
        ),
        Command("scope.history.close", "escape", "close", N_("Back")),
    )  # fmt: skip

    table = query_one("#decisions", LiveTable)
    entry = query_one("#search", EntryLine)
    heading = query_one("#heading", Label)
    known = query_one("#known", Static)

    def __init__(self) -> None:
        super().__init__()
        self._words = ""
        self._unmatched = False
        self._cases: Mapping[int, OverrideReview] = {}

    def body(self) -> ComposeResult:
        yield Label("", id="heading", markup=False)
        yield EntryLine(id="search", placeholder=_("words of the ticket, a reference, a tenant"))
        keys = [self.host.key_of(*one) for one in _ON_A_TICKET]
        yield _table(keys)
        with VerticalScroll(id="detail"):
            yield Static(id="known", classes="detail")

    def on_mount(self) -> None:
        self.table.sort_by("id", descending=True)
        self.table.focus()

    async def read(self, db: Readable, since: int) -> ScopeHistoryData:
        found = (
            await scope.unmatched_decisions(db)
            if self._unmatched
            else await scope.search(db, self._words)
        )
        cases = {case.decision: case for case in await scope.CASES.read(db)}
        return ScopeHistoryData(found, cases, await scope.counts(db))

    def show(self, data: ScopeHistoryData) -> None:
        self._cases = data.cases
        self.table.sync({str(row.id): row for row in data.found})
        self.heading.update(_head(data.counts, unmatched=self._unmatched))
        self._detail()

    @on(LiveTable.RowHighlighted)
    def _detail(self) -> None:
        row: Decision | None = self.table.cursor_row
        self.known.update("" if row is None else _describe(row, self._cases.get(row.id)))

    def action_search(self) -> None:
        """Type what to look for."""
        self.entry.open()

    def action_close(self) -> None:
        """Everything again, then back."""
        if self._words or self._unmatched or self.entry.has_focus:
            self.entry.close()
            self.table.focus()
            self._look_for("", unmatched=False)
        else:
            self.app.pop_screen()

    def action_unmatched(self) -> None:
        """Only tickets that no row matched."""
        self._look_for("", unmatched=not self._unmatched)

    @work
    async def action_approve(self) -> None:
        """The override becomes a case of the hoster's own."""
        row = self._override()
        if row is not None:
            done = await self.ask_nocd(LEARN(Judgement(), number=row.id))
            self._told(done, _("Override {number} is a case of ours from now on."))

    @work
    async def action_decline(self) -> None:
        """The override becomes no case, or is one no longer."""
        row = self._override()
        if row is None:
            return
        number = row.id
        done = await self.ask_in(
            Ask(_("Why?")), lambda reason: DECLINE(Judgement(reason), number=number)
        )
        self._told(done, _("Override {number} is no case of ours."))

    def _override(self) -> Decision | None:
        row: Decision | None = self.table.cursor_row
        if row is not None and row.kind != scope.OVERRIDDEN:
            self.say(_("Only an override can become a case."))
            return None
        return row

    def _told(self, done: Decided | None, text: str) -> None:
        if done is not None:
            self.say(text.format(number=done.id))
            self.renew(anew=True)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        self.table.focus()
        self._look_for(event.value, unmatched=False)

    def _look_for(self, words: str, *, unmatched: bool) -> None:
        self._words, self._unmatched = words, unmatched
        self.renew(anew=True)


def _head(counts: Counts, *, unmatched: bool) -> str:
    told = _(
        "accepted {accepted} · overridden {overridden} · asked {asked} · no row {unmatched}"
    ).format(
        accepted=counts.accepted,
        overridden=counts.overridden,
        asked=counts.asked,
        unmatched=counts.unmatched,
    )
    changed = [
        f"{_(VERDICTS[ScopeVerdict(one.proposed_verdict)])}"
        f" → {_(VERDICTS[ScopeVerdict(one.verdict)])} ×{one.count}"
        for one in counts.overrides[:2]
    ]
    only = [_("only tickets that no row matched")] if unmatched else []
    return " · ".join([*only, told, *changed])


def _describe(row: Decision, case: OverrideReview | None) -> Group:
    confidence = formats.share(row.confidence / 1000)
    told = [
        (_("Proposed"), f"{_verdict(row.proposed_verdict)} ({confidence})"),
        (_("Rows"), " · ".join(row.proposed_rows)),
        (_("Why"), " · ".join(visible(word) for word in row.because) or "—"),
        (_("Decided"), f"{_verdict(row.verdict)} · {visible(row.row) or _('(no row fits)')}"),
        (_("Evidence"), str(row.evidence)),
    ]
    if row.reason:
        told.insert(4, (_("Reason"), visible(row.reason)))
    if row.kind == scope.OVERRIDDEN:
        told.append((_("Own case"), _case_words(case)))
    return Group(
        facts(told),
        Text(_("Ticket"), style="bold"),
        Text(visible_lines(row.text)),
        Text(_("Answered"), style="bold"),
        Text(visible_lines(row.answered) or "—"),
    )


def _case_words(case: OverrideReview | None) -> str:
    if case is None:
        return _(CASES[scope.PROPOSED])
    said = f"{_(CASES[case.state])} · {visible(case.account)}"
    return f"{said} · {visible(case.reason)}" if case.reason else said


def _verdict(word: str) -> str:
    return _(VERDICTS[ScopeVerdict(word)])


def _table(keys: Sequence[str]) -> LiveTable[Decision]:
    return LiveTable(
        [
            Column("id", "#", 4, lambda row: str(row.id), order=lambda row: row.id, align="right"),
            Column("at", _("When"), 17, lambda row: formats.instant(row.at), priority=1),
            Column("kind", _("How"), 10, lambda row: _(DECISIONS[row.kind])),
            Column("verdict", _("Verdict"), 24, lambda row: _verdict(row.verdict)),
            Column("ticket", _("Ticket"), 10, lambda row: visible(row.reference), priority=2),
            Column("tenant", _("Tenant"), 10, lambda row: visible(row.tenant), priority=2),
            Column("by", _("By"), 8, lambda row: visible(row.account), priority=3),
            Column("text", _("Text"), 16, lambda row: visible(row.text[:200]), stretch=4),
        ],
        words=lambda row: f"{row.reference} {row.tenant} {row.account} {row.text}",
        empty=_("No decision yet: {first}, {second} or {third} on a ticket keeps one.").format(
            first=keys[0], second=keys[1], third=keys[2]
        ),
        no_match=_("No decision matches {filter}"),
        id="decisions",
    )  # fmt: skip
