"""A contract that is over while its client has not confirmed the data (R28)."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="data-unconfirmed",
    severity="notice",
    text=N_("tenant {name}: its contract is over, its data not confirmed as recovered"),
    next_step=N_(
        "Ask the client; until then termination has no effect and nothing may be deleted."
    ),
)

unobserved = always_observed


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each such tenant."""
    for tenant, ending in inputs.endings.items():
        if ending.copy_owed_until is None:
            yield Violation(
                rule=RULE.id,
                subject=Ref.of("tenant", tenant),
                words=(f"name={inputs.name(tenant)}",),
                tenant=tenant,
            )
