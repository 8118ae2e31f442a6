"""Whether the privileges at hand carry a plan out: asked when it is checked, before any order.

Two requests a cluster, and none for a guest. What cannot be asked just now refuses nothing: the
order then says on each guest what is in the way.
"""

from collections.abc import Iterator, Mapping

from noc_tui.cluster import errors
from noc_tui.cluster.privileges import NEEDS, Need, is_granted, list_missing_needs
from noc_tui.cluster.slow import HaResource, Permissions
from noc_tui.contract.suspension.values import Case, PlannedGuest
from noc_tui.contract.terms import Terms
from noc_tui.daemon.core.errors import Conflict
from noc_tui.daemon.suspension import store
from noc_tui.daemon.suspension.planner import BARRIER, Measures, effects_of
from noc_tui.i18n import _

_PRIVILEGES: Mapping[str, tuple[str, ...]] = {
    BARRIER: ("Permissions.Modify",),
    "network": ("VM.Config.Network", "SDN.Use"),
    "filter": ("VM.Config.Network",),
    "stop": ("VM.PowerMgmt",),
}
"""By the effect of a means; where HA manages the guest, `stop` is HA's to carry out."""
_STOP_BY_HA = ("Sys.Console",)


async def require_feasible(case: Case, measures: Measures) -> None:
    """`Conflict` naming each guest and privilege for want of which a means cannot be carried out.

    Raises it also where the terms that say what the means do are not kept.
    """
    if case.rehearsal:
        return
    terms = await store.terms_of(measures.db, case)
    clusters = {guest.ref.cluster for guest in case.plan.guests}
    held = {cluster: await _held(cluster, measures) for cluster in clusters}
    lacking = [
        f"{guest.ref}: {words}"
        for guest in case.plan.guests
        for words in _lacking(case, guest, terms, held[guest.ref.cluster])
    ]
    if lacking:
        text = _("the token for changes cannot carry this out: {lacking}")
        raise Conflict(text.format(lacking="; ".join(lacking)))


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


def _lacking(case: Case, guest: PlannedGuest, terms: Terms, held: _Held | None) -> Iterator[str]:
    if held is None:
        return
    permissions, services = held
    sid = f"{'ct' if guest.kind == 'lxc' else 'vm'}:{guest.ref.vmid}"
    for need in _needs(effects_of(case, terms), under_ha=sid in services):
        if not _is_met(need, guest.ref.vmid, permissions):
            yield _("{privilege} on {path} is missing: no {without}").format(
                privilege=need.privilege, path=need.path, without=_(need.without)
            )


def _needs(effects: tuple[str, ...], *, under_ha: bool) -> Iterator[Need]:
    """What the effects need of the token, in the table's order."""
    wanted: set[str] = set()
    for effect in effects:
        by_ha = effect == "stop" and under_ha
        wanted.update(_STOP_BY_HA if by_ha else _PRIVILEGES.get(effect, ()))
    yield from (need for need in NEEDS if need.purpose == "suspend" and need.privilege in wanted)


def _is_met(need: Need, vmid: int, permissions: Permissions) -> bool:
    """Whether the privilege is held on the guest itself, or by a pool, whose guests have it too."""
    if need.path != "/vms":
        return not list_missing_needs(permissions, ["suspend"], (need,))
    by_pool = any(
        path.startswith("/pool/") and need.privilege in found for path, found in permissions.items()
    )
    return by_pool or is_granted(permissions, f"/vms/{vmid}", need.privilege)
