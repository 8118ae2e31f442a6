"""What a contract wants answered, sent or handed over in time."""

from collections.abc import Iterator

from noc_tui.contract.life import Ending
from noc_tui.oncall.finding import Finding
from noc_tui.oncall.view import View


def found(view: View) -> Iterator[Finding]:
    for claim in view.claims:
        words = (f"name={view.name(claim.tenant)}", f"month={claim.month}")
        subject = f"tenant:{claim.tenant}/{claim.month}"
        yield Finding("credit-claim", subject, "nocd", words, tenant=claim.tenant)
    for tenant, day in view.notices.items():
        words = (f"name={view.name(tenant)}", f"day={day.date().isoformat()}")
        yield Finding(
            "contract-notice", f"tenant:{tenant}", "nocd", words, tenant=tenant, deadline=day
        )
    for tenant, ending in view.endings.items():
        yield _closing(tenant, view.name(tenant), ending)


def _closing(tenant: str, name: str, ending: Ending) -> Finding:
    """What a contract that is over still owes before anything may be deleted (R28)."""
    about, named = f"tenant:{tenant}", f"name={name}"
    if ending.copy_owed_until is None:
        return Finding("data-unconfirmed", about, "nocd", (named,), tenant=tenant)
    words = (named, f"day={ending.copy_owed_until.isoformat()}")
    return Finding("copy-owed", about, "nocd", words, tenant=tenant)
