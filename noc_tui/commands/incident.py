"""`noc-tui incident`: list and show from the database, everything else through `nocd`."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from noc_tui.alive import listens
from noc_tui.commands.configured import configured, daemon
from noc_tui.commands.failure import BadInput, OutOfReach
from noc_tui.commands.options import common_options
from noc_tui.commands.output import say, say_json, table
from noc_tui.config import Configuration
from noc_tui.contract.attribution import Party
from noc_tui.i18n import _
from noc_tui.statement.incident import Line, Shown, listed, shown
from noc_tui.text import visible
from storage.connection import Readable
from storage.database import Reader
from storage.errors import StorageError

T = TypeVar("T")
BASES = ("maintenance", "suspension", "quota", "emergency", "not_attributable")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The verbs and what each needs."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar=_("VERB"))

    def verb(name: str, text: str) -> argparse.ArgumentParser:
        return verbs.add_parser(name, help=text, description=text, parents=[common_options()])

    for name, text in (("list", _("the newest first")), ("show", _("timeline, outages, gaps"))):
        reading = verb(name, text)
        reading.add_argument("--json", action="store_true", help=_("one JSON document"))
        if name == "show":
            reading.add_argument("number", type=int)
    declare = verb("declare", _("open one by hand"))
    declare.add_argument("title")
    declare.add_argument("--ticket", default="", help=_("a ticket's reference"))
    for name, text in (
        ("ack", _("take it on")),
        ("mitigate", _("the effect is over, the cause is not")),
        ("resolve", _("close it: each outage has an end and an attribution")),
        ("review", _("it was looked back upon")),
        ("note", _("add an internal note; it is never mailed")),
    ):
        step = verb(name, text)
        step.add_argument("number", type=int)
        step.add_argument("text", nargs="?" if name != "note" else None, default="")
        if name == "note":
            step.add_argument("--corrects", type=int, help=_("the line that it sets right"))
    _deciding(verb)


def _deciding(verb: Callable[[str, str], argparse.ArgumentParser]) -> None:
    attribute = verb("attribute", _("decide whose an outage is"))
    attribute.add_argument("--outage", type=int, required=True)
    attribute.add_argument("--party", choices=[one.value for one in Party], required=True)
    attribute.add_argument("--reason", required=True)
    attribute.add_argument("--evidence", action="append", default=[], help=_("a task id, an entry"))
    exclude = verb("exclude", _("take time out of the count"))
    exclude.add_argument("--tenant", action="append", required=True)
    exclude.add_argument("--start", required=True, help=_("RFC 3339, with its offset"))
    exclude.add_argument("--end", help=_("RFC 3339; without it the exclusion lasts"))
    exclude.add_argument("--basis", choices=BASES, required=True)
    exclude.add_argument("--reason", required=True)
    exclude.add_argument("--unannounced", action="store_true", help=_("mark it contestable"))


def run(arguments: argparse.Namespace) -> int:
    """Run the verb; the exit code."""
    config = configured(arguments)
    if arguments.verb == "list":
        return _list(config, arguments.json)
    if arguments.verb == "show":
        return _show(config, arguments.number, arguments.json)
    path, body = _request(arguments)
    with daemon(arguments, config) as nocd:
        say_json(nocd.post(path, dict, body))
    return 0


def _request(arguments: argparse.Namespace) -> tuple[str, dict[str, object]]:
    if arguments.verb == "declare":
        return "/v1/incidents", {"title": arguments.title, "ticket": arguments.ticket}
    if arguments.verb == "attribute":
        return f"/v1/outages/{arguments.outage}/attribution", {
            "party": arguments.party,
            "reason": arguments.reason,
            "grounds": arguments.evidence,
        }
    if arguments.verb == "exclude":
        return "/v1/exclusions", {
            "tenants": arguments.tenant,
            "start": arguments.start,
            "end": arguments.end,
            "basis": arguments.basis,
            "reason": arguments.reason,
            "contestable": arguments.unannounced,
        }
    body: dict[str, object] = {"text": arguments.text}
    if getattr(arguments, "corrects", None) is not None:
        body["corrects"] = arguments.corrects
    return f"/v1/incidents/{arguments.number}/{arguments.verb}", body


def _list(config: Configuration, json: bool) -> int:
    found: Sequence[Line] = _read(config, listed)
    if json:
        say_json(found)
        return 0
    rows = [(str(one.id), one.state, one.opened_at, one.title, one.ticket) for one in found]
    for line in table([_("No."), _("State"), _("Opened"), _("Title"), _("Ticket")], rows):
        say(line)
    return 0


def _show(config: Configuration, number: int, json: bool) -> int:
    found = _read(config, lambda view: shown(view, number))
    if found is None:
        raise BadInput(_("there is no incident {number}").format(number=number))
    if json:
        say_json(found)
    else:
        _print(found)
    return 0


def _print(found: Shown) -> None:
    say(visible(f"{found.id}  {found.state}  {found.title}"))
    for outage in found.outages:
        say()
        text = _("outage {number}: {tenant}, {start} to {end}")
        end = outage.end or _("lasts")
        say(text.format(number=outage.id, tenant=outage.tenant, start=outage.start, end=end))
        if outage.party is not None:
            say(visible(f"  {outage.party}: {outage.reason} ({outage.decided_by})"))
        for one in outage.proposals:
            say(visible(f"  ? {one.party} {' '.join(one.evidence)} {one.caveat}".rstrip()))
    say()
    for line in found.timeline:
        say(visible(f"{line.at}  {line.id:>5}  {line.kind:<12} {line.account}: {line.text}"))
    if found.missing:
        say()
        say(_("Missing before it can be resolved:"))
        for sentence in found.missing:
            say(f"  - {visible(sentence)}")


def _read(config: Configuration, query: Callable[[Readable], Awaitable[T]]) -> T:
    """Ask the database one question, over one committed state."""

    async def ask() -> T:
        path = config.socket.path
        reader = await Reader.open(config.database.path, daemon_alive=lambda: listens(path))
        try:
            async with reader.snapshot() as view:
                return await query(view)
        finally:
            await reader.close()

    try:
        return asyncio.run(ask())
    except StorageError as error:
        raise OutOfReach(str(error)) from error
