"""A tenant with guests whose newest intact backup is too old: whether they can be restored is not
known (R29).
"""

from collections import Counter
from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule
from noc_tui.alerts.violation import Unobserved, Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="backup-unverified",
    severity="notice",
    text=N_("tenant {name}: guests without a verified backup of the last {days} days: {number}"),
    next_step=N_("See the verification job of the backup server, and what it found."),
)


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each tenant with such guests, and how many they are."""
    found = Counter(guest.tenant for guest in inputs.unverified)
    for tenant, number in found.items():
        yield Violation(
            rule=RULE.id,
            subject=Ref.of("tenant", tenant),
            scope=Ref("backups"),
            words=(
                f"name={inputs.name(tenant)}",
                f"days={inputs.verified_days}",
                f"number={number}",
            ),
            tenant=tenant,
        )


def unobserved(inputs: AlertInputs) -> Iterator[Unobserved]:
    """Yield the tenants of whose guests no backup server says anything."""
    for tenant in sorted({guest.tenant for guest in inputs.unread}):
        yield Unobserved(Ref.of("tenant", tenant), rule=RULE.id)
