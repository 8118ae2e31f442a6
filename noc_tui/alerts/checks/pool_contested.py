"""A pool that several clients name: it belongs to none of them."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="pool-contested",
    severity="critical",
    text=N_("the pool {pool} is named by several tenants, and counts for none: {tenants}"),
    next_step=N_("Leave it to one of them in the register."),
)

unobserved = always_observed


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each such pool."""
    for (cluster, pool), tenants in inputs.pools_contested:
        names = ", ".join(inputs.name(one) for one in tenants)
        yield Violation(
            rule=RULE.id,
            subject=Ref.of("pool", cluster, pool),
            words=(f"pool={cluster}/{pool}", f"tenants={names}"),
        )
