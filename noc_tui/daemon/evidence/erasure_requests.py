"""Erasing by hand: one lead asks, another confirms within a day; nothing before its time (R33)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from noc_tui.api import evidence as api
from noc_tui.contract.calendar import paris_day
from noc_tui.contract.retention import load_retention
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import BadRequest, Conflict, Forbidden, NotFound
from noc_tui.daemon.core.identity import actor
from noc_tui.daemon.evidence.kept_apart import subjects_kept_apart
from noc_tui.i18n import _
from noc_tui.queries.retention import find_due, read_facts
from noc_tui.roles import Caller
from storage import erasure, evidence
from storage.change import Change
from storage.connection import Readable
from storage.errors import ConflictError
from storage.evidence import Entry, Query
from storage.times import micros

VALID = timedelta(days=1)


class _Asked(msgspec.Struct, frozen=True):
    """The content of a request's entry."""

    entries: tuple[int, ...]
    reason: str


async def request_erasure(
    context: Context, change: Change, who: Caller, seqs: Sequence[int], reason: str
) -> int:
    """Put the request on record; returns its entry's number.

    Errors: `BadRequest` for an entry that is missing or empty, of a kind that is kept, or whose
    time is not over.
    """
    await _grounds(context, change, seqs)
    payload = {"entries": list(seqs), "reason": reason}
    return await change.record(
        api.ERASURE_REQUESTED, ["evidence:erasure"], payload, actor=actor(who)
    )


async def confirm_erasure(context: Context, change: Change, who: Caller, number: int) -> int:
    """Erase what another lead asked for; returns the erasing entry's number.

    Errors: `NotFound` for what is no request, `Forbidden` for who asked for it, `Conflict` for one
    that is older than a day or was confirmed, or a clock in doubt, `BadRequest` as for a request.
    """
    entry = await evidence.get(change, number)
    if entry is None or entry.kind != api.ERASURE_REQUESTED or entry.payload is None:
        raise NotFound(_("entry {number} asks for no erasure").format(number=number))
    if entry.uid == who.uid and entry.account == who.name:
        raise Forbidden(_("another lead than who asked for it confirms an erasure"))
    if change.at - entry.at > VALID:
        raise Conflict(_("this request is older than a day: ask for the erasure anew"))
    if context.trust.unsettled:
        raise Conflict(_("the clock is in doubt: nothing is erased until it is settled"))
    if number in await _confirmed(change, entry.at):
        raise Conflict(_("this erasure was confirmed already"))
    asked = msgspec.json.decode(entry.payload, type=_Asked)
    grounds = await _grounds(context, change, asked.entries)
    said = {**grounds, "request": number, "requested_by": entry.account, "confirmed_by": who.name}
    try:
        return await erasure.erase(change, asked.entries, asked.reason, said)
    except ConflictError as error:
        raise BadRequest(str(error)) from error


async def open_requests(db: Readable, now: datetime) -> list[api.ErasureRequest]:
    """The requests that may still be confirmed, the newest first."""
    found = await evidence.search(db, Query(kind=api.ERASURE_REQUESTED, since=now - VALID))
    done = await _confirmed(db, now - VALID)
    return [_shown(entry) for entry in found if entry.payload and entry.seq not in done]


async def waiting_for_leads(context: Context, db: Readable, now: datetime) -> list[int]:
    """The numbers of the entries whose time is over and that two leads erase; a page of each rule
    at most.
    """
    keep_days = context.config.evidence.keep_days
    facts = await read_facts(
        db, context.terms, now, await subjects_kept_apart(context, db, now), keep_days
    )
    found: list[int] = []
    async for _rule, entries in find_due(db, load_retention(), facts, now, two_leads=True):
        found += [entry.seq for entry in entries]
        if len(found) >= api.MOST_ERASED:
            break
    return sorted(found)[: api.MOST_ERASED]


async def _confirmed(db: Readable, since: datetime) -> set[int]:
    """The requests that were carried out since then."""
    found = await evidence.search(db, Query(kind=evidence.ERASED, since=since, limit=10_000))
    contents = [msgspec.json.decode(entry.payload) for entry in found if entry.payload]
    return {content["request"] for content in contents if "request" in content}


def _shown(entry: Entry) -> api.ErasureRequest:
    asked = msgspec.json.decode(entry.payload or "", type=_Asked)
    return api.ErasureRequest(
        request=entry.seq,
        at=entry.at,
        account=entry.account,
        reason=asked.reason,
        entries=asked.entries,
        until=entry.at + VALID,
    )


async def _grounds(context: Context, change: Change, seqs: Sequence[int]) -> dict[str, object]:
    """The rules and texts that the erasure rests on; `BadRequest` names the first that has none."""
    keep_days, rules = context.config.evidence.keep_days, load_retention()
    facts = await read_facts(
        change,
        context.terms,
        change.at,
        await subjects_kept_apart(context, change, change.at),
        keep_days,
    )
    found = {entry.seq: entry for entry in await evidence.several(change, seqs)}
    today = paris_day(micros(change.at))
    used = {}
    for seq in seqs:
        entry = found.get(seq)
        if entry is None or entry.erased_by is not None:
            raise BadRequest(_("entry {number} is missing or empty").format(number=seq))
        rule = rules.rule_for(entry.kind)
        if rule is None:
            text = _("entry {number} ({kind}) is kept: no rule lets such contents be erased")
            raise BadRequest(text.format(number=seq, kind=entry.kind))
        over = facts.over_on(rule, entry)
        if over is None:
            text = _("entry {number}: its case, its contract or a dispute is not over")
            raise BadRequest(text.format(number=seq))
        if over > today:
            text = _("entry {number} is kept until {day} is reached ({under})")
            raise BadRequest(text.format(number=seq, day=over, under=rule.under))
        used[rule.id] = rule.under
    return {"rule": ", ".join(used), "under": "; ".join(dict.fromkeys(used.values()))}
