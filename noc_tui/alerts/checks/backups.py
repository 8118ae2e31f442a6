"""Tenants whose guests lack a fresh backup on the second site (R29)."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.violation import Violation


def found(view: AlertInputs) -> Iterator[Violation]:
    bad: dict[str, int] = {}
    for count in view.backups:
        if count.state in ("missing", "failed", "stale"):
            bad[count.tenant] = bad.get(count.tenant, 0) + count.number
    for tenant, number in bad.items():
        words = (f"name={view.name(tenant)}", f"number={number}")
        yield Violation("backup", f"tenant:{tenant}", "backups", words, tenant=tenant)


def unknown(view: AlertInputs) -> Iterator[str]:
    """The tenants whose backups nobody could read."""
    for count in view.backups:
        if count.state == "unknown":
            yield f"backup:tenant:{count.tenant}"
