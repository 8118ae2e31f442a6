"""A guest that high availability is recovering: HA at work, and no reason to touch the guest."""

from collections.abc import Iterator

from noc_tui.alerts.ha_services import services_in, unwatched_clusters
from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule
from noc_tui.alerts.violation import Unobserved, Violation
from noc_tui.i18n import N_

RULE = Rule(
    id="ha-recovery",
    severity="notice",
    text=N_("HA at work on {name}: {recovery}"),
    next_step=N_(
        "Leave the guest to HA. If it still waits after five minutes, check that another node"
        " has room for it."
    ),
    confirm=2,
)

AT_WORK = ("fence", "recovery")
"""The states of a service while HA moves it away from a lost node."""


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each service whose node is being fenced, or that waits for another node."""
    return services_in(AT_WORK, inputs, rule=RULE.id, word="recovery")


def unobserved(inputs: AlertInputs) -> Iterator[Unobserved]:
    """Yield the clusters whose high availability is unknown."""
    return unwatched_clusters(inputs)
