"""The tenant table's rows and columns, over plain values."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from noc_tui.console.screens.tenants.data import TenantFigures
from noc_tui.contract import backups as backup_rule
from noc_tui.contract.backups import Freshness
from noc_tui.contract.liability import CapStanding
from noc_tui.contract.life import LifeStanding
from noc_tui.contract.quotas import QuotaFill, Use, use, worst
from noc_tui.contract.terms_shape import Terms
from noc_tui.i18n import N_, _
from noc_tui.labels import formats
from noc_tui.labels import states as words
from noc_tui.labels.contract import QUOTAS
from noc_tui.labels.tenant_now import budget_tone, word_left, word_reason, word_state
from noc_tui.text import visible
from noc_tui.views.contract import ContractState, contract_state
from noc_tui.views.tenant_hour import tenant_hour
from noc_tui.views.tenant_now import NOTHING_KNOWN, TenantNow, tenant_state
from storage.guest_counts import TenantUse
from storage.register import Tenant, TenantQuota
from widgets.bars import bar
from widgets.columns import Column
from widgets.live_table import LiveTable
from widgets.sparkline import sparkline

_BY_HURT = list(words.TENANT)
HOUR = 12
"""Columns of an hour's sparkline."""


@dataclass(frozen=True, slots=True)
class TenantLine:
    """A tenant, what its guests are and what holds now; `tenant` is None for a pool that has none.

    `state_words` and `reason` are worded as of the last look, since both grow older.
    """

    id: str
    name: str
    state: str
    tenant: Tenant | None
    uses: TenantUse | None
    quotas: Mapping[str, Use]
    backups: Mapping[str, int]
    contract: ContractState | None
    today: date
    stale: bool
    cap: CapStanding | None = None
    now: TenantNow = NOTHING_KNOWN
    state_words: str = ""
    reason: str = ""
    hour: Sequence[float | None] = ()

    @property
    def rank(self) -> tuple[int, int, str]:
        """Who is hurt first, then who is nearest to a credit."""
        budget = self.now.budget
        left = sys.maxsize if budget is None else budget.left
        return _BY_HURT.index(self.state), left, self.id

    @property
    def fill(self) -> QuotaFill:
        """The fullest quota."""
        return worst([one.fill for one in self.quotas.values()])

    @property
    def backup(self) -> str:
        """The worst state of its guests' backups."""
        states = [Freshness(state) for state, number in self.backups.items() if number]
        return str(backup_rule.worst(states))

    @property
    def deadline(self) -> tuple[str, date] | None:
        """The next date of its contract, and which it is."""
        if self.contract is not None and self.contract.ends is not None:
            return "end", self.contract.ends
        return None if self.life is None else self.life.next_deadline

    @property
    def life(self) -> LifeStanding | None:
        """Where its contract stands between start and term."""
        return None if self.contract is None else self.contract.life


def tenant_line(
    tenant: Tenant,
    figures: TenantFigures,
    terms: Terms,
    at: datetime,
    *,
    stale: bool,
) -> TenantLine:
    """The line of a tenant at an instant, the rules of R28 to R30 applied."""
    uses, now = figures.uses.get(tenant.id), figures.now.get(tenant.id, NOTHING_KNOWN)
    state, today = tenant_state(uses, now), at.astimezone(formats.PARIS).date()
    return TenantLine(
        id=tenant.id,
        name=tenant.name,
        state=state,
        tenant=tenant,
        uses=uses,
        quotas=quota_uses(uses, figures.quotas.get(tenant.id), terms.quotas.warn_percent),
        backups=figures.backups.get(tenant.id, {}),
        contract=contract_state(tenant, today, terms.life, figures.copies),
        today=today,
        stale=stale,
        cap=figures.caps.get(tenant.id),
        now=now,
        state_words=word_state(state, now, at),
        reason=word_reason(now, at),
        hour=tenant_hour(tenant.pools, figures.hours, None if uses is None else uses.vcpus),
    )


