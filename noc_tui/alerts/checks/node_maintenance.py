"""A node that HA keeps free of guests: somebody works on it."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.maintained_nodes import maintained_nodes, unknown_nodes
from noc_tui.alerts.rule import Rule
from noc_tui.alerts.violation import Unobserved, Violation
from noc_tui.i18n import N_

RULE = Rule(
    id="node-maintenance",
    severity="notice",
    text=N_("node {name} is in HA maintenance"),
    next_step=N_(
        "Its HA guests were moved away. When the work is done: "
        "ha-manager crm-command node-maintenance disable."
    ),
    confirm=1,
)


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each such node."""
    return maintained_nodes(RULE.id, inputs, offline=False)


def unobserved(inputs: AlertInputs) -> Iterator[Unobserved]:
    """Yield the nodes that are neither online nor offline."""
    return unknown_nodes(RULE.id, inputs)
