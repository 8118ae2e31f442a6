"""A pool that the register names and no cluster has."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import FAST, AlertInputs
from noc_tui.alerts.rule import Rule
from noc_tui.alerts.violation import Unobserved, Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="pool-unknown",
    severity="warning",
    text=N_("tenant {name}: no cluster has the pool {pool} that the register names"),
    next_step=N_("Renamed or mistyped? Its guests count for no tenant until this is corrected."),
    unobserved_text=N_("the cluster {cluster} was never read, and may have the pool"),
    confirm=2,
)


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each pool of a client that is nowhere; none while a cluster may have it."""
    if _never_read(inputs):
        return
    for tenant, pool in inputs.pools_unknown:
        yield Violation(
            rule=RULE.id,
            subject=Ref.of("tenant", tenant, pool),
            words=(f"name={inputs.name(tenant)}", f"pool={pool}"),
            tenant=tenant,
        )


def unobserved(inputs: AlertInputs) -> Iterator[Unobserved]:
    """Yield each pool that a cluster may have that was never read."""
    for cluster in _never_read(inputs)[:1]:
        for tenant, pool in inputs.pools_unknown:
            yield Unobserved(Ref.of("tenant", tenant, pool), (f"cluster={cluster}",))


def _never_read(inputs: AlertInputs) -> list[str]:
    return sorted(
        source.cluster
        for source in inputs.sources
        if source.name == FAST and source.seen_at is None
    )
