"""What a suspension owes, and guests that are not as it ordered."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.violation import Violation
from storage.suspension import Suspension

WARN_DAY, LAST_DAY = 12, 15


def found(view: AlertInputs) -> Iterator[Violation]:
    for case in view.suspensions:
        if case.rehearsal:
            continue
        subject, name = f"suspension:{case.id}", f"name={case.id}"
        if case.notice_owed:
            yield Violation("notice-owed", subject, "nocd", (name,), tenant=case.tenant)
        if case.review_due is not None:
            yield Violation(
                "review-owed",
                subject,
                "nocd",
                (name,),
                tenant=case.tenant,
                deadline=case.review_due,
            )
        yield from _days(view.now, case)
    for name, tenant, cluster, vmid in view.drifting:
        where = f"{cluster}/{vmid}"
        yield Violation(
            "suspension-drift",
            f"suspension:{name}/{where}",
            f"cluster:{cluster}",
            (f"name={name}", f"guest={where}"),
            tenant=tenant,
        )


def _days(now: datetime, case: Suspension) -> Iterator[Violation]:
    if case.started_at is None:
        return
    day = (now - case.started_at) // timedelta(days=1)
    if day >= WARN_DAY:
        yield Violation(
            "suspension-day",
            f"suspension:{case.id}",
            "nocd",
            (f"name={case.id}", f"day={day}"),
            tenant=case.tenant,
            severity="critical" if day >= LAST_DAY else "",
            deadline=case.deadline,
        )
