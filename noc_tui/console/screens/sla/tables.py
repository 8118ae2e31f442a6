"""A tenant's line in the month's table: what it comes to, and who is nearest to a credit."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from noc_tui.contract.availability import Commitment, Figure, compute, credit
from noc_tui.contract.calendar import SECOND, Month, claim_deadline, instant
from noc_tui.contract.credits import CreditState
from noc_tui.contract.forecast import Tip
from noc_tui.i18n import _
from noc_tui.labels import formats
from noc_tui.labels.statement import Words
from noc_tui.labels.states import MONTH, StateLabel, month_label
from noc_tui.text import visible
from noc_tui.views.month_row import credit_order
from noc_tui.views.tenant_month import Outline, TenantMonth, credit_of, credited_base_of
from storage.months import CreditRow, MonthFigure
from widgets.columns import Column
from widgets.live_table import LiveTable


@dataclass(frozen=True, slots=True)
class SlaLine:
    """One tenant's month. Durations in microseconds; `tips` only while an outage lasts.

    `problems` are rows that the month rests on and that are not as the record holds them.
    `out` that the tenant is out now; `asked` that the client has claimed and nobody has answered;
    `claim` is the request on record, answered or not. `readings` are both of the base, where they
    lead to two tiers (R11).
    """

    id: str
    name: str
    out: bool
    figure: MonthFigure
    amount: Decimal | None
    tier: int
    worst_tier: int
    budget: int
    tolerated: int
    deadline: date
    state: CreditState
    asked: bool
    tips: tuple[Tip, ...]
    claim: CreditRow | None = None
    readings: str = ""
    problems: tuple[str, ...] = ()

    @property
    def rate(self) -> Figure:
        """The contractual rate."""
        return Figure(self.figure.base, self.figure.counted)

    @property
    def raw(self) -> Figure:
        """The rate without exclusions."""
        return Figure(self.figure.base, self.figure.down)

    @property
    def left(self) -> float | None:
        """The share of the budget that is left, 0 to 1; None without a base."""
        return self.budget / self.tolerated if self.tolerated else None

    @property
    def rank(self) -> tuple[bool, bool, int, str]:
        """Who is nearest to a credit first."""
        return credit_order(out=self.out, base=self.figure.base, left=self.budget, tenant=self.id)

    @property
    def lapses_in(self) -> date | None:
        """The last day for a claim, while one can still be made."""
        return self.deadline if self.state is CreditState.CLAIMABLE else None


def line_of(
    outline: Outline,
    figure: MonthFigure,
    lasting: TenantMonth | None,
    commitment: Commitment,
    now: int,
) -> SlaLine:
    """The line from figures that were kept; of a tenant that is out or unseen, from the facts."""
    tips: Sequence[Tip] = ()
    if lasting is not None:
        account = replace(lasting.account, now=now)
        live = replace(lasting, account=account, result=compute(account, commitment))
        figure = live.figure()
        tips = live.tips() if live.out else ()
    month = Month.parse(figure.month)
    out = figure.open and now < month.span.end
    base = credited_base_of(figure)
    tier = commitment.tier(base, figure.counted)
    deadline = claim_deadline(month, commitment.claim_days)
    return SlaLine(
        id=figure.tenant,
        name=outline.name,
        out=out,
        figure=figure,
        amount=outline.amount,
        tier=tier,
        worst_tier=commitment.tier(base, figure.worst),
        budget=commitment.budget(base, figure.counted),
        tolerated=commitment.thresholds[0].tolerated(base),
        deadline=deadline,
        state=credit_of(tier, deadline, outline.amount, outline.row).state(now),
        asked=_awaits_answer(outline.row),
        tips=tuple(tips),
        readings=_readings(figure, commitment),
        claim=outline.row if outline.row is not None and outline.row.sent is not None else None,
    )


def _readings(figure: MonthFigure, commitment: Commitment) -> str:
    cut = Figure(figure.base - (figure.excluded or 0), figure.counted)
    tiers = commitment.tier(figure.base, figure.counted), commitment.tier(cut.base, cut.down)
    if tiers[0] == tiers[1]:
        return ""
    rates = percent(Figure(figure.base, figure.counted)), percent(cut)
    return Words(_).readings(rates, tiers, "contractual" if figure.negotiated else "cut")


def _awaits_answer(row: CreditRow | None) -> bool:
    return row is not None and row.sent is not None and row.decided_at is None


def percent(figure: Figure) -> str:
    """A rate as shown: truncated, never rounded up (R3)."""
    shown = figure.percent
    return formats.UNKNOWN if shown is None else f"{formats.decimal(shown)} %"


def proven_rate(line: SlaLine) -> str:
    """The contractual rate; unknown for a month that nobody measured (R9)."""
    seen = line.figure.unmeasured < line.figure.past or not line.figure.past
    return percent(line.rate) if seen else formats.UNKNOWN


def duration(micros: int) -> str:
    """Hours, minutes, seconds, truncated."""
    minutes, seconds = divmod(micros // SECOND, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}"


def euros(amount: Decimal | None) -> str:
    """Money as a letter writes it; unknown where it is."""
    return formats.UNKNOWN if amount is None else formats.money(amount)


def state_label(line: SlaLine) -> StateLabel:
    """The tier with a glyph and a word, never a colour alone."""
    if line.problems:
        return MONTH["unverified"]
    return month_label(out=line.out, tier=line.tier, worst_tier=line.worst_tier)


def _state_tone(line: SlaLine) -> str:
    """The label's; a warning once less than half of the tolerated downtime is left."""
    tone = state_label(line).tone
    return "warning" if tone == "good" and (line.left or 0) < 0.5 else tone


