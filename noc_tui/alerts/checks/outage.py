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
    text=N_("tenant {name} is out ({cause})"),
    next_step=N_("Open the incident, restore one instance and the connectivity first."),
)


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Each outage that lasts, but of tenants whose maintenance was planned for now."""
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
    """The tenants in a planned maintenance, and those of whom nobody knows whether they are out."""
    for tenant in inputs.silenced | inputs.unmeasured:
        yield Unobserved(Ref.of("tenant", tenant), rule=RULE.id)
