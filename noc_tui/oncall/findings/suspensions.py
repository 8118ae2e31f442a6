"""What a suspension owes, and guests that are not as it ordered."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from noc_tui.oncall.finding import Finding
from noc_tui.oncall.view import View
from storage.suspension import Suspension

WARN_DAY, LAST_DAY = 12, 15


def found(view: View) -> Iterator[Finding]:
    for case in view.suspensions:
        if case.rehearsal:
            continue
        subject, name = f"suspension:{case.id}", f"name={case.id}"
        if case.notice_owed:
            yield Finding("notice-owed", subject, "nocd", (name,), tenant=case.tenant)
        if case.review_due is not None:
            yield Finding(
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
        yield Finding(
            "suspension-drift",
            f"suspension:{name}/{where}",
            f"cluster:{cluster}",
            (f"name={name}", f"guest={where}"),
            tenant=tenant,
        )


def _days(now: datetime, case: Suspension) -> Iterator[Finding]:
    if case.started_at is None:
        return
    day = (now - case.started_at) // timedelta(days=1)
    if day >= WARN_DAY:
        yield Finding(
            "suspension-day",
            f"suspension:{case.id}",
            "nocd",
            (f"name={case.id}", f"day={day}"),
            tenant=case.tenant,
            severity="critical" if day >= LAST_DAY else "",
            deadline=case.deadline,
        )
