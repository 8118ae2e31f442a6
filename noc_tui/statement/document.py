"""The statement of a tenant's month as one document: its values, as they are written out."""

import msgspec

from noc_tui.views.month_intervals import Interval
from noc_tui.views.month_row import CutReading, StatedFigure


class ContentErasure(msgspec.Struct, frozen=True):
    """By whom and when an entry's content was erased, by which entry and under which text."""

    entry: int
    at: str
    account: str
    under: str


class StatementEntry(msgspec.Struct, frozen=True):
    """An entry of the evidence log that the statement rests on; `erased` where its content is gone:
    what the statement says of it then rests on its digest alone.
    """

    seq: int
    at: str
    kind: str
    account: str
    hash: str
    erased: ContentErasure | None = None


class CreditPart(msgspec.Struct, frozen=True):
    """The credit; `state` is that of R13, claimable meaning until the end of `deadline`.

    Of a month that the record does not bear out, `state` is unverified, and tier and amounts are
    None. `lapsed` is said of a claim that was sent too late; that a day has passed changes no
    statement.
    """

    tier: int | None
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


class StatedThreshold(msgspec.Struct, frozen=True):
    """Of a rate strictly below `below_percent`, `credit_percent` of the monthly amount is owed."""

    below_percent: str
    credit_percent: int


class StatedClosing(msgspec.Struct, frozen=True):
    """A closing of the month, and its reopening; `entry` and `reopened_by` number the entries."""

    number: int
    closed: str
    entry: int
    reopened: str | None = None
    reopened_by: int | None = None
    reason: str = ""

    @property
    def last_entry(self) -> int:
        """The entry that reopened the month, else the one that closed it."""
        return self.entry if self.reopened_by is None else self.reopened_by


class Statement(msgspec.Struct, frozen=True):
    """The whole statement. `final` is false while the month runs; it then holds up to `until`.

    `closings` are those of the month, the first one first: a month that was reopened says so.
    `commitment` are the thresholds that the month is judged by, from the mildest on.
    `verified`: the chain and all rows that the month rests on are as the record holds them;
    `problems` says in English where they are not. `digest` is the SHA-256 of this document as JSON
    without `digest`, canonical as RFC 8785 says.
    """

    verified: bool
    problems: tuple[str, ...]

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
    worst_tier: int | None
    straddles: bool
    budget_left_seconds: str
    credit: CreditPart
    intervals: tuple[Interval, ...]
    entries: tuple[StatementEntry, ...]
    commitment: tuple[StatedThreshold, ...]
    digest: str
    cut_from_base: CutReading | None = None
    closings: tuple[StatedClosing, ...] = ()

    @property
    def reopened(self) -> StatedClosing | None:
        """The last closing that was reopened, if any was: what this statement says replaces what
        earlier ones said.
        """
        gone = [one for one in self.closings if one.reopened is not None]
        return gone[-1] if gone else None

    @property
    def last_closing(self) -> StatedClosing | None:
        """The last closing, reopened or not."""
        return self.closings[-1] if self.closings else None

    @property
    def closed(self) -> StatedClosing | None:
        """The closing in force."""
        last = self.last_closing
        return last if last is not None and last.reopened is None else None
