"""A pool below a client's that the register does not name: it counts as that client's (R40)."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="pool-nested",
    severity="notice",
    text=N_("tenant {name}: the pool {pool} counts as its own, below one of its pools"),
    next_step=N_("Add it to the register, for this client or its real owner."),
    confirm=2,
)

unobserved = always_observed


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each such pool."""
    for (cluster, pool), tenant in inputs.pools_nested:
        yield Violation(
            rule=RULE.id,
            subject=Ref.of("pool", cluster, pool),
            words=(f"name={inputs.name(tenant)}", f"pool={cluster}/{pool}"),
            tenant=tenant,
        )
