"""The statement of a tenant's month as one document: its values, as they are written out."""

import msgspec


class Interval(msgspec.Struct, frozen=True):
    """A stretch of the month. `kind` is outage, exclusion, withdrawn or unmeasured.

    Outages that began or ended within an observation interval carry both bounds (R8). `end` is
    None while it lasts. `entries` are the evidence entries that it rests on.
    """

    kind: str
    start: str
    end: str | None
    seconds: str
    not_before: str | None
    not_over_before: str | None
    source: str
    cause: str
    basis: str | None
    article: str | None
    reason: str
    decided_by: str
    contestable: bool
    entries: tuple[int, ...]


class StatedFigure(msgspec.Struct, frozen=True):
    """Downtime, and the rate truncated to four decimals; None without a base."""

    down_seconds: str
    percent: str | None


class StatementEntry(msgspec.Struct, frozen=True):
    """An entry of the evidence log that the statement rests on."""

    seq: int
    at: str
    kind: str
    account: str
    hash: str


class CreditPart(msgspec.Struct, frozen=True):
    """The credit; `state` is that of R13, claimable meaning until the end of `deadline`.

    `lapsed` is said of a claim that was sent too late; that a day has passed changes no statement.
    """

    tier: int
    monthly_amount: str | None
    amount: str | None
    deadline: str
    state: str
    sent: str | None
    received: str | None
    channel: str
    reference: str
    granted: str | None
    refused: str
    terms: str


class Statement(msgspec.Struct, frozen=True):
    """The whole statement. `final` is false while the month runs; it then holds up to `until`."""

    tenant: str
    name: str
    month: str
    final: bool
    until: str
    hoster: str
    terms: str
    terms_from: str
    month_terms: str
    vantage: str
    base_from: str
    base_until: str
    base_seconds: str
    unmeasured_seconds: str
    coverage_percent: str | None
    raw: StatedFigure
    contractual: StatedFigure
    worst: StatedFigure
    worst_tier: int
    straddles: bool
    budget_left_seconds: str
    credit: CreditPart
    intervals: tuple[Interval, ...]
    entries: tuple[StatementEntry, ...]
    digest: str
