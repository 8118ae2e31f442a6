"""Previews a plan: reads each guest and computes what would be done, without a change (R17)."""

import asyncio

from msgspec.structs import replace

from noc_tui.api.suspension import GuestNow, GuestPreview, PlannedStep, Preview
from noc_tui.cluster import errors
from noc_tui.cluster.actions import GuestState, rehearse
from noc_tui.cluster.guest_location import GuestGone
from noc_tui.cluster.privileges import list_missing_needs
from noc_tui.contract.suspension.values import Case, PlannedGuest
from noc_tui.contract.terms import Terms
from noc_tui.daemon.suspension import store
from noc_tui.daemon.suspension.planner import (
    ClusterFacts,
    Measures,
    order_of,
    parts_of,
    word_note,
)
from noc_tui.i18n import _
from noc_tui.text import visible


async def preview_case(case: Case, measures: Measures) -> Preview:
    """Return each guest's state, the calls, the result, and what prevents it.

    `Conflict` where the case's terms are not kept.
    """
    terms = await store.terms_of(measures.db, case)
    clusters = sorted({guest.ref.cluster for guest in case.plan.guests})
    blind = {cluster: (*_nobody(case), *await _cluster(cluster, measures)) for cluster in clusters}
    facts = {cluster: await _facts(case, cluster, measures) for cluster in clusters}
    rows = await asyncio.gather(
        *(
            _guest(case, guest, measures, terms, facts[guest.ref.cluster])
            for guest in case.plan.guests
        )
    )
    return Preview(case.id, blind, tuple(rows))


def _nobody(case: Case) -> tuple[str, ...]:
    """That nobody is barred, where the register names no account."""
    if case.plan.barrier:
        return ()
    return (_("the register names no Proxmox account of this client: nobody is barred"),)


async def _cluster(name: str, measures: Measures) -> tuple[str, ...]:
    """What stands in the way on a whole cluster: quorum, and privileges of the action token."""
    words: list[str] = []
    snapshot = measures.estate.snapshots.get(name)
    if snapshot is not None and snapshot.quorate is False:
        words.append(_("the cluster has no quorum: it refuses changes"))
    gateway = measures.gateways.get(name)
    if gateway is None:
        return tuple(words)
    try:
        granted = await gateway.permissions(of_action_token=True)
    except errors.GatewayError as error:
        return *words, str(error)
    return (
        *words,
        *(
            f"{one.privilege} {one.path}: {_(one.without)}"
            for one in list_missing_needs(granted, ["suspend"])
        ),
    )


async def _facts(case: Case, cluster: str, measures: Measures) -> ClusterFacts:
    """Nothing out of the ordinary where it cannot be read: each guest of that cluster says why."""
    try:
        return ClusterFacts(
            await measures.absent(case, cluster), await measures.may_tell_ha(cluster)
        )
    except errors.GatewayError:
        return ClusterFacts()


async def _guest(
    case: Case,
    guest: PlannedGuest,
    measures: Measures,
    terms: Terms,
    facts: ClusterFacts,
) -> GuestPreview:
    named = GuestPreview(str(guest.ref), visible(guest.name))
    try:
        state = await measures.state(guest, parts_of(case, terms))
    except (GuestGone, errors.GatewayError) as error:
        return replace(named, error=str(error))
    plans = [
        (means, measures.planned(case, guest, means, state, terms, facts))
        for means in order_of(case)
    ]
    steps = [
        PlannedStep(
            means=means,
            calls=tuple(visible(str(write)) for write in rehearse(plan.steps, state)),
            notes=tuple(map(word_note, plan.notes)),
            obstacles=tuple(map(word_note, plan.obstacles)),
        )
        for means, plan in plans
    ]
    return replace(named, now=_now(state), steps=tuple(steps))


def _now(state: GuestState) -> GuestNow:
    return GuestNow(
        node=state.guest.node,
        status=state.qmpstatus or state.status,
        lock=state.lock,
        starts_at_boot=state.starts_at_boot,
        ha=None if state.ha is None else state.ha.asked,
        nets={key: visible(line) for key, line in state.nets.items()},
        barred=tuple(mark.principal for mark in state.acl or () if mark.role == "NoAccess"),
    )
