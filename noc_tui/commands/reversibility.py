"""`noc-tui reversibility`: the copy that is owed at the end of a contract (art. 16.2)."""

import argparse
from collections.abc import Callable
from datetime import date

import msgspec

from noc_tui.api import reversibility as api
from noc_tui.api.endpoint import Request
from noc_tui.commands.configured import load_configuration, terms_book
from noc_tui.commands.daemon_requests import ask
from noc_tui.commands.failure import BadInput
from noc_tui.commands.options import common_options, instant_of
from noc_tui.commands.output import say, say_json, table
from noc_tui.commands.reading import read
from noc_tui.contract.calendar import micros, paris_day
from noc_tui.i18n import _
from noc_tui.labels import formats
from noc_tui.labels.formats import label_line
from noc_tui.labels.reversibility import copy_facts, deletion_facts
from noc_tui.labels.states import COPY, label_text
from noc_tui.text import visible
from noc_tui.views.contract import ContractState, contract_state
from noc_tui.views.published_clock import clock_of
from storage import settings
from storage.connection import Readable
from storage.data_copies import DATA_COPIES, DataCopy
from storage.register import TENANTS, Tenant


class CopyEntry(msgspec.Struct, frozen=True):
    """A tenant's copies; `due` by number where a day is known, `deletion_bars` as codes."""

    tenant: str
    name: str
    ends: date | None
    may_delete: bool
    deletion_bars: tuple[str, ...]
    due: dict[int, date]
    copies: tuple[DataCopy, ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verbs."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar=_("VERB"))

    def verb(name: str, text: str) -> argparse.ArgumentParser:
        made = verbs.add_parser(name, help=text, description=text, parents=[common_options()])
        made.add_argument("--json", action="store_true", help=_("one JSON document"))
        return made

    verb("list", _("contracts that end, copies that are owed, what bars deletion"))
    show = verb("show", _("one tenant’s copies, step by step, with their proofs"))
    show.add_argument("tenant", metavar=_("TENANT"))
    asked = verb("request", _("note that a client asks for its copy"))
    asked.add_argument("--tenant", required=True, metavar=_("TENANT"), help=_("its id"))
    asked.add_argument("--at", required=True, help=_("RFC 3339, with its offset"))
    asked.add_argument("--by", required=True, metavar=_("NAME"), help=_("who asks, for the client"))
    asked.add_argument("--channel", required=True)
    asked.add_argument("--reference", default="")
    _step_verbs(verb)


def _step_verbs(verb: Callable[[str, str], argparse.ArgumentParser]) -> None:
    def step(name: str, text: str) -> argparse.ArgumentParser:
        made = verb(name, text)
        made.add_argument("number", type=int, help=_("its number"))
        return made

    made = step("make", _("note that the copy was made"))
    made.add_argument("--at", required=True, help=_("RFC 3339, with its offset"))
    made.add_argument(
        "--guest", action="append", required=True, metavar=_("CLUSTER/VMID"),
        help=_("a guest in it; give each"),
    )  # fmt: skip
    made.add_argument("--medium", required=True, help=_("disk, download, …"))
    text = _("of what is handed over, or of the list of its files’ digests")
    made.add_argument("--sha256", required=True, metavar=_("HEX"), help=text)
    text = _("why guests of the tenant are not in it")
    made.add_argument("--left-out", default="", metavar=_("TEXT"), help=text)
    handed = step("hand-over", _("note that the copy left us"))
    handed.add_argument("--at", required=True, help=_("RFC 3339, with its offset"))
    handed.add_argument("--to", required=True, metavar=_("NAME"))
    text = _("what proves it: tracking number, slip, log line")
    handed.add_argument("--proof", required=True, metavar=_("TEXT"), help=text)
    received = step("receive", _("note that the client has it"))
    received.add_argument("--at", required=True, help=_("RFC 3339, with its offset"))
    text = _("what proves it: the client’s mail, a signed receipt")
    received.add_argument("--proof", required=True, metavar=_("TEXT"), help=text)
    for name, text in (
        ("reject", _("note that the client cannot use the copy: another is made")),
        ("waive", _("note that the client gave the copy up in writing; a lead does")),
    ):
        step(name, text).add_argument("--reason", required=True, metavar=_("TEXT"))


def run(arguments: argparse.Namespace) -> int:
    """Print what is owed, or hand a step to `nocd`."""
    config = load_configuration(arguments)
    if arguments.verb not in ("list", "show"):
        answer = ask(arguments, config, REQUESTS[arguments.verb](arguments))
        if arguments.json:
            say_json(answer)
        else:
            text = _("copy {number}: {state}")
            say(text.format(number=answer.number, state=label_text(COPY, answer.state)))
        return 0
    book = terms_book(config)

    async def states(db: Readable) -> list[tuple[Tenant, ContractState]]:
        today = paris_day(micros(clock_of(await settings.read_clock(db)).now()))
        copies = await DATA_COPIES.read(db)
        return [
            (one, contract_state(one, today, book.for_tenant(one.id, today).life, copies))
            for one in await TENANTS.read(db)
        ]

    found = read(config, states)
    if arguments.verb == "list":
        return _list(arguments, [one for one in found if one[1].ends or one[1].copies])
    for tenant, state in found:
        if tenant.id == arguments.tenant:
            return _show(arguments, tenant, state)
    raise BadInput(_("no tenant is called {name}").format(name=visible(arguments.tenant)))


def _list(arguments: argparse.Namespace, found: list[tuple[Tenant, ContractState]]) -> int:
    if arguments.json:
        say_json({"tenants": [_entry(*one) for one in found]})
        return 0
    if not found:
        say(_("no contract ends, and no copy was asked for"))
        return 0
    header = [_("tenant"), _("ends"), _("copy"), _("hand over by"), _("may be deleted")]
    for line in table(header, [_row(*one) for one in found]):
        say(line)
    return 0


def _row(tenant: Tenant, state: ContractState) -> list[str]:
    last = state.copies[-1] if state.copies else None
    until = None if last is None or not last.is_open else state.copy_due(last).until
    return [
        tenant.id,
        formats.day(state.ends),
        "—" if last is None else f"{label_text(COPY, last.state)} ({last.id})",
        "—" if until is None else formats.day(until),
        _("no") if state.deletion_bars else _("yes"),
    ]


def _show(arguments: argparse.Namespace, tenant: Tenant, state: ContractState) -> int:
    if arguments.json:
        say_json(_entry(tenant, state))
        return 0
    say(visible(f"{tenant.name} ({tenant.id})"))
    for label, value in [*deletion_facts(state), *copy_facts(state)]:
        say(f"  {label_line(label, value)}")
    return 0


def _entry(tenant: Tenant, state: ContractState) -> CopyEntry:
    dues = {one.id: state.copy_due(one).until for one in state.copies}
    return CopyEntry(
        tenant=tenant.id,
        name=tenant.name,
        ends=state.ends,
        may_delete=not state.deletion_bars,
        deletion_bars=tuple(state.deletion_bars),
        due={number: day for number, day in dues.items() if day is not None},
        copies=state.copies,
    )


def _request(arguments: argparse.Namespace) -> Request[api.CopyStanding]:
    return api.REQUEST_COPY(
        api.CopyRequest(
            tenant=arguments.tenant,
            requested_at=instant_of("--at", arguments.at),
            requested_by=arguments.by,
            channel=arguments.channel,
            reference=arguments.reference,
        )
    )


def _make(arguments: argparse.Namespace) -> Request[api.CopyStanding]:
    made = api.CopyMade(
        made_at=instant_of("--at", arguments.at),
        guests=tuple(arguments.guest),
        medium=arguments.medium,
        digest=arguments.sha256.lower(),
        left_out=arguments.left_out,
    )
    return api.MAKE_COPY(made, number=arguments.number)


def _hand_over(arguments: argparse.Namespace) -> Request[api.CopyStanding]:
    at = instant_of("--at", arguments.at)
    handed = api.CopyHandedOver(at, arguments.to, arguments.proof)
    return api.HAND_OVER_COPY(handed, number=arguments.number)


def _receive(arguments: argparse.Namespace) -> Request[api.CopyStanding]:
    received = api.CopyReceived(instant_of("--at", arguments.at), arguments.proof)
    return api.RECEIVE_COPY(received, number=arguments.number)


def _reject(arguments: argparse.Namespace) -> Request[api.CopyStanding]:
    return api.REJECT_COPY(api.CopyReason(arguments.reason), number=arguments.number)


def _waive(arguments: argparse.Namespace) -> Request[api.CopyStanding]:
    return api.WAIVE_COPY(api.CopyReason(arguments.reason), number=arguments.number)


REQUESTS: dict[str, Callable[[argparse.Namespace], Request[api.CopyStanding]]] = {
    "request": _request,
    "make": _make,
    "hand-over": _hand_over,
    "receive": _receive,
    "reject": _reject,
    "waive": _waive,
}
"""By verb, what is asked of `nocd`."""
