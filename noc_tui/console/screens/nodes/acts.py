"""What is done with a node from its page: emptied of its guests, put into HA's maintenance."""

from collections.abc import Mapping
from typing import Any, Literal

from noc_tui.api import evacuation as api
from noc_tui.api.endpoint import Request
from noc_tui.api.guests import Ordered
from noc_tui.console.dialogs.choose_one import ChooseOne
from noc_tui.console.dialogs.confirm import Confirm
from noc_tui.console.dialogs.form import Field, Form
from noc_tui.console.references import NodeRef
from noc_tui.console.screen import NocScreen
from noc_tui.console.typed_instants import read_instant
from noc_tui.i18n import N_, _
from noc_tui.labels.evacuation import describe_maintenance, describe_plan
from noc_tui.text import visible
from noc_tui.views.node_record import OpenEvacuation

_CHOICES = {
    "evacuate": N_("Move every guest away"),
    "stop": N_("Stop its evacuation"),
    "enter": N_("Into HA’s maintenance"),
    "leave": N_("Out of HA’s maintenance"),
}


async def act_on_node(
    screen: NocScreen[Any], node: NodeRef, under_way: OpenEvacuation | None
) -> bool:
    """Ask what is to be done with the node, show what that does, and order it."""
    name = f"{visible(node.cluster)}/{visible(node.node)}"
    choices = [
        (key, _(text))
        for key, text in _CHOICES.items()
        if (key != "evacuate" or under_way is None) and (key != "stop" or under_way is not None)
    ]
    chosen = await screen.app.push_screen_wait(ChooseOne(name, choices))
    if chosen is None:
        return False
    if chosen == "evacuate":
        return await _evacuate(screen, node, name)
    if chosen == "stop" and under_way is not None:
        return await _stop(screen, under_way, name)
    asked = api.NodeMaintenance("enter" if chosen == "enter" else "leave")
    return await _maintain(screen, node, asked)


async def _evacuate(screen: NocScreen[Any], node: NodeRef, name: str) -> bool:
    asked = api.Evacuation()

    def request_of(filled: dict[str, str]) -> Request[api.EvacuationPlan]:
        nonlocal asked
        asked = _evacuation_of(filled)
        return api.PLAN_EVACUATION(asked, cluster=node.cluster, node=node.node)

    plan = await screen.ask_in(_evacuation_form(), request_of)
    if plan is None:
        return False
    title = _("Move every guest away from {node}?").format(node=name)
    text = "\n".join(describe_plan(plan))
    danger = bool(plan.interrupted)
    if not await screen.app.push_screen_wait(Confirm(title, text, danger=danger)):
        return False
    shown = api.Evacuation(
        with_local_disks=asked.with_local_disks,
        at_once=asked.at_once,
        wave_size=asked.wave_size,
        window=asked.window,
        plan=plan.digest,
    )
    ordered = await screen.ask_nocd(api.EVACUATE(shown, cluster=node.cluster, node=node.node))
    return _follow(screen, ordered, _("Evacuation of {node}").format(node=name))


def _evacuation_form() -> Form:
    """Asks how many at once, and for the window of guests that must stop."""
    text = _(
        "Running VMs move without interruption. Running containers stop on the way: they are moved"
        " in a maintenance window, which mails their tenants, and stay without one."
    )
    fields = (
        Field("at_once", _("At once (1 to 8)"), "2", _read_count),
        Field("title", _("Window: title, as the tenants read it"), "", str.strip),
        Field("start", _("Window: from"), "", _read_optional),
        Field("end", _("Window: until"), "", _read_optional),
        Field("reason", _("Window: why?"), "", str.strip),
    )
    return Form(_("Empty a node"), text, fields)


def _evacuation_of(filled: Mapping[str, str]) -> api.Evacuation:
    """What the form holds: all of a window, or nothing of it. Raises ValueError for a part."""
    given = (filled["title"], filled["start"], filled["end"], filled["reason"])
    if any(given) and not all(given):
        raise ValueError(_("A window needs its title, both ends and a reason."))
    window = api.WorkWindow(*given) if all(given) else None
    return api.Evacuation(at_once=int(filled["at_once"]), window=window)


def _read_count(text: str) -> str:
    if text.strip() not in tuple("12345678"):
        raise ValueError(_("A number from 1 to 8."))
    return text.strip()


def _read_optional(text: str) -> str:
    return read_instant(text) if text.strip() else ""


async def _stop(screen: NocScreen[Any], under_way: OpenEvacuation, name: str) -> bool:
    """Ask why, and what becomes of its window; moves that were begun go on to their end."""
    text = _("Ordered by {account}. Moves that were begun go on to their end; no other is begun.")
    fields = [Field("reason", _("Why?"))]
    if under_way.window is not None:
        ask = _("Call maintenance window {number} off too? (y/n)")
        fields.append(Field("window", ask.format(number=under_way.window), "", _read_answer))
    form = Form(
        _("Stop the evacuation of {node}?").format(node=name),
        text.format(account=visible(under_way.account)),
        tuple(fields),
    )

    def request_of(filled: dict[str, str]) -> Request[Ordered]:
        window = _WINDOW.get(filled.get("window", ""))
        asked = api.StopEvacuation(filled["reason"], window)
        return api.STOP_EVACUATION(asked, number=under_way.number)

    return await screen.ask_in(form, request_of) is not None


_WINDOW: Mapping[str, Literal["keep", "call-off"]] = {"y": "call-off", "n": "keep"}


def _read_answer(text: str) -> str:
    answer = {"y": "y", "yes": "y", "o": "y", "oui": "y", "n": "n", "no": "n", "non": "n"}
    if text.strip().casefold() not in answer:
        raise ValueError(_("y or n."))
    return answer[text.strip().casefold()]


async def _maintain(screen: NocScreen[Any], node: NodeRef, asked: api.NodeMaintenance) -> bool:
    request = api.PREVIEW_MAINTENANCE(asked, cluster=node.cluster, node=node.node)
    effect = await screen.ask_nocd(request)
    if effect is None:
        return False
    title = _("Follow the node until it is there?")
    question = Confirm(title, "\n".join(describe_maintenance(effect)))
    if not await screen.app.push_screen_wait(question):
        return False
    order = api.ORDER_MAINTENANCE(asked, cluster=node.cluster, node=node.node)
    ordered = await screen.ask_nocd(order)
    return _follow(screen, ordered, visible(effect.command))


def _follow(screen: NocScreen[Any], ordered: Ordered | None, title: str) -> bool:
    if ordered is None:
        return False
    screen.host.orders.follow(ordered.intent, title)
    screen.say(_("Ordered; the result will appear here."), title=title)
    return True
