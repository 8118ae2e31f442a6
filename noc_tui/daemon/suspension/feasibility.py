"""Whether the privileges at hand carry a plan out: asked when it is checked, and again when it is
ordered, since privileges may have gone meanwhile.

Two requests a cluster and one a guest. A guest itself is read only where a privilege is missing
that not every guest needs. What cannot be asked just now refuses nothing: the order then says on
each guest what is in the way.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from noc_tui.cluster import errors
from noc_tui.cluster.actions import GuestState, NetLine
from noc_tui.cluster.guest_location import GuestGone
from noc_tui.cluster.privileges import NEEDS, STOP_BY_HA, Need, is_granted, list_missing_needs
from noc_tui.cluster.slow import HaResource, Permissions
from noc_tui.contract.suspension.values import BARRIER, Case, PlannedGuest
from noc_tui.contract.terms import Effect, Terms
from noc_tui.daemon.core.errors import Conflict
from noc_tui.daemon.suspension import store
from noc_tui.daemon.suspension.planner import Measures, effects_of
from noc_tui.i18n import _

PATIENCE_SECONDS = 8.0
"""How long clusters may take to answer; no operator waits longer to hear what is missing."""


def _always(_state: GuestState) -> bool:
    return True


def _has_nics(state: GuestState) -> bool:
    return bool(state.nets)


def _has_unfiltered_nics(state: GuestState) -> bool:
    return any(not NetLine.parse(line).has("firewall") for line in state.nets.values())


def _starts_at_boot(state: GuestState) -> bool:
    return state.starts_at_boot


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A privilege that an effect needs, on the guests of which `needed` is true."""

    privilege: str
    needed: Callable[[GuestState], bool] = _always


PRIVILEGES: Mapping[Effect, tuple[_Wanted, ...]] = {
    "none": (),
    BARRIER: (_Wanted("Permissions.Modify"),),
    "network": (_Wanted("VM.Config.Network", _has_nics), _Wanted("SDN.Use", _has_nics)),
    "filter": (_Wanted("VM.Config.Network"), _Wanted("SDN.Use", _has_unfiltered_nics)),
    "public": (_Wanted("VM.Config.Network"), _Wanted("SDN.Use", _has_unfiltered_nics)),
    "stop": (_Wanted("VM.PowerMgmt"), _Wanted("VM.Config.Options", _starts_at_boot)),
}
"""By the effect of a means."""


async def require_feasible(case: Case, measures: Measures) -> None:
    """`Conflict` naming each guest and privilege for want of which a means cannot be carried out.

    Raises it also where the terms that say what the means do are not kept.
    """
    if case.rehearsal:
        return
    terms = await store.terms_of(measures.db, case)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            lacking = await _all_lacking(case, measures, terms)
    except TimeoutError:
        return
    if lacking:
        text = _("the token for changes lacks what this takes: {lacking}")
        raise Conflict(text.format(lacking="; ".join(lacking)))


async def _all_lacking(case: Case, measures: Measures, terms: Terms) -> list[str]:
    clusters = sorted({guest.ref.cluster for guest in case.plan.guests})
    found = await asyncio.gather(*(_held(cluster, measures) for cluster in clusters))
    held = dict(zip(clusters, found, strict=True))
    rows = await asyncio.gather(
        *(
            _lacking(guest, measures, effects_of(case, terms), held[guest.ref.cluster])
            for guest in case.plan.guests
        )
    )
    return [
        f"{guest.ref}: {words}"
        for guest, row in zip(case.plan.guests, rows, strict=True)
        for words in row
    ]


_Held = tuple[Permissions, frozenset[str]]


async def _held(cluster: str, measures: Measures) -> _Held | None:
    """The action token's privileges, and the services that HA manages; None when not known."""
    gateway = measures.gateways.get(cluster)
    if gateway is None:
        return None
    try:
        permissions = await gateway.permissions(of_action_token=True)
        services = await gateway.read("cluster/ha/resources", list[HaResource])
    except errors.GatewayError:
        return None
    return permissions, frozenset(row.sid for row in services if row.state != "ignored")


async def _lacking(
    guest: PlannedGuest, measures: Measures, effects: tuple[Effect, ...], held: _Held | None
) -> tuple[str, ...]:
    """The privileges that are missing for that guest, each with what it is for."""
    if held is None:
        return ()
    permissions, services = held
    path = f"/vms/{guest.ref.vmid}"
    try:
        own = await measures.gateway(guest.ref).permissions(of_action_token=True, path=path)
    except errors.GatewayError:
        return ()
    sid = f"{'ct' if guest.kind == 'lxc' else 'vm'}:{guest.ref.vmid}"
    by_ha = sid in services and is_granted(permissions, *STOP_BY_HA)
    missing = {
        wanted.privilege: (need, wanted)
        for wanted in _wanted(effects, under_ha=sid in services, by_ha=by_ha)
        for need in NEEDS
        if need.purpose == "suspend" and need.privilege == wanted.privilege
        if not _is_met(need, own.get(path, {}), permissions)
    }
    if not missing:
        return ()
    state = await _state(guest, measures)
    return tuple(
        _("{privilege} on {path}, which is needed to {without}").format(
            privilege=need.privilege,
            path=path if need.path == "/vms" else need.path,
            without=_(need.without),
        )
        for need, wanted in missing.values()
        if state is None or wanted.needed(state)
    )


def _wanted(effects: tuple[Effect, ...], *, under_ha: bool, by_ha: bool) -> Iterator[_Wanted]:
    """What the effects need. Of a guest under HA nothing but its power is asked, and that only
    where HA itself may not be told.
    """
    for effect in effects:
        wanted = PRIVILEGES[effect]
        if effect == "stop" and under_ha:
            wanted = () if by_ha else (_Wanted("VM.PowerMgmt"),)
        yield from wanted


def _is_met(need: Need, own: Mapping[str, bool], permissions: Permissions) -> bool:
    """Whether the privilege is held: on the guest itself, or on another part of the cluster."""
    if need.path == "/vms":
        return need.privilege in own
    return not list_missing_needs(permissions, ["suspend"], (need,))


async def _state(guest: PlannedGuest, measures: Measures) -> GuestState | None:
    """The guest now; None where it cannot be read."""
    try:
        return await measures.state(guest, frozenset())
    except (GuestGone, errors.GatewayError):
        return None
