"""Orders the power of one guest: asks, confirms, orders through `nocd`, and follows the order."""

from typing import Any, Protocol

from noc_tui.api import guests as api
from noc_tui.console.commands import Command
from noc_tui.console.dialogs.confirm import Confirm
from noc_tui.console.screen import NocScreen
from noc_tui.i18n import N_, _
from noc_tui.roles import Role
from noc_tui.text import clip_text, visible

NAME_WIDTH = 60


def _command(action: api.Power, key: str, title: str, text: str) -> Command:
    return Command(
        f"guest.{action}",
        key,
        f"power('{action}')",
        title,
        text,
        role=Role.OPERATOR,
        needs_nocd=True,
    )


POWER = (
    _command("start", "s", N_("Start"), N_("Start the guest")),
    _command("shutdown", "d", N_("Shut down"), N_("Ask the guest to shut down")),
    _command("reboot", "r", N_("Reboot"), N_("Ask the guest to reboot")),
    _command("stop", "x", N_("Stop"), N_("Switch the guest off at once")),
)
QUESTIONS = {
    "start": (N_("Start {name}?"), N_("The guest is started on {node}.")),
    "shutdown": (N_("Shut {name} down?"), N_("Its operating system is asked to end.")),
    "reboot": (N_("Reboot {name}?"), N_("Its operating system is asked to restart.")),
    "stop": (
        N_("Stop {name}?"),
        N_("It is switched off at once: what it had not written is lost."),
    ),
}


class PowerTarget(Protocol):
    """What an order needs to know of a guest."""

    @property
    def cluster(self) -> str: ...
    @property
    def vmid(self) -> int: ...
    @property
    def name(self) -> str | None: ...
    @property
    def node(self) -> str: ...
    @property
    def status(self) -> str: ...


DOUBTS = {
    "start": ("running", N_("▲ It is running, as last seen.")),
    "shutdown": ("stopped", N_("▲ It is stopped, as last seen.")),
    "reboot": ("stopped", N_("▲ It is stopped, as last seen.")),
    "stop": ("stopped", N_("▲ It is stopped, as last seen.")),
}
"""The state in which an order has nothing to do, and what the question says of it then."""


async def order_power(screen: NocScreen[Any], guest: PowerTarget, action: api.Power) -> bool:
    """Confirm and order; what becomes of it is told by `noc_tui.console.orders`.

    True when `nocd` took the order.
    """
    name = f"{clip_text(guest.name or '?', NAME_WIDTH)} ({visible(guest.cluster)}/{guest.vmid})"
    title, text = QUESTIONS[action]
    state, doubt = DOUBTS[action]
    told = [_(text).format(node=visible(guest.node))]
    if guest.status == state:
        told.insert(0, _(doubt))
    question = Confirm(_(title).format(name=name), "\n".join(told), danger=action == "stop")
    if not await screen.app.push_screen_wait(question):
        return False
    request = api.POWER(api.PowerOrder(action), cluster=guest.cluster, vmid=guest.vmid)
    ordered = await screen.ask_nocd(request)
    if ordered is None:
        return False
    order = _(title).format(name=name).rstrip(" \u00a0\u202f?")
    screen.host.orders.follow(ordered.intent, order)
    screen.say(_("Sent to the cluster; the result will appear here."), title=order)
    return True
