"""A tenant whose guests lack a night among the seven rolling ones (R29)."""

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from noc_tui.alerts.guest_names import list_few, name_guest
from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule
from noc_tui.alerts.violation import Unobserved, Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

if TYPE_CHECKING:  # a console that words an alert loads nothing of the views
    from noc_tui.views.backup_promises import GuestHoles

RULE = Rule(
    id="backup-nights",
    severity="warning",
    text=N_("tenant {name}: guests that lack a night’s backup: {number}, {guests}"),
    next_step=N_("See why the copy is missing: it cannot be made afterwards. Tell the client."),
)


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each tenant with such guests, and their nights."""
    by_tenant: dict[str, list[GuestHoles]] = defaultdict(list)
    for hole in inputs.holes:
        by_tenant[hole.tenant].append(hole)
    for tenant, holes in by_tenant.items():
        yield Violation(
            rule=RULE.id,
            subject=Ref.of("tenant", tenant),
            scope=Ref("backups"),
            words=(
                f"name={inputs.name(tenant)}",
                f"number={len(holes)}",
                f"guests={list_few([_name_holes(one) for one in holes])}",
            ),
            tenant=tenant,
        )


def unobserved(inputs: AlertInputs) -> Iterator[Unobserved]:
    """Yield the tenants of whose guests no backup server says anything."""
    for tenant in sorted({guest.tenant for guest in inputs.unread}):
        yield Unobserved(Ref.of("tenant", tenant), rule=RULE.id)


def _name_holes(hole: "GuestHoles") -> str:
    nights = " ".join(night.strftime("%d/%m") for night in hole.nights)
    return f"{name_guest(hole.name, hole.place)} {nights}"
