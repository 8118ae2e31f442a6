"""A guest that its hypervisor halted, or that somebody paused."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule
from noc_tui.alerts.violation import Unobserved, Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="guest",
    severity="critical",
    text=N_("guest {guest} ({name}): {status}"),
    next_step=N_(
        "Check the guest's storage first, then its console; reset it once the cause is gone."
    ),
    unobserved_text=N_("guests in an unknown state: {n}"),
    confirm=2,
)

TROUBLE = {
    "io-error": "critical",
    "internal-error": "critical",
    "guest-panicked": "critical",
    "paused": "warning",
}
"""The statuses in which a guest is in trouble, and how bad each is."""


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each guest in trouble."""
    seen = inputs.seen
    for guest in inputs.guests:
        if guest.status in TROUBLE:
            ref = Ref.of("guest", guest.cluster, guest.vmid)
            yield Violation(
                rule=RULE.id,
                subject=ref,
                scope=Ref.of("cluster", guest.cluster),
                words=(
                    f"guest={ref.name}",
                    f"name={guest.name or '?'}",
                    f"status={guest.status}",
                ),
                seen=seen.get(guest.cluster, 0),
                tenant=guest.tenant,
                severity=TROUBLE[guest.status],
            )


def unobserved(inputs: AlertInputs) -> Iterator[Unobserved]:
    """Yield the guests that were in trouble when they were last seen."""
    for guest in inputs.guests:
        if guest.status not in TROUBLE:
            yield Unobserved(Ref.of("guest", guest.cluster, guest.vmid))
