"""`noc-tui authority`: orders and reports of authorities. A refusal is exit code 4.

What is secret is listed for accounts of `[roles.confidential]` alone.
"""

import argparse
from typing import Any, get_args

from noc_tui.api import authority as api
from noc_tui.api import suspension
from noc_tui.api.endpoint import Request
from noc_tui.commands.configured import load_configuration
from noc_tui.commands.daemon_requests import ask
from noc_tui.commands.failure import BadInput
from noc_tui.commands.options import common_options, given_instant, instant_of
from noc_tui.commands.output import say, say_json, table
from noc_tui.commands.suspension import edit_of, plan_arguments
from noc_tui.commands.suspension_text import case_lines
from noc_tui.config import Configuration
from noc_tui.contract.authority.kinds import load_order_kinds
from noc_tui.contract.authority.values import Category, Secrecy
from noc_tui.i18n import N_, _, language
from noc_tui.labels.authority import ORDER_STATES, order_lines, word_deadline, word_next_step

_WORDED = {
    "resume": (api.RESUME, N_("what the authority answered: the deadline runs again")),
    "execute": (api.EXECUTE, N_("it was carried out: what was done")),
    "review": (api.REVIEW, N_("the second look that an execution owes")),
    "confirm": (api.CONFIRM, N_("how the authority was told that it was carried out")),
    "withdraw": (api.WITHDRAW, N_("the authority withdrew it: why")),
}
"""The verbs that take a written sentence."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare every verb."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar=_("VERB"))
    _verb(verbs, "list", _("orders, the first deadline first"))
    _verb(verbs, "kinds", _("the kinds of orders, their legal basis and their deadline"))
    _verb(verbs, "verify", _("is the sealed file what was written? Exit code 0 only if intact"))
    _record_arguments(_verb(verbs, "record", _("record an order as it was received")))
    for name, (_endpoint, text) in _WORDED.items():
        _of_order(verbs, name, _(text)).add_argument("text", metavar=_("TEXT"))
    _of_order(verbs, "show", _("an order, its deadline and what was done"))
    one = _of_order(verbs, "stop", _("the deadline stops: it cannot be carried out, or is unclear"))
    one.add_argument("--why", required=True, metavar=_("TEXT"))
    text = _("how the authority was told so")
    one.add_argument("--told", required=True, metavar=_("TEXT"), help=text)
    one = _of_order(verbs, "preserve", _("what is kept apart, and until when"))
    one.add_argument("--what", required=True, metavar=_("TEXT"))
    one.add_argument("--where", required=True, metavar=_("TEXT"))
    one.add_argument("--until", required=True, metavar=_("TIME"), help=_("RFC 3339"))
    one = _of_order(verbs, "disclose", _("data that was given to the authority"))
    one.add_argument("--to", required=True, metavar=_("WHOM"))
    one.add_argument("--category", action="append", required=True, choices=get_args(Category))
    one.add_argument("--what", required=True, metavar=_("TEXT"))
    one.add_argument("--case", default="", metavar=_("CASE"))
    one = _of_order(verbs, "keep-secret", _("the client is not told until a date; leads"))
    one.add_argument(
        "--until", metavar=_("TIME"), help=_("RFC 3339; else until the authority says")
    )
    one.add_argument("--reason", required=True, metavar=_("TEXT"))
    one = _of_order(verbs, "publish", _("its secrecy is over: all with a role see it; leads"))
    one.add_argument("--reason", required=True, metavar=_("TEXT"))
    text = _("the authority ended it before its date")
    one.add_argument("--early", action="store_true", help=text)
    one = _of_order(verbs, "carry-out", _("suspend what it asks for, in one go"))
    plan_arguments(one, opening=True)
    text = _("how the client gets at its data, or why not")
    one.add_argument("--data-access", required=True, metavar=_("TEXT"), help=text)
    text = _("typed as a confirmation: it is ordered at once, and a review is owed")
    one.add_argument("--tenant-name", metavar=_("NAME"), help=text)


def _verb(verbs: Any, name: str, text: str) -> argparse.ArgumentParser:
    one: argparse.ArgumentParser = verbs.add_parser(
        name, help=text, description=text, parents=[common_options()]
    )
    one.add_argument("--json", action="store_true", help=_("one JSON document"))
    return one


def _of_order(verbs: Any, name: str, text: str) -> argparse.ArgumentParser:
    one = _verb(verbs, name, text)
    one.add_argument("order", metavar=_("ORDER"))
    return one


def _record_arguments(one: argparse.ArgumentParser) -> None:
    one.add_argument("--kind", required=True, choices=[kind.id for kind in load_order_kinds().kind])
    one.add_argument("--authority", required=True, metavar=_("WHO"))
    one.add_argument("--reference", required=True, metavar=_("REFERENCE"))
    one.add_argument("--scope", required=True, metavar=_("TEXT"), help=_("its own words"))
    text = _("how it was checked that it is genuine")
    one.add_argument("--authenticity", required=True, metavar=_("TEXT"), help=text)
    one.add_argument("--received", required=True, metavar=_("TIME"), help=_("RFC 3339"))
    text = _("may the client be told? forbidden, allowed, or unsaid by the order")
    one.add_argument("--secrecy", required=True, choices=get_args(Secrecy), help=text)
    text = _("the words or the law that forbid it")
    one.add_argument("--secrecy-basis", default="", metavar=_("TEXT"), help=text)
    one.add_argument("--silent-until", metavar=_("TIME"), help=_("RFC 3339"))
    text = _("else what its kind rests on")
    one.add_argument("--legal-basis", default="", metavar=_("TEXT"), help=text)
    one.add_argument("--term", metavar=_("TIME"), help=_("its own deadline, RFC 3339"))
    one.add_argument(
        "--tenant", default="", metavar=_("TENANT"), help=_("the person or tenant concerned")
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the verb that was asked for; returns the exit code."""
    if arguments.verb == "kinds":
        return _kinds(arguments)
    config = load_configuration(arguments)
    if arguments.verb == "list":
        return _list(arguments, config)
    if arguments.verb == "verify":
        return _verify(arguments, config)
    if arguments.verb == "carry-out":
        return _carry_out(arguments, config)
    order = ask(arguments, config, _request(arguments))
    if arguments.json:
        say_json(order)
        return 0
    for line in order_lines(order):
        say(line)
    return 0


