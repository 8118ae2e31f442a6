"""A tenant that nears what it may use."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule
from noc_tui.alerts.violation import Unobserved, Violation
from noc_tui.contract.calendar import micros, paris_day
from noc_tui.i18n import N_
from noc_tui.ref import Ref
from storage.guest_counts import TenantUse
from storage.register import TenantQuota

RULE = Rule(
    id="quota",
    severity="notice",
    text=N_("tenant {name} nears its quota: {what}"),
    next_step=N_("Tell the client before the limit is reached (art. 5.1)."),
)


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each tenant with a quota that is used up to the warning or beyond."""
    today = paris_day(micros(inputs.now))
    for use in inputs.uses:
        quota = inputs.quotas.get(use.tenant)
        warn_percent = inputs.terms_book().for_tenant(use.tenant, today).quotas.warn_percent
        near = [] if quota is None else _near(use, quota, warn_percent)
        if near:
            yield Violation(
                rule=RULE.id,
                subject=Ref.of("tenant", use.tenant),
                words=(f"name={inputs.name(use.tenant)}", f"what={', '.join(near)}"),
                tenant=use.tenant,
            )


def unobserved(inputs: AlertInputs) -> Iterator[Unobserved]:
    """Yield the tenants whose use is partly unknown."""
    for use in inputs.uses:
        if None in (use.vcpus, use.memory, use.disk):
            yield Unobserved(Ref.of("tenant", use.tenant), rule=RULE.id)


def _near(use: TenantUse, quota: TenantQuota, warn_percent: int) -> list[str]:
    pairs = {
        "guests": (use.guests, quota.guests),
        "vcpus": (use.vcpus, quota.vcpus),
        "memory": (use.memory, quota.memory),
        "disk": (use.disk, quota.disk),
    }
    return [
        f"{what} {value * 100 // allowed:.0f} %"
        for what, (value, allowed) in pairs.items()
        if value is not None and allowed and value * 100 >= allowed * warn_percent
    ]
