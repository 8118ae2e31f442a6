"""A decision that would lower a client's counted figures, and waits for a second person."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="decision-waiting",
    severity="warning",
    text=N_("tenant {name}: decision {number} of {account} waits for a second person"),
    next_step=N_("Somebody else reads what it rests on, then approves or declines it."),
)

unobserved = always_observed


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each proposed decision without an answer."""
    for row in inputs.proposed:
        yield Violation(
            rule=RULE.id,
            subject=Ref.of("decision", str(row.id)),
            words=(
                f"name={inputs.name(row.tenant)}",
                f"number={row.id}",
                f"account={row.account}",
            ),
            tenant=row.tenant,
        )
