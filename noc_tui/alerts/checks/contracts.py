"""What a contract wants answered, sent or handed over in time."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.violation import Violation
from noc_tui.contract.life import Ending


def found(view: AlertInputs) -> Iterator[Violation]:
    for claim in view.claims:
        words = (f"name={view.name(claim.tenant)}", f"month={claim.month}")
        subject = f"tenant:{claim.tenant}/{claim.month}"
        yield Violation("credit-claim", subject, "nocd", words, tenant=claim.tenant)
    for tenant, day in view.notices.items():
        words = (f"name={view.name(tenant)}", f"day={day.date().isoformat()}")
        yield Violation(
            "contract-notice", f"tenant:{tenant}", "nocd", words, tenant=tenant, deadline=day
        )
    for tenant, ending in view.endings.items():
        yield _closing(tenant, view.name(tenant), ending)


def _closing(tenant: str, name: str, ending: Ending) -> Violation:
    """What a contract that is over still owes before anything may be deleted (R28)."""
    about, named = f"tenant:{tenant}", f"name={name}"
    if ending.copy_owed_until is None:
        return Violation("data-unconfirmed", about, "nocd", (named,), tenant=tenant)
    words = (named, f"day={ending.copy_owed_until.isoformat()}")
    return Violation("copy-owed", about, "nocd", words, tenant=tenant)
