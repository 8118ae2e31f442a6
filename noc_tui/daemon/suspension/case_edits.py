"""Turns the changes that an operator asks for into events of the case."""

import re
from collections.abc import Iterable

import msgspec

from noc_tui.api.suspension import Edit
from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.answers import answer_kinds, check_fact
from noc_tui.contract.suspension.ports import BadPortsError, normalise_ports, takes_ports
from noc_tui.contract.suspension.reasons import BAD_PORTS
from noc_tui.contract.suspension.values import (
    BARRIER,
    Case,
    Condition,
    GuestId,
    NoticeText,
    Person,
    Plan,
    PlannedGuest,
    Schedule,
)
from noc_tui.contract.terms import Terms
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import BadRequest, NotFound
from noc_tui.daemon.core.instants import utc_instant
from noc_tui.daemon.suspension.scope import TenantScope, read_scope
from noc_tui.i18n import _, language
from noc_tui.text import visible
from storage.connection import Readable
from storage.register import TENANTS

_REF = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)/([1-9][0-9]{2,8})")


def guest_ref(text: str) -> GuestId:
    """Return the guest of `cluster/vmid`; raises `BadRequest` for anything else."""
    match = _REF.fullmatch(text)
    if match is None:
        raise BadRequest(_("a guest is written cluster/vmid, not {text!r}").format(text=text))
    return GuestId(cluster=match[1], vmid=int(match[2]))


async def prepare_edit(
    context: Context, terms: Terms, case: Case, edit: Edit, by: Person
) -> ev.Edited:
    """Return the event of an edit. All services means every guest that the register and the
    database give the tenant, whether its cluster is in reach or not.
    """
    _known(edit, terms)
    return ev.Edited(
        at=context.clock.now(),
        by=by,
        plan=await _plan(context, case, edit, terms),
        facts=_facts(case, edit, terms),
        ticks=edit.ticks,
        cites=edit.cites,
        aspects=edit.aspects,
        text=_text(case, edit),
    )


def _known(edit: Edit, terms: Terms) -> None:
    for key in edit.means or ():
        if key not in (known := [row.id for row in terms.means]):
            text = _("unknown means: {means}; there are: {known}")
            raise BadRequest(text.format(means=visible(key), known=", ".join(known)))
    for key in edit.cites or ():
        require_ground(key, terms)


def require_ground(key: str, terms: Terms) -> None:
    """`BadRequest`, naming those that there are, for a ground that the terms do not have."""
    if key not in (known := [row.id for row in terms.grounds]):
        text = _("unknown ground: {ground}; there are: {known}")
        raise BadRequest(text.format(ground=visible(key), known=", ".join(known)))


def _ports(plan: Plan, edit: Edit, means: tuple[str, ...], terms: Terms) -> tuple[str, ...]:
    """What is filtered: as asked, else as it was where a means still takes it."""
    if edit.ports is None:
        return plan.ports if any(takes_ports(terms.means_of(key)) for key in means) else ()
    try:
        return normalise_ports(edit.ports)
    except BadPortsError as error:
        raise BadRequest(_(BAD_PORTS).format(ports=repr(str(error)))) from error


async def tenant_accounts(db: Readable, tenant: str) -> tuple[str, ...]:
    """The tenant's own accounts and groups in Proxmox, by the register."""
    row = await TENANTS.get(db, tenant)
    return () if row is None else (*row.users, *(f"@{name}" for name in row.groups))


async def _plan(context: Context, case: Case, edit: Edit, terms: Terms) -> Plan | None:
    planned = (edit.scope, edit.guests, edit.means, edit.ports, edit.out_of_reach)
    plan = msgspec.structs.replace(case.plan, schedule=_schedule(case, edit))
    if all(one is None for one in planned):
        if edit.statement is not None:
            plan = msgspec.structs.replace(plan, statement=edit.statement)
        return None if plan == case.plan else plan
    means = plan.means if edit.means is None else tuple(dict.fromkeys(edit.means))
    guests = plan.guests
    there = await _scope(context, case)
    if edit.guests is not None:
        members = there.planned()
        guests = tuple(_member(members, guest_ref(text)) for text in dict.fromkeys(edit.guests))
    chosen = msgspec.structs.replace(
        plan,
        scope=plan.scope if edit.scope is None else edit.scope,
        guests=guests,
        means=means,
        ports=_ports(plan, edit, means, terms),
        statement=plan.statement if edit.statement is None else edit.statement,
        unseen_is=plan.unseen_is if edit.out_of_reach is None else edit.out_of_reach,
    )
    return await _by_the_world(context, case, chosen, there, terms)


