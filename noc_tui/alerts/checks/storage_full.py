"""A storage that is nearly full."""

from collections.abc import Iterator

from noc_tui.alerts.checks.storage_missing import storage_ref
from noc_tui.alerts.fill_limits import fill_severity
from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule
from noc_tui.alerts.violation import Unobserved, Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref
from storage.inventory import Storage

RULE = Rule(
    id="storage-full",
    severity="warning",
    text=N_("storage {name} is {percent} % full"),
    next_step=N_("Free space or extend it before guests stop on write errors."),
    confirm=2,
)


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each storage that is filled to the limit or beyond."""
    seen = inputs.seen
    for storage in inputs.storages:
        severity = storage_fill_severity(storage)
        if severity:
            ref = storage_ref(storage)
            yield Violation(
                rule=RULE.id,
                subject=ref,
                scope=Ref.of("cluster", storage.cluster),
                words=(f"name={ref.name}", f"percent={used_percent(storage)}"),
                seen=seen.get(storage.cluster, 0),
                severity=severity,
            )


def unobserved(inputs: AlertInputs) -> Iterator[Unobserved]:
    """Yield the storages that do not say how full they are."""
    for storage in inputs.storages:
        if storage.status == "available" and used_percent(storage) is None:
            yield Unobserved(storage_ref(storage), rule=RULE.id)


def used_percent(storage: Storage) -> int | None:
    """The used share in whole percent, truncated; None when it is not known."""
    if storage.used is None or not storage.total:
        return None
    return storage.used * 100 // storage.total


def storage_fill_severity(storage: Storage) -> str:
    """Return how bad its fill is; empty while there is space, or where nothing is known of it."""
    percent = used_percent(storage) if storage.status == "available" else None
    return "" if percent is None else fill_severity(percent)
