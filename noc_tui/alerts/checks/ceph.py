"""Ceph reports that its data is at risk, or that it is about to be."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="ceph",
    severity="critical",
    text=N_("Ceph of {name}: {checks}"),
    next_step=N_("Read ceph health detail on a node before anything is restarted."),
)

unobserved = always_observed
"""What a look found stands until a later one finds otherwise; its age is shown beside it."""
_SEVERITIES = {"HEALTH_ERR": "critical", "HEALTH_WARN": "warning"}


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each cluster whose Ceph is not healthy."""
    for fact in inputs.facts:
        if fact.topic == "ceph" and fact.state in _SEVERITIES:
            yield Violation(
                rule=RULE.id,
                subject=Ref.of("ceph", fact.cluster),
                scope=Ref.of("ceph", fact.cluster),
                words=(f"name={fact.cluster}", f"checks={fact.said or fact.state}"),
                severity=_SEVERITIES[fact.state],
            )
