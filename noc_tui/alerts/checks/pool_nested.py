"""A pool below a client's pool that the register names for nobody."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="pool-nested",
    severity="warning",
    text=N_("tenant {name}: the pool {pool} below one of its pools is named for nobody"),
    next_step=N_("Name it in the register: until then its guests count for nobody."),
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
