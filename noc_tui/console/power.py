"""Power of one guest: asked, confirmed, ordered through `nocd`, and followed to its end."""

from typing import TYPE_CHECKING, Protocol

import msgspec

from noc_tui.console.commands import Command
from noc_tui.console.dialogs import Confirm
from noc_tui.i18n import N_, _
from noc_tui.roles import Role
from noc_tui.text import clipped, visible

if TYPE_CHECKING:  # screens list these commands
    from typing import Any

    from noc_tui.console.screen import NocScreen

NAME_WIDTH = 60


def _command(action: str, key: str, title: str, text: str) -> Command:
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


class Guest(Protocol):
    """What an order needs to know of a guest."""

    @property
    def cluster(self) -> str: ...
    @property
    def vmid(self) -> int: ...
    @property
    def name(self) -> str | None: ...
    @property
    def node(self) -> str: ...


class Ordered(msgspec.Struct):
    """`nocd` took the order: the number of its intent."""

    intent: int


async def order_power(screen: "NocScreen[Any]", guest: Guest, action: str) -> None:
    """Confirm and order; what becomes of it is told by `noc_tui.console.orders`."""
    name = f"{clipped(guest.name or '?', NAME_WIDTH)} ({visible(guest.cluster)}/{guest.vmid})"
    title, text = QUESTIONS[action]
    question = Confirm(
        _(title).format(name=name),
        _(text).format(node=visible(guest.node)),
        danger=action == "stop",
    )
    if not await screen.app.push_screen_wait(question):
        return
    path = f"/v1/guests/{guest.cluster}/{guest.vmid}/power"
    ordered = await screen.ask_nocd(path, Ordered, {"action": action})
    if ordered is not None:
        screen.noc.orders.follow(ordered.intent, _(title).format(name=name).rstrip(" ?"))
