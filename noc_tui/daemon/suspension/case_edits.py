"""Turns the changes that an operator asks for into events of the case."""

import re
from datetime import datetime

import msgspec

from noc_tui.api.suspension import Edit
from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.values import (
    Case,
    GuestId,
    NoticeText,
    Person,
    Plan,
    PlannedGuest,
)
from noc_tui.contract.terms import Terms
from noc_tui.daemon.core.errors import BadRequest, NotFound
from noc_tui.daemon.polling.snapshot_cache import SnapshotCache
from noc_tui.i18n import _
from storage.connection import Readable
from storage.register import TENANTS

_REF = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)/([1-9][0-9]{2,8})")
EXTRA_FACTS = frozenset(
    (
        "announced_at",
        "child_abuse",
        "data_access",
        "dispute_answer",
        "dispute_raised_on",
        "history",
        "milder",
        "order_days",
        "order_until",
        "remedy",
    )
)


def guest_ref(text: str) -> GuestId:
    """Return the guest of `cluster/vmid`; raises `BadRequest` for anything else."""
    match = _REF.fullmatch(text)
    if match is None:
        raise BadRequest(_("a guest is written cluster/vmid, not {text!r}").format(text=text))
    return GuestId(cluster=match[1], vmid=int(match[2]))


async def prepare_edit(
    db: Readable,
    estate: SnapshotCache,
    terms: Terms,
    case: Case,
    edit: Edit,
    by: Person,
    at: datetime,
) -> ev.Edited:
    """Return the event of an edit. All services means every guest that is in the tenant's pools
    now.
    """
    _known(edit, terms)
    plan = await _plan(db, estate, case, edit)
    return ev.Edited(
        at=at,
        by=by,
        plan=plan,
        facts=_facts(case, edit, terms),
        ticks=edit.ticks,
        cites=edit.cites,
        aspects=edit.aspects,
        text=_text(case, edit),
    )


def _known(edit: Edit, terms: Terms) -> None:
    for key in edit.means or ():
        if key not in {row.id for row in terms.means}:
            raise BadRequest(_("unknown means: {means}").format(means=key))
    for key in edit.cites or ():
        if key not in {row.id for row in terms.grounds}:
            raise BadRequest(_("unknown ground: {ground}").format(ground=key))


async def _plan(db: Readable, estate: SnapshotCache, case: Case, edit: Edit) -> Plan | None:
    if edit.scope is None and edit.guests is None and edit.means is None:
        if edit.statement is None:
            return None
        return msgspec.structs.replace(case.plan, statement=edit.statement)
    plan = case.plan
    scope = plan.scope if edit.scope is None else edit.scope
    members = await tenant_guests(db, estate, case.tenant)
    guests = plan.guests
    if scope == "tenant":
        guests = members
    elif edit.guests is not None:
        guests = tuple(_member(members, guest_ref(text)) for text in edit.guests)
    return msgspec.structs.replace(
        plan,
        scope=scope,
        guests=guests,
        means=plan.means if edit.means is None else edit.means,
        statement=plan.statement if edit.statement is None else edit.statement,
    )


def _member(members: tuple[PlannedGuest, ...], ref: GuestId) -> PlannedGuest:
    found = next((guest for guest in members if guest.ref == ref), None)
    if found is None:
        raise NotFound(_("{guest} is no guest of this tenant").format(guest=ref))
    return found


async def tenant_guests(
    db: Readable, estate: SnapshotCache, tenant: str
) -> tuple[PlannedGuest, ...]:
    """The guests in the tenant's pools as they were last seen, without templates."""
    row = await TENANTS.get(db, tenant)
    pools = set(row.pools) if row else set[str]()
    return tuple(
        PlannedGuest(
            ref=GuestId(cluster=cluster, vmid=vmid),
            kind=guest.kind,
            name=guest.name or str(vmid),
        )
        for cluster, snapshot in sorted(estate.snapshots.items())
        for vmid, guest in sorted(snapshot.guests.items())
        if guest.pool is not None and f"{cluster}/{guest.pool}" in pools and not guest.template
    )


def _facts(case: Case, edit: Edit, terms: Terms) -> dict[str, str] | None:
    if edit.facts is None:
        return None
    known = {row.id for row in terms.requirements} | EXTRA_FACTS
    for key in edit.facts:
        if key not in known:
            raise BadRequest(_("facts.{key}: there is no such answer").format(key=key))
    merged = {**case.facts, **edit.facts}
    return {key: answer for key, answer in merged.items() if answer.strip()}


def _text(case: Case, edit: Edit) -> NoticeText | None:
    if edit.language is None and edit.subject is None and edit.body is None:
        return None
    text = case.notice.text
    return NoticeText(
        language=edit.language or text.language,
        subject=text.subject if edit.subject is None else edit.subject,
        body=text.body if edit.body is None else edit.body,
    )
