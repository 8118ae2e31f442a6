"""Loads and saves cases: the document, and the columns that lists sort by."""

from datetime import datetime

import msgspec

from noc_tui.contract.suspension.approval import awaits
from noc_tui.contract.suspension.countdown import countdown
from noc_tui.contract.suspension.reasons import TERMS_MISSING
from noc_tui.contract.suspension.schedule import is_to_be_ordered, planned_start
from noc_tui.contract.suspension.values import ENDED, PLANNED, Case
from noc_tui.contract.terms import Terms
from noc_tui.daemon.core.errors import Conflict, NotFound
from noc_tui.i18n import _
from noc_tui.queries.suspension_cases import CASE
from noc_tui.queries.terms_archive import find_terms
from storage import suspension as stored
from storage.change import Change
from storage.connection import Readable
from storage.suspension import SUSPENSIONS, SuspendedGuest, Suspension


async def load(db: Readable, identifier: str) -> Case:
    """The case of that identifier; `NotFound` when there is none."""
    row = await SUSPENSIONS.get(db, identifier)
    if row is None:
        raise NotFound(_("there is no suspension {id}").format(id=identifier))
    return CASE.decode(row.document)


async def read_open_cases(db: Readable) -> list[Case]:
    """Return every case that is not closed or cancelled."""
    return [CASE.decode(row.document) for row in await stored.open_cases(db)]


async def terms_of(db: Readable, case: Case) -> Terms:
    """The terms that the case was opened under; `Conflict` where they are not kept."""
    terms = await find_terms(db, case.terms_version)
    if terms is None:
        raise Conflict(_(TERMS_MISSING).format(version=case.terms_version))
    return terms


async def earlier_breaches(db: Readable, case: Case) -> int:
    """How many suspensions of the tenant took effect before this case was opened (R17)."""
    rows = await stored.of_tenant(db, case.tenant)
    return sum(
        row.id != case.id and row.started_at is not None and not row.rehearsal for row in rows
    )


async def put(change: Change, case: Case, terms: Terms | None) -> None:
    """Write the case, and a row for each guest that it plans.

    Where its terms are not kept, the deadline stays what it was while they were known.
    """
    owed = case.notice.owed and case.carried_out and not case.rehearsal
    review = case.review.due_at if case.review and case.review.at is None else None
    row = Suspension(
        id=case.id,
        tenant=case.tenant,
        tenant_name=case.tenant_name,
        ground=case.ground,
        state=case.state,
        rehearsal=case.rehearsal,
        opened_at=case.opened_at,
        started_at=case.started_at,
        deadline=None if case.state in ENDED else await _deadline(change, case, terms),
        closed_at=case.closed_at,
        notice_owed=owed,
        review_due=review,
        document=msgspec.json.encode(case).decode(),
        awaits="" if terms is None else awaits(case, terms),
        opened_by=case.opened_by.name,
        starts_at=planned_start(case) if case.state in PLANNED else None,
        reorder_by=planned_start(case) if is_to_be_ordered(case) else None,
    )
    await change.put(SUSPENSIONS, [row])
    known = await stored.guests_of(change, case.id)
    here = {(guest.cluster, guest.vmid): guest for guest in known}
    planned = {(row.ref.cluster, row.ref.vmid): row for row in case.plan.guests}
    await change.remove(
        stored.SUSPENDED_GUESTS, [(case.id, *key) for key in here if key not in planned]
    )
    await change.put(
        stored.SUSPENDED_GUESTS,
        [
            SuspendedGuest(
                suspension=case.id,
                cluster=cluster,
                vmid=vmid,
                name=row.name,
                state="planned",
                detail="",
                changed_at=change.at,
            )
            for (cluster, vmid), row in planned.items()
            if (cluster, vmid) not in here
        ],
    )


async def _deadline(change: Change, case: Case, terms: Terms | None) -> datetime | None:
    if terms is None:
        known = await SUSPENSIONS.get(change, case.id)
        return None if known is None else known.deadline
    count = countdown(case, terms, change.at)
    return None if count is None else count.deadline
