"""A tenant whose guests lack a recent backup on the second site (R29)."""

from collections import Counter
from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule
from noc_tui.alerts.violation import Unobserved, Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="backup",
    severity="warning",
    text=N_("tenant {name}: guests without a fresh backup on the second site: {number}"),
    next_step=N_("See which job failed and start it again today."),
    unobserved_text=N_("guests whose backup cannot be seen: {n}"),
)

TROUBLE = ("missing", "failed", "stale")
"""The states of a backup that break the rule."""


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each tenant with such guests, and how many they are."""
    bad: Counter[str] = Counter()
    for count in inputs.backups:
        if count.state in TROUBLE:
            bad[count.tenant] += count.number
    for tenant, number in bad.items():
        yield Violation(
            rule=RULE.id,
            subject=Ref.of("tenant", tenant),
            scope=Ref("backups"),
            words=(f"name={inputs.name(tenant)}", f"number={number}"),
            tenant=tenant,
        )


def unobserved(inputs: AlertInputs) -> Iterator[Unobserved]:
    """Yield the tenants whose backups nobody could read."""
    for count in inputs.backups:
        if count.state == "unknown":
            yield Unobserved(Ref.of("tenant", count.tenant), rule=RULE.id)
