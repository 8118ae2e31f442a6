"""The life of a contract (R28): its term, by when notice must leave, what is owed at its end.

Our stand on the text: a term falls on the same day of the month as the start, and the notice must
be posted at the latest three months before it. Article 4 speaks of *mois ouverts*, article 16.1 of
*mois ouvrés*, and neither phrase has a settled meaning for months. Read as the day on which a
registered letter can still be posted, the one ends on a *jour ouvrable* and the other on a
*jour ouvré*; both are kept, the earlier one is the prudent one, and the warning at four months is
ahead of any reading.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from noc_tui.contract.dates import add_months, last_ouvrable, last_ouvre
from noc_tui.contract.terms_shape import Life as LifeTerms


class LifeStage(StrEnum):
    """Where a contract stands on a day."""

    NOT_STARTED = "not_started"
    RUNNING = "running"
    WARNED = "warned"
    NOTICE_CLOSED = "notice_closed"
    NOTICE_GIVEN = "notice_given"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Deadlines:
    """One term and what comes before it. `renewals` counts the periods already renewed."""

    term: date
    renewals: int
    warn_from: date
    notice_by_ouverts: date
    notice_by_ouvres: date

    @property
    def notice_by(self) -> date:
        """The prudent day: the earlier of the two readings."""
        return min(self.notice_by_ouverts, self.notice_by_ouvres)

    @property
    def readings_differ(self) -> bool:
        """Whether articles 4 and 16.1 lead to two days."""
        return self.notice_by_ouverts != self.notice_by_ouvres


@dataclass(frozen=True, slots=True)
class LifeStanding:
    """A contract on a day. `ends` is the term at which it stops, None while it goes on."""

    stage: LifeStage
    deadlines: Deadlines
    ends: date | None

    @property
    def next_deadline(self) -> tuple[str, date]:
        """What to watch next: ("notice", day) while notice is open, else ("term", day)."""
        if self.stage in (LifeStage.NOT_STARTED, LifeStage.RUNNING, LifeStage.WARNED):
            return "notice", self.deadlines.notice_by
        return "term", self.deadlines.term if self.ends is None else self.ends


def deadlines(start: date, today: date, terms: LifeTerms) -> Deadlines:
    """The deadlines of the period that `today` falls in; of the first before the start."""
    renewals = 0
    while add_months(start, _months(renewals, terms)) <= today:
        renewals += 1
    return _period(start, renewals, terms)


def find_life_standing(
    start: date, today: date, terms: LifeTerms, notice_given: date | None = None
) -> LifeStanding:
    """Return where the contract stands; a notice that came too late ends the next period, not this
    one.
    """
    if notice_given is not None and notice_given <= today:
        served = _served(start, notice_given, terms)
        stage = LifeStage.ENDED if served.term <= today else LifeStage.NOTICE_GIVEN
        return LifeStanding(stage, served, served.term)
    current = deadlines(start, today, terms)
    return LifeStanding(_stage(start, today, current), current, None)


def _months(renewals: int, terms: LifeTerms) -> int:
    return terms.initial_months + renewals * terms.renewal_months


def _period(start: date, renewals: int, terms: LifeTerms) -> Deadlines:
    months = _months(renewals, terms)
    limit = add_months(start, months - terms.notice_months)
    return Deadlines(
        term=add_months(start, months),
        renewals=renewals,
        warn_from=add_months(start, months - terms.warn_months),
        notice_by_ouverts=last_ouvrable(limit),
        notice_by_ouvres=last_ouvre(limit),
    )


def _served(start: date, notice_given: date, terms: LifeTerms) -> Deadlines:
    """The period that a notice ends: the first whose deadline, in the later reading, it meets."""
    renewals = deadlines(start, notice_given, terms).renewals
    period = _period(start, renewals, terms)
    if notice_given > max(period.notice_by_ouverts, period.notice_by_ouvres):
        return _period(start, renewals + 1, terms)
    return period


def _stage(start: date, today: date, current: Deadlines) -> LifeStage:
    if today < start:
        return LifeStage.NOT_STARTED
    if today > max(current.notice_by_ouverts, current.notice_by_ouvres):
        return LifeStage.NOTICE_CLOSED
    return LifeStage.WARNED if today >= current.warn_from else LifeStage.RUNNING


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of a contract on a day.

    `effective` and `copy_owed_until` are None while the client has not confirmed its data;
    `copy_days_over` is whether a copy can be asked for no longer. Whether anything may be deleted
    is `reversibility.list_deletion_bars`, which also knows the copies that were asked for.
    """

    effective: date | None
    copy_owed_until: date | None
    copy_days_over: bool


def find_ending(ends: date, data_confirmed: date | None, today: date, terms: LifeTerms) -> Ending:
    """Termination takes effect once the client confirms that it has its data, not before the term.

    A full copy is owed on request during the days after it.
    """
    if data_confirmed is None or data_confirmed > today:
        return Ending(None, None, False)
    effective = max(ends, data_confirmed)
    owed = effective + timedelta(days=terms.copy_days)
    return Ending(effective, owed, today > owed)
