"""A guest that high availability gave up on."""

from collections.abc import Iterator

from noc_tui.alerts.ha_services import services_in, unwatched_clusters
from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule
from noc_tui.alerts.violation import Unobserved, Violation
from noc_tui.i18n import N_

RULE = Rule(
    id="ha",
    severity="critical",
    text=N_("HA gave up on {name}: {state}"),
    next_step=N_("Find out why the guest does not start, set it to disabled, then to started."),
)


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each service in error. One that HA still works on is `ha_recovery`'s."""
    return services_in(("error",), inputs, rule=RULE.id, word="state")


def unobserved(inputs: AlertInputs) -> Iterator[Unobserved]:
    """Yield the clusters whose high availability is unknown."""
    return unwatched_clusters(inputs)
