"""A tenant whose guests' backups may be another's: owner, name or number do not agree (R29)."""

from collections import defaultdict
from collections.abc import Iterator

from noc_tui.alerts.guest_names import list_few, name_guest
from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule
from noc_tui.alerts.violation import Unobserved, Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="backup-doubtful",
    severity="warning",
    text=N_("tenant {name}: guests whose backups may be another guest’s: {number}, {guests}"),
    next_step=N_(
        "See on the guest’s page what does not agree. Give each cluster a namespace of its own,"
        " or name its owner in [[pbs]] owners."
    ),
)


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each tenant with such guests, and who they are."""
    by_tenant: dict[str, list[str]] = defaultdict(list)
    for one in inputs.doubtful:
        named = name_guest(one.name, f"{one.cluster}/{one.vmid}")
        if named not in by_tenant[one.tenant]:
            by_tenant[one.tenant].append(named)
    for tenant, guests in by_tenant.items():
        yield Violation(
            rule=RULE.id,
            subject=Ref.of("tenant", tenant),
            scope=Ref("backups"),
            words=(
                f"name={inputs.name(tenant)}",
                f"number={len(guests)}",
                f"guests={list_few(guests)}",
            ),
            tenant=tenant,
        )


def unobserved(inputs: AlertInputs) -> Iterator[Unobserved]:
    """Yield the tenants whose backups nobody could read."""
    for count in inputs.backups:
        if count.state == "unknown":
            yield Unobserved(Ref.of("tenant", count.tenant), rule=RULE.id)
