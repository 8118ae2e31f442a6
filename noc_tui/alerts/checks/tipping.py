"""A tenant whose downtime nears a credit."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.contract.availability import Commitment
from noc_tui.contract.calendar import Month, micros
from noc_tui.i18n import N_
from noc_tui.ref import Ref
from noc_tui.views.tenant_month import credited_base_of
from storage.months import MonthFigure

RULE = Rule(
    id="tipping",
    severity="warning",
    text=N_("tenant {name} has used {percent} % of this month's downtime"),
    next_step=N_("A further outage costs a credit: move maintenance, watch this tenant."),
)

TIPPING_PERCENT = 75
"""So much of the tolerated downtime is worth a warning."""

unobserved = always_observed


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each tenant that has used most of the month's tolerated downtime."""
    for figure in inputs.figures:
        allowed = _tolerated(inputs, figure)
        if allowed and figure.counted * 100 >= allowed * TIPPING_PERCENT:
            percent = figure.counted * 100 // allowed
            yield Violation(
                rule=RULE.id,
                subject=Ref.of("tenant", figure.tenant, figure.month),
                words=(f"name={inputs.name(figure.tenant)}", f"percent={percent}"),
                tenant=figure.tenant,
            )


def _tolerated(inputs: AlertInputs, figure: MonthFigure) -> int:
    """The downtime that the tenant's terms tolerate in the month, in microseconds."""
    terms = inputs.terms_book().for_month(
        figure.tenant, Month.parse(figure.month), micros(inputs.now)
    )
    return Commitment.of(terms.availability).thresholds[0].tolerated(credited_base_of(figure))
