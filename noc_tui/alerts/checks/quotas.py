"""Tenants that near what they may use."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.violation import Violation
from noc_tui.contract.calendar import micros, paris_day


def found(view: AlertInputs) -> Iterator[Violation]:
    today = paris_day(micros(view.now))
    for used in view.uses:
        quota = view.quotas.get(used.tenant)
        if quota is None:
            continue
        pairs = {
            "guests": (used.guests, quota.guests),
            "vcpus": (used.vcpus, quota.vcpus),
            "memory": (used.memory, quota.memory),
            "disk": (used.disk, quota.disk),
        }
        warn_percent = view.terms.for_tenant(used.tenant, today).quotas.warn_percent
        near = [
            f"{what} {value * 100 // allowed:.0f} %"
            for what, (value, allowed) in pairs.items()
            if value is not None and allowed and value * 100 >= allowed * warn_percent
        ]
        if near:
            words = (f"name={view.name(used.tenant)}", f"what={', '.join(near)}")
            yield Violation("quota", f"tenant:{used.tenant}", "nocd", words, tenant=used.tenant)


def unknown(view: AlertInputs) -> Iterator[str]:
    """The tenants of whose use a part is unknown."""
    for use in view.uses:
        if None in (use.vcpus, use.memory, use.disk):
            yield f"quota:tenant:{use.tenant}"
