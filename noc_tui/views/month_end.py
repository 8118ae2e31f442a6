"""The end of a month: what is open, closings, each tenant's figures; as they are written out.

Durations in seconds, money as decimal strings, instants in RFC 3339.
"""

import msgspec

from noc_tui.contract.availability import credit
from noc_tui.contract.calendar import Month
from noc_tui.contract.instants import format_instant
from noc_tui.contract.month_end import OpenKind
from noc_tui.views.tenant_month import TenantMonth
from storage.month_closes import ClosedFigure, MonthClose


class OpenItem(msgspec.Struct, frozen=True):
    """Something that is open. `id` stays the same while it is; `subject` is what to look at
    (`incident:12`, `tenant:acme`); `detail` is what tells it apart, a number or a text of its own.
    """

    id: str
    kind: str
    blocking: bool
    subject: str
    tenant: str = ""
    name: str = ""
    detail: str = ""

    @classmethod
    def of(
        cls, kind: OpenKind, key: object, subject: str, *, tenant: str = "", name: str = "",
        detail: str = "",
    ) -> "OpenItem":  # fmt: skip
        """The item of a kind, with its id."""
        return cls(f"{kind}:{key}", kind.value, kind.blocking, subject, tenant, name, detail)


class ClosingLine(msgspec.Struct, frozen=True):
    """A closing, and its reopening where there was one; `entry` and `reopened_by` are entries."""

    number: int
    at: str
    account: str
    reason: str
    left_open: tuple[str, ...]
    entry: int
    reopened_at: str | None = None
    reopened_account: str | None = None
    reopened_reason: str | None = None
    reopened_by: int | None = None


class SentLine(msgspec.Struct, frozen=True):
    """A mail about the month: what for (`credit-received`, `month-statement`), and its state."""

    purpose: str
    state: str
    at: str


class TenantEndLine(msgspec.Struct, frozen=True):
    """A tenant's figures. `percent` is None where the base is empty or nobody measured; `changed`
    whether they are others than the month was closed with.
    """

    tenant: str
    name: str
    percent: str | None
    counted_seconds: int
    unmeasured_seconds: int
    tier: int | None
    worst_tier: int | None
    amount: str | None
    state: str
    granted: str | None
    deadline: str
    verified: bool
    changed: bool = False
    sent: tuple[SentLine, ...] = ()


class MonthEnd(msgspec.Struct, frozen=True):
    """`state` is running, open, closed or reopened; `open` is what is open, blocking first."""

    month: str
    state: str
    open: tuple[OpenItem, ...]
    closings: tuple[ClosingLine, ...]
    tenants: tuple[TenantEndLine, ...]

    @property
    def blocking(self) -> tuple[OpenItem, ...]:
        """What the month cannot be closed with."""
        return tuple(one for one in self.open if one.blocking)

    @property
    def closable(self) -> tuple[OpenItem, ...]:
        """What it may be closed with, knowingly."""
        return tuple(one for one in self.open if not one.blocking)


def closed_figure(month: TenantMonth) -> ClosedFigure:
    """What a tenant's month is closed with."""
    figure = month.figure()
    return ClosedFigure(
        tenant=figure.tenant,
        base=figure.base,
        down=figure.down,
        counted=figure.counted,
        unmeasured=figure.unmeasured,
        worst=figure.worst,
        excluded=figure.excluded or 0,
        tier=month.result.tier,
        amount=None if month.amount is None else f"{month.amount:.2f}",
        terms=figure.terms,
    )


def closing_line(row: MonthClose) -> ClosingLine:
    """A closing as it is written out."""
    return ClosingLine(
        number=row.number,
        at=format_instant(row.closed_at),
        account=row.account,
        reason=row.reason,
        left_open=row.left_open,
        entry=row.evidence,
        reopened_at=None if row.reopened_at is None else format_instant(row.reopened_at),
        reopened_account=row.reopened_account,
        reopened_reason=row.reopened_reason,
        reopened_by=row.reopened_by,
    )


def end_line(
    month: TenantMonth,
    now: int,
    problems: tuple[str, ...],
    closed: ClosedFigure | None,
    sent: tuple[SentLine, ...],
) -> TenantEndLine:
    """A tenant's line; `closed` is what its month was closed with, where it is closed."""
    result, row = month.result, month.row
    owed = credit(month.amount, result.tier)
    granted = None if row is None else row.granted
    return TenantEndLine(
        tenant=month.tenant.id,
        name=month.tenant.name,
        percent=None if month.unseen else result.contractual.percent,
        counted_seconds=result.contractual.down // 1_000_000,
        unmeasured_seconds=result.unmeasured_total // 1_000_000,
        tier=None if problems else result.tier,
        worst_tier=None if problems else result.worst_tier,
        amount=None if problems or owed is None else f"{owed:.2f}",
        state="unverified" if problems else month.credit.state(now).value,
        granted=None if granted is None else f"{granted:.2f}",
        deadline=result.claim_deadline.isoformat(),
        verified=not problems,
        changed=closed is not None and closed != closed_figure(month),
        sent=sent,
    )


def month_state(month: Month, now: int, closings: list[MonthClose]) -> str:
    """running, open, closed or reopened."""
    if now < month.span.end:
        return "running"
    if not closings:
        return "open"
    return "closed" if closings[-1].in_force else "reopened"
