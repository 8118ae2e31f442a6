"""Invoices that went unpaid after the debt of a case, and that no case covers (R20)."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="later-debt",
    severity="warning",
    text=N_("tenant {name}: unpaid after the debt of case {case}: {references}"),
    next_step=N_(
        "No case covers it: check it with accounting, send a formal notice to pay it, then open a"
        " case of its own. After an insolvency judgment, notify the administrator first."
    ),
)

unobserved = always_observed


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each such tenant, with the invoices."""
    for debt in inputs.later_debts:
        references = ", ".join(debt.references)
        yield Violation(
            rule=RULE.id,
            subject=Ref.of("tenant", debt.tenant),
            words=(
                f"name={inputs.name(debt.tenant)}", f"case={debt.case}", f"references={references}",
            ),
            tenant=debt.tenant,
        )  # fmt: skip
