"""A tenant whose guests need licences of an operating system that are not on record (annexe 2)."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule
from noc_tui.alerts.violation import Unobserved, Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="licences",
    severity="notice",
    text=N_("tenant {name}: guests that run Windows without a licence on record: {number}"),
    next_step=N_("Note the licences that we supply, or supply them: annexe 2 says that we do."),
)


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each tenant with such guests, and how many they are."""
    for found in inputs.licences:
        if found.uncovered:
            yield Violation(
                rule=RULE.id,
                subject=Ref.of("tenant", found.tenant),
                words=(f"name={inputs.name(found.tenant)}", f"number={len(found.uncovered)}"),
                tenant=found.tenant,
            )


def unobserved(inputs: AlertInputs) -> Iterator[Unobserved]:
    """Yield the tenants with guests whose system was not read yet."""
    for found in inputs.licences:
        if found.unread:
            yield Unobserved(Ref.of("tenant", found.tenant), rule=RULE.id)
