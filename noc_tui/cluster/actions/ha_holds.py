"""Why HA does not act on a guest now, by its managers and by where it has come to with the
service.
"""

from noc_tui.cluster.actions.state import HaHold
from noc_tui.cluster.gateway import Gateway
from noc_tui.cluster.ha_state import SERVICE_STATES, HaState, read_ha_state, service_state
from noc_tui.cluster.ids import GuestPlace
from noc_tui.cluster.slow import HaRow

_HALTING = ("restart", "shutdown", "reboot")
"""Modes in which an LRM carries out nothing new; in maintenance it does."""


async def read_holds(gateway: Gateway, guest: GuestPlace) -> tuple[HaHold, ...]:
    """Return what keeps HA from acting on the guest; one request. Raises the errors of `errors`."""
    rows = await gateway.read("cluster/ha/status/current", list[HaRow])
    return find_holds(read_ha_state(rows, gateway.now()), guest)


def find_holds(state: HaState, guest: GuestPlace) -> tuple[HaHold, ...]:
    """Return the reasons for which HA does nothing about a guest now; empty where it acts."""
    found: list[HaHold] = []
    if state.is_disarmed:
        found.append(HaHold("ha_disarmed", state.resource_mode or state.armed))
    if state.master is not None and state.master.alive is False:
        found.append(HaHold("ha_crm_dead", state.master.node))
    agent = state.lrms.get(guest.node)
    if agent is not None and agent.alive is False:
        found.append(HaHold("ha_lrm_dead", guest.node))
    elif agent is not None and agent.state in _HALTING:
        found.append(HaHold("ha_lrm_mode", f"{guest.node}: {agent.state}"))
    row = next((one for one in state.services if one.sid == guest.sid), None)
    word = "" if row is None else service_state(row)
    if word in SERVICE_STATES and SERVICE_STATES[word].stop == "later":
        found.append(HaHold("ha_later", word))
    return tuple(found)
