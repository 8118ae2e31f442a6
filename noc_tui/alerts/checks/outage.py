"""A tenant whose services are unavailable."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule
from noc_tui.alerts.violation import Unobserved, Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="outage",
    severity="critical",
    text=N_("tenant {name} is down ({cause})"),
    next_step=N_("Open the incident, restore one instance and the connectivity first."),
)


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each outage that lasts, except those of tenants under planned maintenance."""
    for outage in inputs.outages:
        if outage.end is None and outage.tenant not in inputs.silenced:
            yield Violation(
                rule=RULE.id,
                subject=Ref.of("tenant", outage.tenant),
                words=(f"name={inputs.name(outage.tenant)}", f"cause={outage.cause}"),
                tenant=outage.tenant,
                incident=outage.incident,
            )


def unobserved(inputs: AlertInputs) -> Iterator[Unobserved]:
    """Yield the tenants under planned maintenance, and those whose availability is unknown."""
    for tenant in inputs.silenced | inputs.unmeasured:
        yield Unobserved(Ref.of("tenant", tenant), rule=RULE.id)
