"""A guest that high availability gave up on."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule
from noc_tui.alerts.violation import Unobserved, Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="ha",
    severity="critical",
    text=N_("HA gave up on {name}: {state}"),
    next_step=N_("Find out why the guest does not start, set it to disabled, then to started."),
)


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each service in error. One that HA still works on is `ha_recovery`'s."""
    for cluster, service, state in inputs.services:
        if state == "error":
            yield Violation(
                rule=RULE.id,
                subject=Ref.of("ha", cluster, service),
                scope=Ref.of("ha", cluster),
                words=(f"name={inputs.guest_name(cluster, service)}", f"state={state}"),
            )


def unobserved(inputs: AlertInputs) -> Iterator[Unobserved]:
    """Yield the clusters whose high availability is unknown."""
    for cluster in inputs.unwatched:
        yield Unobserved(Ref.of("ha", cluster))
