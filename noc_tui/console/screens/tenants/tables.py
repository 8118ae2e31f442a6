"""The tenant table's rows and columns, over plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

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
from noc_tui.text import visible
from noc_tui.views.contract import ContractState, contract_state
from storage.guest_counts import TenantUse
from storage.register import Tenant, TenantQuota
from widgets.columns import Column
from widgets.live_table import LiveTable


@dataclass(frozen=True, slots=True)
class TenantLine:
    """A tenant and what its guests are; `tenant` is None for a pool that has none."""

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


def tenant_state(uses: TenantUse | None) -> str:
    """Up, partly up, down, empty or unknown: unknown guests are neither up nor down."""
    if uses is None or uses.guests == 0:
        return "empty"
    if uses.running == uses.guests:
        return "up"
    if uses.running:
        return "partial"
    return "unknown" if uses.unknown else "down"


def tenant_line(
    tenant: Tenant,
    figures: TenantFigures,
    terms: Terms,
    today: date,
    *,
    stale: bool,
) -> TenantLine:
    """The line of a tenant, the rules of R28 to R30 applied."""
    uses = figures.uses.get(tenant.id)
    return TenantLine(
        id=tenant.id,
        name=tenant.name,
        state=tenant_state(uses),
        tenant=tenant,
        uses=uses,
        quotas=quota_uses(uses, figures.quotas.get(tenant.id), terms.quotas.warn_percent),
        backups=figures.backups.get(tenant.id, {}),
        contract=contract_state(tenant, today, terms.life, figures.copies),
        today=today,
        stale=stale,
        cap=figures.caps.get(tenant.id),
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
                "state", _("State"), 13,
                lambda row: words.label_text(words.TENANT, row.state),
                tone=lambda row: _age_tone(row, words.label_tone(words.TENANT, row.state)),
            ),
            Column(
                "guests", _("Up"), 7,
                lambda row: f"{row.uses.running}/{row.uses.guests}" if row.uses else "0",
                order=lambda row: row.uses.guests if row.uses else 0, align="right",
            ),
            Column(
                "quota", _("Quotas"), 16, lambda row: words.label_text(words.FILL, row.fill),
                tone=lambda row: words.label_tone(words.FILL, row.fill), priority=2,
            ),
            Column(
                "backup", _("Backups"), 14,
                lambda row: words.label_text(words.BACKUP, row.backup) if row.uses else "",
                tone=lambda row: _age_tone(row, words.label_tone(words.BACKUP, row.backup)),
            ),
            Column(
                "deadline", _("Contract"), 21, deadline_words,
                order=lambda row: row.deadline[1] if row.deadline else None,
                tone=deadline_tone, stretch=1,
            ),
            Column("id", _("ID"), 12, lambda row: visible(row.id), priority=3, stretch=1),
        ],
        words=lambda row: f"{row.id} {row.name} {words.label_text(words.TENANT, row.state)}",
        empty=_("The register has no tenant: noc-tui tenants import FILE"),
        no_match=_("No tenant matches {filter}"),
        row_tone=lambda row: "stale" if row.stale else "",
        id="tenants",
    )  # fmt: skip


def _age_tone(row: TenantLine, tone: str) -> str:
    return "stale" if row.stale and tone == "good" else tone
