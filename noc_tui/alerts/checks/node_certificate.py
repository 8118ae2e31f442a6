"""A certificate of a node that ends soon, whether or not it is an endpoint."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

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
    for fact in inputs.facts:
        if fact.topic != "certificate" or fact.at is None or fact.name in AUTHORITIES:
            continue
        left = (fact.at - inputs.now).days
        if left < warning:
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
