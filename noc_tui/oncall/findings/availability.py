"""Tenants that are out, and those whose downtime nears a credit."""

from collections.abc import Iterator

from noc_tui.oncall.finding import Finding
from noc_tui.oncall.view import View

TIPPING_PERCENT = 75


def found(view: View) -> Iterator[Finding]:
    yield from _outages(view)
    yield from _tipping(view)


def unknown(view: View) -> Iterator[str]:
    """The tenants in a planned maintenance, and those of whom nobody knows whether they are out."""
    yield from (f"outage:tenant:{name}" for name in view.silenced | view.unmeasured)


def _outages(view: View) -> Iterator[Finding]:
    for outage in view.outages:
        if outage.end is not None:
            continue
        yield Finding(
            "outage",
            f"tenant:{outage.tenant}",
            "nocd",
            (f"name={view.name(outage.tenant)}", f"cause={outage.cause}"),
            tenant=outage.tenant,
            incident=outage.incident,
        )


def _tipping(view: View) -> Iterator[Finding]:
    for figure in view.figures:
        allowed = view.commitment.thresholds[0].tolerated(figure.base) if view.commitment else 0
        if allowed and figure.counted * 100 >= allowed * TIPPING_PERCENT:
            percent = figure.counted * 100 // allowed
            words = (f"name={view.name(figure.tenant)}", f"percent={percent}")
            subject = f"tenant:{figure.tenant}/{figure.month}"
            yield Finding("tipping", subject, "nocd", words, tenant=figure.tenant)
