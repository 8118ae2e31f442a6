"""Orders of power: start, stop, shut down, reboot a guest."""

import msgspec

from noc_tui.api import guests as api
from noc_tui.cluster.gateway import Gateway
from noc_tui.cluster.ids import GuestPlace
from noc_tui.daemon.guests.order_execution import GuestOrderKind

KIND = "guest.power"
_TASK_TYPES = {
    "start": frozenset({"qmstart", "vzstart", "hastart"}),
    "stop": frozenset({"qmstop", "vzstop", "hastop"}),
    "shutdown": frozenset({"qmshutdown", "vzshutdown", "hastop"}),
    "reboot": frozenset({"qmreboot", "vzreboot"}),
}


class PowerIntent(msgspec.Struct, frozen=True):
    """The payload of the intent."""

    cluster: str
    vmid: int
    action: api.Power


async def _ask(gateway: Gateway, guest: GuestPlace, order: PowerIntent) -> str:
    match order.action:
        case "start":
            return await gateway.start(guest)
        case "stop":
            return await gateway.stop(guest)
        case "shutdown":
            return await gateway.shutdown(guest)
        case "reboot":
            return await gateway.reboot(guest)


POWER = GuestOrderKind(KIND, PowerIntent, _ask, lambda order: _TASK_TYPES[order.action])
