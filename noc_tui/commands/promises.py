"""`noc-tui promises`: the promises of annexe 2, month by month, and what is noted about them."""

import argparse
import sys
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from noc_tui.api import promises as api
from noc_tui.api.endpoint import Request
from noc_tui.commands.checked_reading import read_checked
from noc_tui.commands.configured import load_configuration
from noc_tui.commands.daemon_requests import ask
from noc_tui.commands.failure import BadInput
from noc_tui.commands.options import common_options, given_instant, instant_of
from noc_tui.commands.output import say, say_json
from noc_tui.commands.reading import read
from noc_tui.config import Configuration
from noc_tui.contract.calendar import Month, micros
from noc_tui.contract.edges import KINDS as EDGE_KINDS
from noc_tui.contract.licences import KINDS as LICENCE_KINDS
from noc_tui.contract.resources import MEASURES
from noc_tui.i18n import _
from noc_tui.labels import decoding
from noc_tui.labels.formats import label_line
from noc_tui.labels.promises import describe_present, list_sections
from noc_tui.queries.promise_sheets import read_present_promises, read_promise_sheets
from noc_tui.queries.record_check import RecordCheck
from noc_tui.text import visible
from noc_tui.views.promise_sheet import PresentPromises, PromiseSheet
from noc_tui.views.published_clock import clock_of
from storage import settings
from storage.bound_tables import PROMISE_TABLES
from storage.connection import Readable
from storage.register import TENANTS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verbs."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar=_("VERB"))

    def verb(name: str, text: str) -> argparse.ArgumentParser:
        made = verbs.add_parser(name, help=text, description=text, parents=[common_options()])
        made.add_argument("--json", action="store_true", help=_("one JSON document"))
        return made

    sheet = verb("month", _("what was watched, kept and broken in a month"))
    sheet.add_argument("month", nargs="?", metavar="YYYY-MM", help=_("else the present one"))
    sheet.add_argument("--tenant", metavar=_("TENANT"), help=_("else all of them"))
    show = verb("show", _("what is seen of a tenant’s guests and endpoints now"))
    show.add_argument("tenant", metavar=_("TENANT"))
    test = verb("restore-test", _("note that a backup was restored for a test"))
    _of_guest(test)
    test.add_argument("--outcome", choices=("ok", "failed"), required=True)
    test.add_argument("--at", required=True, help=_("RFC 3339, with its offset"))
    test.add_argument("--backup-at", help=_("when the copy was made"))
    test.add_argument("--note", default="")
    limit = verb("limit", _("set other limits for a tenant’s guests, or for one"))
    _of_tenant(limit)
    limit.add_argument("--guest", metavar=_("CLUSTER/VMID"), help=_("else all of the tenant"))
    for measure in MEASURES:
        text = _("in percent; left out: the wider limit")
        limit.add_argument(f"--{measure}", type=int, metavar="N", help=text)
    limit.add_argument("--reason", required=True)
    _licence_verbs(verb)
    edge = verb("edge", _("watch our end of a VPN, or a firewall; a lead does"))
    _of_tenant(edge)
    edge.add_argument("--kind", choices=EDGE_KINDS, required=True)
    text = _("https://…, tcp://host:port or icmp://host")
    edge.add_argument("--target", required=True, help=text)
    edge.add_argument("--end", action="store_true", help=_("watch it no longer"))


def _licence_verbs(verb: Callable[[str, str], argparse.ArgumentParser]) -> None:
    supply = verb("licence", _("note licences that we supply"))
    _of_tenant(supply)
    supply.add_argument("--guest", metavar=_("CLUSTER/VMID"), help=_("else any of the tenant’s"))
    supply.add_argument("--kind", choices=LICENCE_KINDS, default="os")
    supply.add_argument("--product", required=True)
    supply.add_argument("--quantity", type=int, default=1)
    supply.add_argument("--from", dest="since", required=True, metavar=_("DAY"))
    supply.add_argument("--note", default="")
    end = verb("licence-end", _("note that licences are no longer supplied"))
    end.add_argument("number", type=int, help=_("its number"))
    end.add_argument("--on", required=True, metavar=_("DAY"), help=_("the first day without it"))
    audit = verb("audit", _("note an audit of licences (art. 13.2); a lead does"))
    _of_tenant(audit)
    audit.add_argument("--at", required=True, help=_("RFC 3339, with its offset"))
    audit.add_argument("--outcome", choices=("compliant", "breach"), required=True)
    audit.add_argument("--findings", required=True)


def _of_tenant(step: argparse.ArgumentParser) -> None:
    step.add_argument("--tenant", required=True, metavar=_("TENANT"), help=_("its id"))


def _of_guest(step: argparse.ArgumentParser) -> None:
    _of_tenant(step)
    step.add_argument("--guest", required=True, metavar=_("CLUSTER/VMID"))


