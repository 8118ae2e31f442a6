"""Which contents have been kept for as long as they may be, by the rules of retention (R33)."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from noc_tui.contract.calendar import Month, instant, paris_day
from noc_tui.contract.dates import add_months
from noc_tui.contract.retention import Retention, RetentionRule
from noc_tui.contract.terms_book import TermsBook
from noc_tui.views.contract import contract_state
from storage import erasure
from storage.connection import Readable
from storage.data_copies import open_copies
from storage.evidence import Entry
from storage.incidents import INCIDENTS, LIVE
from storage.legal_registers import BREACHES
from storage.months import CREDITS
from storage.register import TENANTS
from storage.suspension import SUSPENSIONS
from storage.times import micros

_MARGIN = timedelta(days=2)
"""More than a day in Paris and one in UTC can be apart."""


@dataclass(frozen=True, slots=True)
class RetentionFacts:
    """What the rules count from.

    `closings` and `contract_ends` give the day by subject, None where there is none yet; `claimed`
    are the months of which a credit was claimed; `disputed` subjects are kept until the dispute is
    over, `keep_days` lengthens what a rule says.
    """

    closings: Mapping[str, date | None]
    contract_ends: Mapping[str, date | None]
    claimed: frozenset[str]
    disputed: frozenset[str] = frozenset()
    keep_days: Mapping[str, int] = field(default_factory=dict)

    def over_on(self, rule: RetentionRule, entry: Entry) -> date | None:
        """The first day on which the entry's content may be erased; None while none can be said."""
        if self._is_disputed(entry):
            return None
        at = micros(entry.at)
        day = paris_day(at)
        relied = str(Month.of(at)) in self.claimed
        over = rule.over_on(day, self._counted_from(rule, entry, day), relied_on=relied)
        longest = max(
            (days for kind, days in self.keep_days.items() if _fits(kind, entry)), default=0
        )
        return None if over is None else max(over, day + timedelta(days=longest))

    def _is_disputed(self, entry: Entry) -> bool:
        """An entry that names no tenant may be about the one in dispute."""
        if not self.disputed:
            return False
        named = any(subject.startswith("tenant:") for subject in entry.subjects)
        return not named or not self.disputed.isdisjoint(entry.subjects)

    def _counted_from(self, rule: RetentionRule, entry: Entry, day: date) -> date | None:
        known = self.closings if rule.counts_from == "closing" else self.contract_ends
        days = [known[subject] for subject in entry.subjects if subject in known]
        if rule.counts_from == "contract_end" and not days:
            return None
        found: date | None = day
        for one in days:
            found = None if one is None or found is None else max(found, one)
        return found


def _fits(kind: str, entry: Entry) -> bool:
    return entry.kind == kind or (kind.endswith(".") and entry.kind.startswith(kind))


async def read_facts(
    db: Readable,
    book: TermsBook,
    now: datetime,
    disputed: Sequence[str] = (),
    keep_days: Mapping[str, int] | None = None,
) -> RetentionFacts:
    """What the rules count from, as it is on record at `now`; a contract by its tenant's terms."""
    today = paris_day(micros(now))
    closings: dict[str, date | None] = {
        f"suspension:{row.id}": None if row.closed_at is None else paris_day(micros(row.closed_at))
        for row in await SUSPENSIONS.read(db)
    }
    for incident in await INCIDENTS.read(db):
        ended = None if incident.state in LIVE else incident.ended_at
        closings[f"incident:{incident.id}"] = None if ended is None else paris_day(ended)
    for breach in await BREACHES.read(db):
        closed = breach.closed_at
        closings[f"breach:{breach.id}"] = None if closed is None else paris_day(micros(closed))
    copies = await open_copies(db)
    contracts = {
        row.id: contract_state(row, today, book.for_tenant(row.id, today).life, copies)
        for row in await TENANTS.read(db)
    }
    return RetentionFacts(
        closings=closings,
        # What is of a client that still waits for its copy has no end yet (R28).
        contract_ends={
            f"tenant:{name}": None if contract.copies else contract.last_day
            for name, contract in contracts.items()
        },
        claimed=frozenset(row.month for row in await CREDITS.read(db) if row.sent is not None),
        disputed=frozenset(disputed),
        keep_days=keep_days or {},
    )


async def find_due(
    db: Readable, rules: Retention, facts: RetentionFacts, now: datetime, *, two_leads: bool
) -> AsyncIterator[tuple[RetentionRule, list[Entry]]]:
    """The entries whose time is over, rule by rule and in pages: those that the nightly run erases,
    or those that wait for two leads.
    """
    today = paris_day(micros(now))
    for rule in rules.rule:
        if rule.two_leads is not two_leads:
            continue
        last = 0
        before = _latest(today, rule.months) + _MARGIN
        while page := await erasure.entries_before(db, rule.kinds, before, last):
            last = page[-1].seq
            due = [entry for entry in page if is_due(rules, rule, facts, entry, today)]
            if due:
                yield rule, due


def is_due(
    rules: Retention, rule: RetentionRule, facts: RetentionFacts, entry: Entry, today: date
) -> bool:
    """Whether the rule is the entry's, and its time is over."""
    over = facts.over_on(rule, entry)
    return rules.rule_for(entry.kind) is rule and over is not None and over <= today


def _latest(today: date, months: int) -> datetime:
    """No entry from after that instant can have been kept for so long."""
    day = add_months(today, -months)
    return instant(Month(day.year, day.month).span.start) + timedelta(days=day.day)
