"""A manager of HA that is silent, or HA that was disarmed: nobody restarts guests."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref
from storage.estate_facts import EstateFact

RULE = Rule(
    id="ha-manager",
    severity="critical",
    text=N_("high availability of {name}: {manager}"),
    next_step=N_(
        "On that node: systemctl status pve-ha-crm pve-ha-lrm watchdog-mux. Until it works, no "
        "guest is recovered."
    ),
)

unobserved = always_observed
"""What a look found stands until a later one finds otherwise; its age is shown beside it."""


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each manager that is dead or about to be fenced, and a disarmed HA."""
    online = {(node.cluster, node.name) for node in inputs.nodes if node.status == "online"}
    services = {fact.cluster for fact in inputs.facts if fact.topic == "ha-service"}
    for fact in inputs.facts:
        where = (fact.cluster, fact.node)
        if fact.topic == "lrm" and where not in online:
            continue  # the node itself is what is wrong
        severity = _severity(fact) if fact.cluster in services else ""
        if severity:
            name = f"{fact.cluster}/{fact.node}" if fact.node else fact.cluster
            yield Violation(
                rule=RULE.id,
                subject=Ref.of("ha-manager", fact.cluster, fact.topic, fact.name),
                scope=Ref.of("ha", fact.cluster),
                words=(f"name={name}", f"manager={fact.topic}:{fact.state}"),
                severity=severity,
                since=fact.at,
            )


def _severity(fact: EstateFact) -> str:
    """How bad a manager's state is; empty for what passes by itself."""
    if fact.topic == "crm":
        return "critical" if fact.state == "dead" else ""
    if fact.topic == "lrm":
        if fact.state == "maintenance":
            return "warning" if fact.said == "dead" else ""
        return "critical" if fact.state in ("dead", "lost_agent_lock") else ""
    disarmed = fact.topic == "fencing" and fact.state in ("disarming", "disarmed")
    return "warning" if disarmed else ""