def coverage(line: SlaLine) -> str:
    """The share of the elapsed month that was measured."""
    if not line.figure.past:
        return formats.UNKNOWN
    measured = (line.figure.past - line.figure.unmeasured) * 1000 // line.figure.past
    text = formats.decimal(f"{measured // 10}.{measured % 10}")
    return f"{text} %" + (" ?" if line.worst_tier != line.tier else "")


def credit_text(line: SlaLine) -> str:
    """Return where the credit stands, with the last day for a claim."""
    if line.problems:
        return MONTH["unverified"].text
    words = Words(_).credit(line.state.value)
    if line.lapses_in is not None:
        return f"{words} ≤ {formats.day(line.lapses_in)}"
    if line.state in {CreditState.NOT_DUE, CreditState.LAPSED} and line.asked:
        return _("{state}, asked for").format(state=words)
    return words if line.state is not CreditState.NOT_DUE else "·"


def owed_text(line: SlaLine) -> str:
    """Return what the credit comes to; nothing where none is due, or the rows are not as
    recorded.
    """
    return euros(credit(line.amount, line.tier)) if line.tier and not line.problems else ""


def tip_text(line: SlaLine) -> str:
    """Return when the next threshold falls if the outage goes on."""
    if not line.tips:
        return ""
    tip = line.tips[0]
    return f"{tip.percent} % @ {formats.instant(instant(tip.at))}"


def sla_table() -> LiveTable[SlaLine]:
    """The table, without rows."""
    columns: tuple[Column[SlaLine], ...] = (
        Column("rank", "", 2, lambda line: "‼" if line.out else "",
                        order=lambda line: line.rank),
        Column("name", _("Tenant"), 18, lambda line: visible(line.name), stretch=2),
        Column("state", _("State"), 14, lambda line: state_label(line).text, tone=_state_tone,
                        order=lambda line: line.rank),
        Column("rate", _("Contractual"), 11, lambda line: proven_rate(line),
                        order=lambda line: line.rate.rate, align="right"),
        Column("left", _("Budget left"), 11, lambda line: duration(line.budget),
                        order=lambda line: line.budget / SECOND, align="right", kind="duration"),
        Column("tip", _("Credit due from"), 23, tip_text, priority=1,
                        order=lambda line: line.tips[0].at if line.tips else None,
                        tone=lambda line: "bad"),
        Column("credit", _("Credit"), 27, credit_text, priority=2,
                        order=lambda line: (line.state.value, line.deadline)),
        Column("owed", _("Amount"), 11,
                        owed_text,
                        order=lambda line: credit(line.amount, line.tier), align="right",
                        priority=3),
        Column("raw", _("Raw"), 10, lambda line: percent(line.raw),
                        order=lambda line: line.raw.rate, align="right", priority=4),
        Column("coverage", _("Measured"), 9, coverage, align="right", priority=5,
                        tone=lambda line: "warning" if line.worst_tier != line.tier else ""),
    )  # fmt: skip
    table = LiveTable(
        columns,
        words=lambda line: f"{line.name} {line.id} {state_label(line).text} {credit_text(line)}",
        empty=_("no figures for this month yet"),
        no_match=_("no tenant matches {filter}"),
        opens=True,
        id="sla",
    )
    table.sort_by("rank")
    return table