def run(arguments: argparse.Namespace) -> int:
    """Print the month's sheets, or hand a note to `nocd`."""
    config = load_configuration(arguments)
    if arguments.verb == "month":
        return _print_sheets(arguments, config)
    if arguments.verb == "show":
        return _print_present(arguments, config)
    request = REQUESTS[arguments.verb](arguments)
    answer = ask(arguments, config, request)
    if arguments.json:
        say_json(answer)
    else:
        say(_("noted"))
    return 0


def _print_sheets(arguments: argparse.Namespace, config: Configuration) -> int:
    try:
        month = None if arguments.month is None else Month.parse(arguments.month)
    except ValueError as error:
        raise BadInput(f"YYYY-MM: {decoding.translate_reason(str(error))}") from error

    async def sheets(db: Readable, _check: RecordCheck) -> list[PromiseSheet]:
        now = clock_of(await settings.read_clock(db)).now()
        wanted = month or Month.of(micros(now))
        return await read_promise_sheets(db, config.promises, wanted, now, arguments.tenant)

    found, check = read_checked(config, sheets, PROMISE_TABLES)
    if arguments.tenant is not None and not found:
        raise BadInput(_("no tenant is called {name}").format(name=visible(arguments.tenant)))
    true = [sheet for sheet in found if not check.problems(sheet.tenant)]
    for sheet in found if len(true) < len(found) else ():
        for problem in check.problems(sheet.tenant):
            sys.stderr.write(visible(f"{sheet.tenant}: {problem}") + "\n")
    if arguments.json:
        say_json(true)
    else:
        for sheet in true:
            _say_sheet(sheet)
    return 0 if len(true) == len(found) else 1


def _print_present(arguments: argparse.Namespace, config: Configuration) -> int:
    async def present(db: Readable) -> tuple[PresentPromises | None, datetime]:
        now = clock_of(await settings.read_clock(db)).now()
        if await TENANTS.get(db, arguments.tenant) is None:
            return None, now
        return await read_present_promises(db, arguments.tenant), now

    found, now = read(config, present)
    if found is None:
        raise BadInput(_("no tenant is called {name}").format(name=visible(arguments.tenant)))
    if arguments.json:
        say_json(found)
        return 0
    for label, value in describe_present(found, now):
        say(label_line(label, value))
    return 0


def _say_sheet(sheet: PromiseSheet) -> None:
    say(visible(f"{sheet.name} ({sheet.tenant}) · {sheet.month}"))
    for section in list_sections(sheet):
        say(f"  {section.heading}")
        for label, value in section.lines:
            say(f"    {label_line(label, value)}")
    say()


def _restore_test(arguments: argparse.Namespace) -> Request[api.Noted]:
    return api.NOTE_RESTORE_TEST(
        api.RestoreTest(
            tenant=arguments.tenant,
            guest=arguments.guest,
            tested_at=instant_of("--at", arguments.at),
            outcome=arguments.outcome,
            backup_at=given_instant("--backup-at", arguments.backup_at),
            note=arguments.note,
        )
    )


def _limit(arguments: argparse.Namespace) -> Request[api.LimitsSet]:
    return api.SET_LIMITS(
        api.Limits(
            tenant=arguments.tenant,
            reason=arguments.reason,
            guest=arguments.guest,
            cpu=arguments.cpu,
            memory=arguments.memory,
            disk=arguments.disk,
        )
    )


def _licence(arguments: argparse.Namespace) -> Request[api.Noted]:
    return api.SUPPLY_LICENCE(
        api.SuppliedLicence(
            tenant=arguments.tenant,
            kind=arguments.kind,
            product=arguments.product,
            supplied_from=day_of("--from", arguments.since),
            quantity=arguments.quantity,
            guest=arguments.guest,
            note=arguments.note,
        )
    )


def _licence_end(arguments: argparse.Namespace) -> Request[api.Noted]:
    ended = api.LicenceEnd(day_of("--on", arguments.on))
    return api.END_LICENCE(ended, number=arguments.number)


def _audit(arguments: argparse.Namespace) -> Request[api.Noted]:
    return api.RECORD_AUDIT(
        api.Audit(
            tenant=arguments.tenant,
            held_at=instant_of("--at", arguments.at),
            outcome=arguments.outcome,
            findings=arguments.findings,
        )
    )


def _edge(arguments: argparse.Namespace) -> Request[api.EdgeSet]:
    return api.SET_EDGE(
        api.Edge(
            tenant=arguments.tenant,
            kind=arguments.kind,
            target=arguments.target,
            watched=not arguments.end,
        )
    )


def day_of(option: str, text: str) -> date:
    """The day that an option gives, YYYY-MM-DD. Exit code 2 if malformed."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        told = _("{option}: not a day: {text}").format(option=option, text=text)
        raise BadInput(told) from error


REQUESTS: dict[str, Callable[[argparse.Namespace], Request[Any]]] = {
    "restore-test": _restore_test,
    "limit": _limit,
    "licence": _licence,
    "licence-end": _licence_end,
    "audit": _audit,
    "edge": _edge,
}
"""By verb, what is asked of `nocd`."""
