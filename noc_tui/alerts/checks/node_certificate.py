"""A certificate of a node that ends soon, where it is not the one that an endpoint shows."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref
from storage.estate_facts import EstateFact

RULE = Rule(
    id="node-certificate",
    severity="warning",
    text=N_("the certificate {file} of node {name} ends on {day}"),
    next_step=N_("Renew it there: pvecm updatecerts, or ACME."),
)

unobserved = always_observed
"""What a look found stands until a later one finds otherwise; its age is shown beside it."""
AUTHORITIES = frozenset({"pve-root-ca.pem"})
"""The cluster's own authority: it lasts ten years, and has no successor to be put in time."""


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each certificate that ends within the warning days."""
    warning, critical = inputs.expiry_days
    told = _ends_at_endpoints(inputs)
    ends = Counter((fact.cluster, fact.at) for fact in inputs.facts if _counts(fact))
    for fact in inputs.facts:
        if fact.at is None or not _counts(fact):
            continue
        left = (fact.at - inputs.now).days
        if left < warning and told[fact.cluster, fact.at] < ends[fact.cluster, fact.at]:
            yield Violation(
                rule=RULE.id,
                subject=Ref.of("node-certificate", fact.cluster, fact.node, fact.name),
                scope=Ref.of("certificate", fact.cluster, fact.node),
                words=(
                    f"name={fact.cluster}/{fact.node}",
                    f"file={fact.name}",
                    f"day={fact.at.date().isoformat()}",
                ),
                severity="critical" if left < critical else "",
                deadline=fact.at,
            )


def _counts(fact: EstateFact) -> bool:
    return fact.topic == "certificate" and fact.name not in AUTHORITIES


def _ends_at_endpoints(inputs: AlertInputs) -> "Counter[tuple[str, datetime | None]]":
    """How many endpoints of a cluster show a certificate that ends then: the rule `certificate`
    tells of those, and nodes that show as many are not told twice.
    """
    return Counter(
        (topic, end) for topic, kind, _name, end, _days in inputs.expiring if kind == "certificate"
    )
