"""A pool that the register names and no cluster has."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="pool-unknown",
    severity="warning",
    text=N_("tenant {name}: no cluster has the pool {pool} that the register names"),
    next_step=N_("Was it renamed or mistyped? Its guests count for nobody until it is put right."),
    confirm=2,
)

unobserved = always_observed


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each pool of a client that is nowhere."""
    for tenant, pool in inputs.pools_unknown:
        yield Violation(
            rule=RULE.id,
            subject=Ref.of("tenant", tenant, pool),
            words=(f"name={inputs.name(tenant)}", f"pool={pool}"),
            tenant=tenant,
        )
