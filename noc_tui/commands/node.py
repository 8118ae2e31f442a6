"""`noc-tui node`: what is known of nodes, emptying one of its guests, HA's maintenance of it."""

import argparse

from msgspec.structs import replace

from noc_tui.api import evacuation as api
from noc_tui.commands.configured import load_configuration
from noc_tui.commands.daemon_requests import ask
from noc_tui.commands.failure import BadInput
from noc_tui.commands.follow_orders import follow_orders, say_ordered
from noc_tui.commands.node_lists import list_nodes, show_node
from noc_tui.commands.node_ssh import add_ssh, run_ssh
from noc_tui.commands.options import common_options, instant_of
from noc_tui.commands.output import say, say_json
from noc_tui.config import Configuration
from noc_tui.i18n import _
from noc_tui.labels.evacuation import describe_maintenance, describe_plan

PATIENCE = 300.0
"""Seconds that `nocd` may take to ask Proxmox about each guest of a node."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verbs."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar=_("VERB"))

    def verb(name: str, text: str) -> argparse.ArgumentParser:
        made = verbs.add_parser(name, help=text, description=text, parents=[common_options()])
        made.add_argument("--json", action="store_true", help=_("one JSON document"))
        return made

    def on_node(name: str, text: str) -> argparse.ArgumentParser:
        made = verb(name, text)
        made.add_argument("node", metavar=_("CLUSTER/NODE"))
        made.add_argument("--yes", action="store_true", help=_("do it; else it is only shown"))
        made.add_argument("--no-wait", action="store_true", help=_("do not wait for the end"))
        return made

    verb("list", _("every node, with its state"))
    show = verb("show", _("one node: state, HA, storages, zones, and what it says of itself"))
    show.add_argument("node", metavar=_("CLUSTER/NODE"))
    empty = on_node("evacuate", _("move every guest away, in waves"))
    text = _("how many guests are worked on at the same time (2)")
    empty.add_argument("--at-once", type=int, default=2, metavar="N", help=text)
    empty.add_argument(
        "--wave", type=int, default=10, metavar="N", help=_("how many guests are a wave (10)")
    )
    empty.add_argument(
        "--with-local-disks", action="store_true", help=_("copy disks that lie on its node alone")
    )
    empty.add_argument(
        "--plan",
        default="",
        metavar="DIGEST",
        help=_("the plan that was shown: any other is refused"),
    )
    window = empty.add_argument_group(
        _("a maintenance window, for guests that stop on the way: their tenants are mailed")
    )
    window.add_argument("--start", help=_("RFC 3339, with its offset"))
    window.add_argument("--end", help=_("RFC 3339, with its offset"))
    window.add_argument("--title", help=_("as the tenants read it"))
    window.add_argument("--reason")
    into = on_node("maintenance", _("HA’s maintenance: the command to type, followed"))
    into.add_argument("action", choices=("enter", "leave"))
    add_ssh(verbs)
    stop = verb("stop-evacuation", _("begin nothing more of an evacuation"))
    stop.add_argument("number", type=int, help=_("the number of its order"))
    stop.add_argument("--reason", required=True)
    stop.add_argument(
        "--window",
        choices=("keep", "call-off"),
        help=_("what becomes of its maintenance window, where one is announced"),
    )


def run(arguments: argparse.Namespace) -> int:
    """Show what is known or would happen, or order it and follow it to its end."""
    if arguments.verb == "ssh":
        return run_ssh(arguments)
    config = load_configuration(arguments)
    if arguments.verb == "list":
        return list_nodes(arguments, config)
    if arguments.verb == "stop-evacuation":
        stop = api.StopEvacuation(arguments.reason, arguments.window)
        answer = ask(arguments, config, api.STOP_EVACUATION(stop, number=arguments.number))
        return say_ordered(arguments, answer, [answer.intent])
    cluster, slash, node = arguments.node.partition("/")
    if not slash or not node:
        raise BadInput(_("a node is named CLUSTER/NODE"))
    if arguments.verb == "show":
        return show_node(arguments, config, cluster, node)
    if arguments.verb == "maintenance":
        return _maintain(arguments, config, cluster, node)
    return _evacuate(arguments, config, cluster, node)


def _evacuate(arguments: argparse.Namespace, config: Configuration, cluster: str, node: str) -> int:
    asked = api.Evacuation(
        with_local_disks=arguments.with_local_disks,
        at_once=arguments.at_once,
        wave_size=arguments.wave,
        window=_window(arguments),
    )
    request = api.PLAN_EVACUATION(asked, cluster=cluster, node=node)
    plan = ask(arguments, config, request, timeout=PATIENCE)
    if arguments.json and not arguments.yes:
        say_json(plan)
        return 0
    if not arguments.json:
        for line in describe_plan(plan):
            say(line)
    if not arguments.yes:
        text = _("Nothing was done. With --yes --plan {digest} exactly this is.")
        say(text.format(digest=plan.digest))
        return 0
    shown = replace(asked, plan=arguments.plan or plan.digest)
    order = api.EVACUATE(shown, cluster=cluster, node=node)
    answer = ask(arguments, config, order, timeout=PATIENCE)
    if arguments.no_wait:
        return say_ordered(arguments, answer, [answer.intent])
    return follow_orders(arguments, config, [answer.intent])


def _window(arguments: argparse.Namespace) -> api.WorkWindow | None:
    given = (arguments.title, arguments.start, arguments.end, arguments.reason)
    if not any(given):
        return None
    if not all(given):
        raise BadInput(_("a window needs --title, --start, --end and --reason"))
    for option in ("start", "end"):
        instant_of(f"--{option}", getattr(arguments, option))
    return api.WorkWindow(*given)


def _maintain(arguments: argparse.Namespace, config: Configuration, cluster: str, node: str) -> int:
    asked = api.NodeMaintenance(arguments.action)
    effect = ask(arguments, config, api.PREVIEW_MAINTENANCE(asked, cluster=cluster, node=node))
    if arguments.json and not arguments.yes:
        say_json(effect)
        return 0
    if not arguments.json:
        for line in describe_maintenance(effect):
            say(line)
    if not arguments.yes:
        say(_("With --yes the node is followed until it is there."))
        return 0
    answer = ask(arguments, config, api.ORDER_MAINTENANCE(asked, cluster=cluster, node=node))
    if arguments.no_wait:
        return say_ordered(arguments, answer, [answer.intent])
    return follow_orders(arguments, config, [answer.intent])
