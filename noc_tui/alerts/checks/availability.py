"""Tenants that are out, and those whose downtime nears a credit."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.violation import Violation
from noc_tui.contract.availability import Commitment
from noc_tui.contract.calendar import Month, micros
from storage.months import MonthFigure

TIPPING_PERCENT = 75


def found(view: AlertInputs) -> Iterator[Violation]:
    yield from _outages(view)
    yield from _tipping(view)


def unknown(view: AlertInputs) -> Iterator[str]:
    """The tenants in a planned maintenance, and those of whom nobody knows whether they are out."""
    yield from (f"outage:tenant:{name}" for name in view.silenced | view.unmeasured)


def _outages(view: AlertInputs) -> Iterator[Violation]:
    for outage in view.outages:
        if outage.end is not None:
            continue
        yield Violation(
            "outage",
            f"tenant:{outage.tenant}",
            "nocd",
            (f"name={view.name(outage.tenant)}", f"cause={outage.cause}"),
            tenant=outage.tenant,
            incident=outage.incident,
        )


def _tipping(view: AlertInputs) -> Iterator[Violation]:
    for figure in view.figures:
        allowed = _tolerated(view, figure)
        if allowed and figure.counted * 100 >= allowed * TIPPING_PERCENT:
            percent = figure.counted * 100 // allowed
            words = (f"name={view.name(figure.tenant)}", f"percent={percent}")
            subject = f"tenant:{figure.tenant}/{figure.month}"
            yield Violation("tipping", subject, "nocd", words, tenant=figure.tenant)


def _tolerated(view: AlertInputs, figure: MonthFigure) -> int:
    """The downtime that the tenant's terms bear in the month, in microseconds."""
    month = Month.parse(figure.month)
    terms = view.terms.for_month(figure.tenant, month, micros(view.now))
    return Commitment.of(terms.availability).thresholds[0].tolerated(figure.base)