def quota_uses(uses: TenantUse | None, quota: TenantQuota | None, warn: int) -> dict[str, Use]:
    """Return each quota; a tenant without a guest uses nothing, which is known."""
    none = uses is None
    vcpus = None if uses is None or uses.vcpus is None else round(uses.vcpus)
    used = {
        "vcpus": 0 if none else vcpus,
        "memory": 0 if uses is None else uses.memory,
        "disk": 0 if uses is None else uses.disk,
        "guests": 0 if uses is None else uses.guests,
    }
    return {name: use(used[name], getattr(quota, name, None), warn) for name in QUOTAS}


DEADLINES = {
    "notice": N_("notice by {day}"),
    "term": N_("term {day}"),
    "end": N_("ends {day}"),
}


def deadline_words(line: TenantLine) -> str:
    """The next contract date in words; a sign when its warning time has come."""
    if line.deadline is None:
        return formats.UNKNOWN if line.tenant is not None else ""
    kind, day = line.deadline
    sign = "▲ " if deadline_tone(line) == "warning" else ""
    return sign + _(DEADLINES[kind]).format(day=formats.day(day))


def deadline_tone(line: TenantLine) -> str:
    """Warned from four months before the term (R28)."""
    if line.life is None:
        return "unknown"
    return "warning" if line.today >= line.life.deadlines.warn_from else "muted"


def tenants_table() -> LiveTable[TenantLine]:
    """Return every tenant of the register, and every pool that has none."""
    return LiveTable(
        [
            Column("name", _("Tenant"), 18, lambda row: visible(row.name), stretch=3),
            Column(
                "state", _("State"), 21, lambda row: row.state_words, order=lambda row: row.rank,
                tone=lambda row: _age_tone(row, words.label_tone(words.TENANT, row.state)),
            ),
            Column(
                "guests", _("Up"), 7,
                lambda row: f"{row.uses.running}/{row.uses.guests}" if row.uses else "0",
                order=lambda row: row.uses.guests if row.uses else 0, align="right",
            ),
            Column(
                "budget", _("SLA used, left"), 20, _budget_text,
                order=lambda row: None if row.now.budget is None else row.now.budget.left,
                tone=lambda row: "" if row.now.budget is None else budget_tone(row.now.budget),
            ),
            Column(
                "reason", _("Why"), 24, lambda row: row.reason, stretch=4, priority=1,
                tone=lambda row: words.label_tone(words.TENANT, row.state),
            ),
            Column(
                "hour", _("CPU, last hour"), HOUR + 2,
                lambda row: sparkline(row.hour, HOUR) if row.hour else "", priority=2,
            ),
            Column(
                "quota", _("Quotas"), 16, lambda row: words.label_text(words.FILL, row.fill),
                tone=lambda row: words.label_tone(words.FILL, row.fill), priority=5,
            ),
            Column(
                "backup", _("Backups"), 14,
                lambda row: words.label_text(words.BACKUP, row.backup) if row.uses else "",
                tone=lambda row: _age_tone(row, words.label_tone(words.BACKUP, row.backup)),
                priority=3,
            ),
            Column(
                "deadline", _("Contract"), 21, deadline_words,
                order=lambda row: row.deadline[1] if row.deadline else None,
                tone=deadline_tone, stretch=1, priority=4,
            ),
            Column("id", _("ID"), 12, lambda row: visible(row.id), priority=6, stretch=1),
        ],
        words=lambda row: f"{row.id} {row.name} {row.state_words} {row.reason}",
        opens=True,
        empty=_("The register has no tenant: noc-tui tenants import FILE"),
        no_match=_("No tenant matches {filter}"),
        row_tone=lambda row: "stale" if row.stale else "",
        id="tenants",
    )  # fmt: skip


def _budget_text(row: TenantLine) -> str:
    """A bar of what is used, and what is left beside it; unknown without figures."""
    budget = row.now.budget
    if budget is None or row.tenant is None:
        return "" if row.tenant is None else formats.UNKNOWN
    return f"{bar(budget.used, 5)} {word_left(budget)}"


def _age_tone(row: TenantLine, tone: str) -> str:
    return "stale" if row.stale and tone == "good" else tone
