"""A client that had guests and has none, without that being on record as wanted."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="tenant-empty",
    severity="critical",
    text=N_("tenant {name}: every guest is gone, its availability is not proven"),
    next_step=N_(
        "Moved out of its pools, or deleted? Correct it, or record that it is intended:"
        " noc-tui tenants empty."
    ),
    confirm=2,
)

unobserved = always_observed


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each client under contract that lost all of its guests."""
    for tenant in sorted(inputs.emptied):
        yield Violation(
            rule=RULE.id,
            subject=Ref.of("tenant", tenant),
            words=(f"name={inputs.name(tenant)}",),
            tenant=tenant,
        )