def _request(arguments: argparse.Namespace) -> Request[api.OrderDocument]:
    if arguments.verb == "record":
        return api.RECORD(_new_order(arguments))
    order = str(arguments.order)
    match arguments.verb:
        case "show":
            return api.SHOW(id=order)
        case "stop":
            return api.STOP(api.Stop(arguments.why, arguments.told), id=order)
        case "preserve":
            until = instant_of("--until", arguments.until)
            return api.PRESERVE(api.Kept(arguments.what, arguments.where, until), id=order)
        case "disclose":
            categories = tuple(dict.fromkeys(arguments.category))
            given = api.Given(arguments.to, categories, arguments.what, arguments.case)
            return api.DISCLOSE(given, id=order)
        case "keep-secret":
            end = given_instant("--until", arguments.until)
            return api.KEEP_SECRET(api.Silence(arguments.reason, end), id=order)
        case "publish":
            return api.PUBLISH(api.Publication(arguments.reason, arguments.early), id=order)
    endpoint, _text = _WORDED[arguments.verb]
    return endpoint(api.Note(arguments.text), id=order)


def _new_order(arguments: argparse.Namespace) -> api.NewOrder:
    return api.NewOrder(
        kind=arguments.kind,
        authority=arguments.authority,
        reference=arguments.reference,
        scope=arguments.scope,
        authenticity=arguments.authenticity,
        received_at=instant_of("--received", arguments.received),
        secrecy=arguments.secrecy,
        secrecy_basis=arguments.secrecy_basis,
        silent_until=given_instant("--silent-until", arguments.silent_until),
        legal_basis=arguments.legal_basis,
        term=given_instant("--term", arguments.term),
        tenant=arguments.tenant,
    )


def _carry_out(arguments: argparse.Namespace, config: Configuration) -> int:
    """Open the case, check it and, where the tenant's name is typed, order it alone."""
    if not arguments.tenant:
        raise BadInput(_("carry-out needs --tenant"))
    arguments.fact = [*arguments.fact, f"data_access={arguments.data_access}"]
    asked = api.Execution(arguments.tenant, arguments.ground or "", edit_of(arguments))
    case = ask(arguments, config, api.CASE(asked, id=str(arguments.order)))
    if arguments.tenant_name is not None:
        case = ask(arguments, config, suspension.CHECK(id=case.id))
        order = suspension.Order(arguments.tenant_name, case.digest, break_glass=True)
        case = ask(arguments, config, suspension.ORDER(order, id=case.id))
    if arguments.json:
        say_json(case)
        return 0
    for line in case_lines(case):
        say(line)
    return 0


def _list(arguments: argparse.Namespace, config: Configuration) -> int:
    found = ask(arguments, config, api.LIST()).orders
    if arguments.json:
        say_json({"orders": found})
        return 0
    header = [_("order"), _("kind"), _("authority"), _("state"), _("deadline"), _("next step")]
    rows = [
        [
            f"{order.id} *" if order.secret else order.id,
            order.kind_label.in_(language()),
            order.authority,
            _(ORDER_STATES[order.state]),
            word_deadline(order),
            word_next_step(order),
        ]
        for order in found
    ]
    for line in table(header, rows):
        say(line)
    if any(order.secret for order in found):
        say(_("* secret: only accounts of [roles.confidential] see this line"))
    return 0


def _kinds(arguments: argparse.Namespace) -> int:
    kinds = load_order_kinds()
    if arguments.json:
        say_json(kinds)
        return 0
    rows = [
        [
            kind.id,
            kind.label.in_(language()),
            kind.basis.in_(language()),
            _("{h} h").format(h=kind.hours) if kind.hours else _("its own"),
        ]
        for kind in kinds.kind
    ]
    for line in table([_("kind"), _("name"), _("legal basis"), _("deadline")], rows):
        say(line)
    return 0


def _verify(arguments: argparse.Namespace, config: Configuration) -> int:
    found = ask(arguments, config, api.SEALED(), timeout=600)
    if arguments.json:
        say_json(found)
    else:
        text = _("{verdict}: sealed entries: {count}, digests on record: {digests}, all agree")
        said = text.format(verdict=found.verdict, count=found.count, digests=found.digests)
        say(f"{said} {found.reason}".rstrip())
        if found.failing:
            text = _("services over it that fail: {names}; see the log beside it")
            say(text.format(names=", ".join(found.failing)))
    return 0 if found.verdict == "intact" and not found.failing else 1
