"""Our end of a tenant's VPN, or the firewall in front of it, that does not answer (annexe 2)."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule
from noc_tui.alerts.violation import Unobserved, Violation
from noc_tui.contract.edges import SILENT, UNKNOWN
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="edge",
    severity="critical",
    text=N_("{edge} of {name} does not answer: {target}"),
    next_step=N_("Look at our end first: it is in operational condition by annexe 2."),
)


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each endpoint that is silent."""
    for one in inputs.edges:
        if one.state == SILENT:
            yield Violation(
                rule=RULE.id,
                subject=Ref.of(one.kind, one.tenant, one.target),
                words=(
                    f"edge={one.kind}", f"name={inputs.name(one.tenant)}", f"target={one.target}",
                ),
                tenant=one.tenant,
                since=one.since,
            )  # fmt: skip


def unobserved(inputs: AlertInputs) -> Iterator[Unobserved]:
    """Yield the endpoints of which a probe concluded nothing."""
    for one in inputs.edges:
        if one.state == UNKNOWN:
            yield Unobserved(Ref.of(one.kind, one.tenant, one.target), rule=RULE.id)
