"""Tenants whose guests lack a fresh backup on the second site (R29)."""

from collections.abc import Iterator

from noc_tui.oncall.finding import Finding
from noc_tui.oncall.view import View


def found(view: View) -> Iterator[Finding]:
    bad: dict[str, int] = {}
    for count in view.backups:
        if count.state in ("missing", "failed", "stale"):
            bad[count.tenant] = bad.get(count.tenant, 0) + count.number
    for tenant, number in bad.items():
        words = (f"name={view.name(tenant)}", f"number={number}")
        yield Finding("backup", f"tenant:{tenant}", "backups", words, tenant=tenant)


def unknown(view: View) -> Iterator[str]:
    """The tenants whose backups nobody could read."""
    for count in view.backups:
        if count.state == "unknown":
            yield f"backup:tenant:{count.tenant}"
