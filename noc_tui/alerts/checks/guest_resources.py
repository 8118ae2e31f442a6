"""A client's guest whose CPU, memory or disk is at its limit (annexe 2)."""

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.contract.resources import MEASURES, is_lasting
from noc_tui.i18n import N_
from noc_tui.ref import Ref

if TYPE_CHECKING:  # a console that words an alert reads no rows
    from storage.resources import GuestStrain

RULE = Rule(
    id="guest-resources",
    severity="warning",
    text=N_("guest {name} ({tenant}) is at its limit: {what}"),
    next_step=N_("Tell the client: freeing space and its services are the client's, more is ours."),
)
unobserved = always_observed  # what is unknown leaves the strain as it was


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each guest with such a figure; CPU and memory once that has lasted."""
    by_guest: dict[tuple[str, int], list[GuestStrain]] = defaultdict(list)
    for one in inputs.strains:
        if is_lasting(one.measure, one.since, one.seen_at, inputs.sustained_minutes):
            by_guest[one.cluster, one.vmid].append(one)
    for (cluster, vmid), strains in by_guest.items():
        first = strains[0]
        ordered = sorted(strains, key=lambda one: MEASURES.index(one.measure))
        what = ", ".join(f"{one.measure} {one.percent} % ≥ {one.threshold} %" for one in ordered)
        yield Violation(
            rule=RULE.id,
            subject=Ref.of("guest", cluster, vmid),
            words=(
                f"name={first.name or f'{cluster}/{vmid}'}",
                f"tenant={inputs.name(first.tenant)}",
                f"what={what}",
            ),
            tenant=first.tenant,
        )
