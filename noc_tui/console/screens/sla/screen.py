"""The month: who is nearest to a threshold, what it costs, which credits wait for an answer."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import ClassVar, TypeVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.getters import query_one
from textual.widgets import Label, Static

from noc_tui.api import credits as api
from noc_tui.api.endpoint import Request
from noc_tui.console.commands import Command
from noc_tui.console.dialogs.ask import Ask
from noc_tui.console.dialogs.base import WrittenDialog
from noc_tui.console.dialogs.choose_one import ChooseOne
from noc_tui.console.dialogs.confirm import Confirm
from noc_tui.console.dialogs.form import Field, Form
from noc_tui.console.fact_lines import facts
from noc_tui.console.references import MonthRef, TenantRef
from noc_tui.console.screen import NocScreen
from noc_tui.console.screens.sla.data import MonthData, read_month
from noc_tui.console.screens.sla.tables import (
    SlaLine,
    coverage,
    credit_text,
    duration,
    euros,
    line_of,
    percent,
    proven_rate,
    sla_table,
    state_label,
)
from noc_tui.console.terms import terms_book
from noc_tui.console.typed_instants import read_instant, write_instant
from noc_tui.contract.availability import credit
from noc_tui.contract.calendar import Month, instant, paris_day
from noc_tui.contract.liability import BeyondCap, CapStanding
from noc_tui.contract.terms_book import TermsBook
from noc_tui.i18n import N_, _, language
from noc_tui.labels import formats
from noc_tui.labels.liability import PROPOSED
from noc_tui.labels.statement import Words
from noc_tui.queries.kept_heads import read_kept_heads
from noc_tui.queries.liability import read_caps
from noc_tui.queries.record_check import INTACT_RECORD, check_month_rows
from noc_tui.roles import Role
from noc_tui.text import visible
from noc_tui.threads import in_thread
from noc_tui.views.tenant_month import Outline
from storage.connection import Readable
from storage.months import MonthFigure
from storage.times import micros
from widgets.gauge import Gauge
from widgets.live_table import LiveTable

CHECK_SECONDS = 60.0
"""Between two comparisons of the rows with the record."""
SHOWN_PROBLEMS = 3


V = TypeVar("V")


class Sla(NocScreen[MonthData]):
    """The month's table, with a gauge and a forecast for the tenant under the cursor."""

    CSS_PATH = "sla.tcss"
    OFFERS: ClassVar[tuple[Command, ...]] = (
        Command("sla.before", "left_square_bracket", "month(-1)", N_("Month before")),
        Command("sla.after", "right_square_bracket", "month(1)", N_("Month after")),
        Command(
            "sla.claim", "c", "claim", N_("Claim"), N_("Put a client's request on record"),
            role=Role.OPERATOR, needs_nocd=True,
        ),
        Command(
            "sla.correct", "e", "correct", N_("Correct"),
            N_("Correct a request that was entered wrongly"), role=Role.OPERATOR, needs_nocd=True,
        ),
        Command(
            "sla.grant", "a", "grant", N_("Grant"), N_("Grant the credit that was claimed"),
            role=Role.LEAD, needs_nocd=True,
        ),
        Command(
            "sla.refuse", "f", "refuse", N_("Refuse"), N_("Refuse the credit, with a reason"),
            role=Role.LEAD, needs_nocd=True,
        ),
        Command(
            "sla.statement", "p", "statement", N_("Document"),
            N_("The tenant’s statement of this month, to read"),
        ),
        Command("sla.month_end", "m", "month_end", N_("Month’s end"),
                N_("What is open, closing the month, its papers")),
    )  # fmt: skip

    table = query_one("#sla", LiveTable)
    gauge = query_one("#budget", Gauge)
    detail = query_one("#detail", Static)
    heading = query_one("#heading", Label)

    def __init__(self) -> None:
        super().__init__()
        self._month: Month | None = None
        self._data: MonthData | None = None
        self._check = INTACT_RECORD
        self._checked_at = -CHECK_SECONDS

    def body(self) -> ComposeResult:
        yield Label("", id="heading", markup=False)
        yield sla_table()
        yield Gauge(_("Budget left"), id="budget")
        yield Static(id="detail", markup=False)

    def on_mount(self) -> None:
        self.table.focus()

    @property
    def month(self) -> Month:
        """The month that is shown: the present one until another was asked for."""
        return self._month or Month.of(micros(self.now()))

    async def read(self, db: Readable, since: int) -> MonthData:
        return await read_month(db, self.month, micros(self.now()), terms_book(self.session))

    def show(self, data: MonthData) -> None:
        self._data = data
        self._draw(self.now())
        self.call_after_refresh(self._check_rows)

    def _check_rows(self) -> None:
        """Compare the rows with the record, now and then: the screen does not wait for it."""
        if time.monotonic() - self._checked_at >= CHECK_SECONDS:
            self._checked_at = time.monotonic()
            self._compare()

    @work(group="check", exclusive=True)
    async def _compare(self) -> None:
        config, before = self.session.config, self._check
        heads = await in_thread(read_kept_heads, config)
        self._check = await in_thread(check_month_rows, config.database.path, heads)
        if self._check.problems("") != before.problems("") or self._check.altered:
            self._draw(self.now())

    @on(LiveTable.RowSelected, "#sla")
    def _open_tenant(self) -> None:
        """Open the tenant under the cursor."""
        line: SlaLine | None = self.table.cursor_row
        if line is not None:
            self.host.open(TenantRef(line.id))

    def action_statement(self) -> None:
        """Show the statement of the tenant under the cursor."""
        self.work_on(self.table.cursor_row, self._read_statement)

    async def _read_statement(self, line: SlaLine) -> None:
        # A document is seldom read: what prints it is imported then.
        from noc_tui.console.dialogs.page import PageDialog
        from noc_tui.statement.build_statement import StatementFrame, statement
        from noc_tui.statement.markdown import markdown
        from noc_tui.statement.page import page

        if self.session.reader is None:
            return
        frame = StatementFrame(self.session.config.hoster.name, terms_book(self.session))
        month = self.month
        async with self.session.reader.snapshot() as db:
            found = await statement(db, line.id, month, frame, self._check)
        if found is None:
            return
        text = markdown(page(found, language(), _))
        title = formats.label_line(str(month), visible(line.name))
        file = f"noc-tui sla statement --tenant {line.id} --month {month} --format pdf > FILE.pdf"
        printed = _("As a file: {command}").format(command=visible(file))
        await self.app.push_screen_wait(PageDialog(title, f"{text}\n{printed}"))

    def tick(self, now: datetime) -> None:
        if self._data is not None and self._data.lasting:
            self._draw(now)

    def _draw(self, now: datetime) -> None:
        data = self._data
        if data is None:
            return
        terms = terms_book(self.session)
        lines = {
            one.tenant: self._line(data, outline, one, terms, now)
            for one in data.figures
            if (outline := data.outlines.get(one.tenant)) is not None
        }
        self.table.sync(lines)
        self._head(data, lines)
        self._below()

    def _line(
        self,
        data: MonthData,
        outline: Outline,
        figure: MonthFigure,
        terms: TermsBook,
        now: datetime,
    ) -> SlaLine:
        # An outage that nobody sees any more does not go on by itself; what is unseen does.
        at = micros(self.session.sight.seen_until(now) if figure.open else now)
        commitment = data.commitment(figure, at, terms)
        line = line_of(outline, figure, data.lasting.get(figure.tenant), commitment, at)
        problems = self._check.problems(figure.tenant)
        return replace(line, problems=problems) if problems else line

    def _head(self, data: MonthData, lines: dict[str, SlaLine]) -> None:
        owed = sum(1 for line in lines.values() if line.tier and not line.problems)
        out = sum(1 for line in lines.values() if line.out)
        text = _("{month} · out now: {out} · under the commitment: {owed}")
        head = text.format(month=data.month, out=out, owed=owed)
        if data.waiting:
            months = ", ".join(sorted({one.month for one in data.waiting}))
            text = _("claims to answer: {n} ({months})")
            head += " · " + text.format(n=len(data.waiting), months=months)
        if lapsing := self._find_lapsing(data):
            text = _("{month}: claimable until {day}: {n}")
            day = formats.day(lapsing[0].deadline)
            head += " · " + text.format(month=data.month.previous, day=day, n=len(lapsing))
        self.heading.update(head + " · " + _("tenants: {n}").format(n=len(lines)))

    def _find_lapsing(self, data: MonthData) -> list[SlaLine]:
        """The month before: credits that are still to be claimed, and lapse if they are not."""
        now, terms = micros(self.now()), terms_book(self.session)
        lines = [
            line_of(outline, one, None, data.commitment(one, now, terms), now)
            for outline, one in data.before
        ]
        return [line for line in lines if line.lapses_in is not None]

    @on(LiveTable.RowHighlighted)
    def _below(self) -> None:
        line: SlaLine | None = self.table.cursor_row
        if line is None:
            self.gauge.show(None, "", "", "unknown")
            self.detail.update("")
            return
        word = state_label(line).text
        tone = "bad" if line.tier or line.out or line.problems else "good"
        self.gauge.show(line.left, duration(line.budget), word, tone)
        self.detail.update(facts(_facts(line)))

    def action_month(self, step: int) -> None:
        """Another month."""
        self._month = self.month.next if step > 0 else self.month.previous
        self.renew(anew=True)

    def action_month_end(self) -> None:
        """Open the end of the month that is shown."""
        self.host.open(MonthRef(str(self.month)))

    def action_claim(self) -> None:
        """Ask for what the client wrote, and put it on record."""
        self.work_on(self.table.cursor_row, self._claim)

    async def _claim(self, line: SlaLine) -> None:
        title = _("Credit claimed by {name}").format(name=visible(line.name))
        text = _("Paris time, or with its offset. The sending that is proven counts (art. 10.2).")
        received = self.now().replace(second=0, microsecond=0)
        fields = (
            Field("sent", _("Sent"), "", read_instant),
            Field("received", _("Received"), write_instant(received), read_instant),
            Field("channel", _("By which channel?")),
            Field("reference", _("Its reference"), "", str.strip),
        )
        month = str(self.month)

        def claim_of(filled: dict[str, str]) -> api.Claim:
            return api.Claim(
                sent=filled["sent"],
                channel=filled["channel"],
                received=filled["received"],
                reference=filled["reference"],
            )

        await self._ask_in(
            Form(title, text, fields),
            lambda filled: api.CLAIM(claim_of(filled), tenant=line.id, month=month),
        )

    def action_correct(self) -> None:
        """Ask for what the client truly sent, and why it was on record otherwise."""
        self.work_on(self.table.cursor_row, self._correct)

    async def _correct(self, line: SlaLine) -> None:
        row = line.claim
        if row is None or row.sent is None or row.received is None:
            self.say(_("{name}: no request to correct").format(name=visible(line.name)))
            return
        title = _("Correct the request of {name}").format(name=visible(line.name))
        text = _("What was entered stays on record. The date of sending, if proven, counts.")
        fields = (
            Field("sent", _("Sent"), write_instant(instant(row.sent)), read_instant),
            Field("received", _("Received"), write_instant(instant(row.received)), read_instant),
            Field("channel", _("By which channel?"), row.channel),
            Field("reference", _("Its reference"), row.reference, str.strip),
            Field("reason", _("Why?")),
        )
        month = str(self.month)

        def correction_of(filled: dict[str, str]) -> api.Correction:
            return api.Correction(
                sent=filled["sent"],
                channel=filled["channel"],
                reason=filled["reason"],
                received=filled["received"],
                reference=filled["reference"],
            )

        await self._ask_in(
            Form(title, text, fields),
            lambda filled: api.CORRECT(correction_of(filled), tenant=line.id, month=month),
        )

    def action_grant(self) -> None:
        """Confirm and grant."""
        self.work_on(self.table.cursor_row, self._grant)

    async def _grant(self, line: SlaLine) -> None:
        if not self._require_claim(line):
            return
        title = _("Grant {amount} to {name}?").format(
            amount=euros(credit(line.amount, line.tier)), name=visible(line.name)
        )
        standing = await self._cap_exceeded(line)
        if standing is not None:
            await self._grant_beyond_cap(line, standing)
        elif await self.app.push_screen_wait(Confirm(title, credit_text(line))):
            await self._ask(api.GRANT(api.Decision(), tenant=line.id, month=str(self.month)))

    async def _cap_exceeded(self, line: SlaLine) -> CapStanding | None:
        """The standing of the cap of art. 12 where the credit exceeds what it leaves."""
        owed, reader = credit(line.amount, line.tier), self.session.reader
        if owed is None or reader is None:
            return None
        async with reader.snapshot() as db:
            today = paris_day(micros(self.now()))
            caps = await read_caps(db, today, line.id, without_month=str(self.month))
        standing = caps.get(line.id)
        return standing if standing is not None and standing.exceeded_by(owed) else None

    async def _grant_beyond_cap(self, line: SlaLine, standing: CapStanding) -> None:
        """Ask what becomes of the credit beyond the cap, and why."""
        title = _("{name}: beyond the cap of art. 12 ({left} left)").format(
            name=visible(line.name), left=euros(standing.left)
        )
        ways = sorted(PROPOSED, key=lambda way: way != standing.proposed)
        choices = [(way, _(PROPOSED[way])) for way in ways]
        chosen = await self.app.push_screen_wait(ChooseOne(title, choices))
        if chosen is None:
            return
        way, month = cast(BeyondCap, chosen), str(self.month)
        await self._ask_in(
            Ask(title, _("Why?")),
            lambda reason: api.GRANT(api.Decision(reason, way), tenant=line.id, month=month),
        )

    def action_refuse(self) -> None:
        """Ask for the reason and refuse."""
        self.work_on(self.table.cursor_row, self._refuse)

    async def _refuse(self, line: SlaLine) -> None:
        if not self._require_claim(line):
            return
        title = _("Refuse the credit of {name}").format(name=visible(line.name))
        month = str(self.month)
        await self._ask_in(
            Ask(title, _("Why?")),
            lambda reason: api.REFUSE(api.Decision(reason), tenant=line.id, month=month),
        )

    def _require_claim(self, line: SlaLine) -> bool:
        """Return whether there is a claim to answer; says so where there is none."""
        if not line.asked:
            self.say(_("{name}: no claim to answer").format(name=visible(line.name)))
        return line.asked

    async def _ask_in(
        self, dialog: WrittenDialog[V], request_of: Callable[[V], Request[api.Credit]]
    ) -> None:
        if await self.ask_in(dialog, request_of) is not None:
            self.renew(anew=True)

    async def _ask(self, request: Request[api.Credit]) -> None:
        if await self.ask_nocd(request) is not None:
            self.renew(anew=True)