def _schedule(case: Case, edit: Edit) -> Schedule:
    """When it is carried out: as asked, else as it was; without a start there is no condition."""
    known = case.plan.schedule
    start = known.start if edit.start is None else utc_instant(edit.start, "start")
    conditions = known.conditions if edit.conditions is None else _conditions(edit.conditions)
    if edit.at_once:
        start, conditions = None, ()
    reason = known.short_notice if edit.short_notice is None else edit.short_notice.strip()
    return Schedule(start=start, conditions=conditions, short_notice=reason)


def _conditions(asked: Iterable[Condition]) -> tuple[Condition, ...]:
    """Each kind once, the last that was given, by an instant in UTC."""
    by_kind = {
        one.kind: one
        if one.by is None
        else msgspec.structs.replace(one, by=utc_instant(one.by, "conditions.by"))
        for one in asked
    }
    return tuple(by_kind[kind] for kind in sorted(by_kind))


async def refresh_plan(
    context: Context, case: Case, terms: Terms, db: Readable | None = None
) -> Plan:
    """Return the plan by what the register and the database say now: all services are the guests of
    today, the barrier the accounts of today, and its effect is judged anew.

    `db` is what is read, by default what was committed. Raises `NotFound` for a chosen guest that
    is the tenant's no more.
    """
    there = await _scope(context, case, db)
    if case.plan.scope == "guests":
        members = there.planned()
        for guest in case.plan.guests:
            _member(members, guest.ref)
    return await _by_the_world(context, case, case.plan, there, terms)


async def _scope(context: Context, case: Case, db: Readable | None = None) -> TenantScope:
    now = context.clock.now()
    source = context.world if db is None or context.apart_from is not None else db
    return await read_scope(source, context.config, case.tenant, now, besides=case.id)


async def _by_the_world(
    context: Context, case: Case, plan: Plan, there: TenantScope, terms: Terms
) -> Plan:
    """The plan with all that follows from the tenant as it is; known guests keep their identity."""
    known = {guest.ref: guest for guest in case.plan.guests}
    guests = plan.guests
    unseen = there.unseen if plan.scope == "tenant" else ()
    if plan.scope == "tenant":
        left = unseen if plan.unseen_is == "left" else ()
        guests = tuple(one for one in there.planned() if one.ref.cluster not in left)
    barred = BARRIER in plan.means
    made = msgspec.structs.replace(
        plan,
        guests=tuple(known.get(guest.ref, guest) for guest in guests),
        barrier=await tenant_accounts(context.world, case.tenant) if barred else (),
        unseen=unseen,
        unseen_is=plan.unseen_is if unseen else "",
    )
    return msgspec.structs.replace(made, outage=there.effect_of(made, terms).outage)


def _member(members: tuple[PlannedGuest, ...], ref: GuestId) -> PlannedGuest:
    found = next((guest for guest in members if guest.ref == ref), None)
    if found is None:
        raise NotFound(_("{guest} is no guest of this tenant").format(guest=ref))
    return found


def _facts(case: Case, edit: Edit, terms: Terms) -> dict[str, str] | None:
    if edit.facts is None:
        return None
    kinds = answer_kinds(terms)
    for key, answer in edit.facts.items():
        if key not in kinds:
            text = _("facts.{key}: there is no such answer; there are: {known}")
            raise BadRequest(text.format(key=visible(key), known=", ".join(sorted(kinds))))
        reason = check_fact(key, answer, kinds[key])
        if reason is not None:
            raise BadRequest(f"facts.{key}: {reason.told(_(reason.text), language())}")
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
