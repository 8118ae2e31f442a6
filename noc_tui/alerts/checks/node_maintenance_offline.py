"""A node that went offline in maintenance."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.maintained_nodes import maintained_nodes, unknown_nodes
from noc_tui.alerts.rule import Rule
from noc_tui.alerts.violation import Unobserved, Violation
from noc_tui.i18n import N_

RULE = Rule(
    id="node-maintenance-offline",
    severity="warning",
    text=N_("node {name} is offline, in HA maintenance"),
    next_step=N_(
        "Check that this is the work under way, and that no guest without HA was left there."
    ),
    confirm=2,
)


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each such node."""
    return maintained_nodes(RULE.id, inputs, offline=True)


def unobserved(inputs: AlertInputs) -> Iterator[Unobserved]:
    """Yield the nodes that are neither online nor offline."""
    return unknown_nodes(RULE.id, inputs)