def _word_owed(line: SlaLine) -> str:
    if not line.tier or line.problems:
        return credit_text(line) if line.asked else Words(_).credit(line.state.value)
    return f"{credit_text(line)} · {euros(credit(line.amount, line.tier))}"


def _facts(line: SlaLine) -> list[tuple[str, str]]:
    measured = _("{share}, unmeasured {time}").format(
        share=coverage(line), time=duration(line.figure.unmeasured)
    )
    rows = [
        (_("Tenant"), visible(f"{line.name} ({line.id})")),
        (_("Contractual"), f"{proven_rate(line)} · {duration(line.figure.counted)}"),
        (_("Raw"), f"{percent(line.raw)} · {duration(line.figure.down)}"),
        (_("Measured"), measured),
        (_("Credit"), _word_owed(line)),
        *((_("Not as recorded"), visible(problem)) for problem in line.problems[:SHOWN_PROBLEMS]),
    ]
    if line.worst_tier != line.tier:
        rows.append(
            (
                _("Worst case"),
                _("{n} % if all unmeasured time was downtime").format(n=line.worst_tier),
            )
        )
    if line.readings and not line.problems:
        rows.append((_("Two readings"), line.readings))
    for tip in line.tips:
        text = _("{percent} % ({amount}) from {at} on, if it goes on")
        rows.append(
            (
                _("Forecast"),
                text.format(
                    percent=tip.percent,
                    amount=euros(tip.amount),
                    at=formats.instant_seconds(instant(tip.at)),
                ),
            )
        )
    return rows
