"""`noc-tui legal`: breaches of personal data, sub-processors, records of processing."""

import argparse
import sys
from collections.abc import Callable
from typing import Any

from noc_tui.api import legal as api
from noc_tui.api.endpoint import Request
from noc_tui.commands.checked_reading import read_checked
from noc_tui.commands.configured import load_configuration
from noc_tui.commands.daemon_requests import ask
from noc_tui.commands.failure import BadInput, CommandFailure
from noc_tui.commands.options import common_options, given_instant, instant_of
from noc_tui.commands.output import say, say_json, table
from noc_tui.commands.promises import day_of
from noc_tui.config import Configuration
from noc_tui.contract.breaches import RISKS, ROLES
from noc_tui.i18n import _
from noc_tui.labels.formats import label_line
from noc_tui.labels.legal import breach_facts, duty_line, subprocessor_cells, subprocessor_header
from noc_tui.queries.legal import BreachRecord, read_breaches
from noc_tui.statement.html import html
from noc_tui.statement.legal_pages import (
    LegalRegister,
    draw_breach_notice,
    draw_breach_register,
    draw_processing_record,
    draw_subprocessors,
)
from noc_tui.statement.markdown import markdown
from noc_tui.statement.page import StatementPage
from noc_tui.text import visible
from noc_tui.views.published_clock import clock_of
from storage import settings
from storage.bound_tables import LEGAL_TABLES
from storage.connection import Readable
from storage.legal_registers import SUBPROCESSORS
from storage.register import TENANTS

FORMATS = ("md", "html")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verbs."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar=_("VERB"))

    def verb(name: str, text: str) -> argparse.ArgumentParser:
        return verbs.add_parser(name, help=text, description=text, parents=[common_options()])

    record = verb(
        "processing", _("the record of processing (GDPR art. 30), filled from the register")
    )
    record.add_argument("--role", choices=("processor", "controller"), default="processor")
    record.add_argument("--format", choices=FORMATS, default="md")
    listed = verb("subprocessors", _("sub-processors and subcontractors (art. 14)"))
    listed.add_argument("--format", choices=(*FORMATS, "text", "json"), default="text")
    listed.add_argument("--json", action="store_const", dest="format", const="json")
    _subprocessor_verbs(verb)
    breaches = verb("breaches", _("the register of breaches, with who must be told by when"))
    breaches.add_argument("--format", choices=(*FORMATS, "text", "json"), default="text")
    breaches.add_argument("--json", action="store_const", dest="format", const="json")
    _breach_verbs(verb)


def _subprocessor_verbs(verb: Callable[[str, str], argparse.ArgumentParser]) -> None:
    new = verb("subprocessor-add", _("note who takes part in the services; a lead does"))
    new.add_argument("--name", required=True)
    new.add_argument("--kind", choices=("sub-processor", "subcontractor"), required=True)
    new.add_argument("--service", required=True)
    new.add_argument("--country", required=True, metavar="FR", help=_("ISO 3166, two letters"))
    new.add_argument("--since", required=True, metavar=_("DAY"))
    new.add_argument("--data", default="", help=_("the personal data that it may see"))
    new.add_argument("--contract", default="", help=_("the reference of its contract"))
    end = verb("subprocessor-end", _("note that it takes part no longer; a lead does"))
    end.add_argument("number", type=int, help=_("its number"))
    end.add_argument("--on", required=True, metavar=_("DAY"), help=_("the first day without it"))
    told = verb("subprocessor-announced", _("note that clients were told of changes; a lead does"))
    told.add_argument("number", type=int, nargs="+", help=_("its number"))
    told.add_argument("--on", required=True, metavar=_("DAY"))
    told.add_argument("--by", required=True, metavar=_("TEXT"), help=_("which letter or entry"))


def _breach_verbs(verb: Callable[[str, str], argparse.ArgumentParser]) -> None:
    for name, text in (
        ("breach-open", _("note a breach of personal data: its hours run from the discovery")),
        ("breach-assess", _("describe a breach anew, with its risk; a lead does")),
    ):
        step = verb(name, text)
        if name == "breach-assess":
            step.add_argument("number", type=int, help=_("its number"))
        step.add_argument("--role", choices=ROLES, required=True, help=_("ours in it"))
        step.add_argument("--discovered", required=True, help=_("RFC 3339, with its offset"))
        step.add_argument("--nature", required=True, metavar=_("TEXT"), help=_("what happened"))
        step.add_argument("--tenant", action="append", default=[], metavar=_("TENANT"))
        step.add_argument("--began", help=_("RFC 3339, with its offset"))
        step.add_argument("--ended", help=_("RFC 3339, with its offset"))
        for option in ("data", "people", "consequences", "measures"):
            step.add_argument(f"--{option}", default="", metavar=_("TEXT"))
        step.add_argument("--risk", choices=RISKS, default="unknown")
        step.add_argument("--risk-reason", default="", metavar=_("TEXT"))
    told = verb("breach-told", _("note that somebody was told of a breach"))
    told.add_argument("number", type=int, help=_("its number"))
    told.add_argument("--to", required=True, help=_("tenant:ID, authority or persons"))
    told.add_argument("--at", required=True, help=_("RFC 3339, with its offset"))
    told.add_argument("--channel", required=True)
    told.add_argument("--reference", default="")
    told.add_argument("--delay-reason", default="", metavar=_("TEXT"))
    close = verb("breach-close", _("close a breach once everybody was told; a lead does"))
    close.add_argument("number", type=int, help=_("its number"))
    close.add_argument("--closing", required=True, metavar=_("TEXT"))
    notice = verb("breach-notice", _("draw the notice of a breach to one addressee"))
    notice.add_argument("number", type=int, help=_("its number"))
    notice.add_argument("--to", required=True, help=_("tenant:ID, authority or persons"))
    notice.add_argument("--advice", default="", help=_("what the persons are advised to do"))
    notice.add_argument("--format", choices=FORMATS, default="md")


def run(arguments: argparse.Namespace) -> int:
    """Print a sheet, or hand what was entered to `nocd`. Of rows that are not as recorded no sheet
    is drawn; a list of them names what differs, exit code 1.
    """
    config = load_configuration(arguments)
    if arguments.verb in REQUESTS:
        answer = ask(arguments, config, REQUESTS[arguments.verb](arguments))
        say(_("noted, number {number}").format(number=answer.number))
        return 0
    register, check = read_checked(config, lambda db, _check: _register(db, config), LEGAL_TABLES)
    wrong = [_describe(problem) for problem in check.hindrances(None)]
    if wrong and (arguments.verb == "breach-notice" or arguments.format in FORMATS):
        raise CommandFailure("\n".join(wrong), 1)
    sys.stderr.write("".join(f"{line}\n" for line in wrong))
    _print(arguments, register)
    return 1 if wrong else 0


def _describe(problem: str) -> str:
    return visible(_("the register is not as recorded: {problem}").format(problem=problem))


def _print(arguments: argparse.Namespace, register: LegalRegister) -> None:
    match arguments.verb:
        case "processing":
            _write(draw_processing_record(register, arguments.role), arguments.format)
        case "subprocessors":
            _print_subprocessors(register, arguments.format)
        case "breach-notice":
            _write(
                _notice(register, arguments.number, arguments.to, arguments.advice),
                arguments.format,
            )
        case _:
            _print_breaches(register, arguments.format)


async def _register(db: Readable, config: Configuration) -> LegalRegister:
    return LegalRegister(
        hoster=config.hoster,
        sites=config.sites,
        tenants=await TENANTS.read(db),
        subprocessors=await SUBPROCESSORS.read(db),
        breaches=await read_breaches(db),
        now=clock_of(await settings.read_clock(db)).now(),
    )


def _notice(register: LegalRegister, number: int, to: str, advice: str) -> StatementPage:
    record = next((one for one in register.breaches if one.breach.id == number), None)
    if record is None:
        raise BadInput(_("there is no breach {number}").format(number=number))
    duty = next((one for one in record.duties if one.addressee == to), None)
    if duty is None:
        owed = ", ".join(one.addressee for one in record.duties) or "—"
        raise BadInput(_("addressee: owed to: {names}").format(names=visible(owed)))
    try:
        return draw_breach_notice(register, record, duty, advice)
    except ValueError as error:
        raise BadInput(str(error)) from error


def _print_subprocessors(register: LegalRegister, form: str) -> None:
    if form in FORMATS:
        _write(draw_subprocessors(register), form)
    elif form == "json":
        say_json({"subprocessors": register.subprocessors})
    elif not register.subprocessors:
        say(_("No sub-processor and no subcontractor is on record."))
    else:
        rows = [subprocessor_cells(one) for one in register.subprocessors]
        for line in table(subprocessor_header(), rows):
            say(line)


def _print_breaches(register: LegalRegister, form: str) -> None:
    if form in FORMATS:
        _write(draw_breach_register(register), form)
    elif form == "json":
        say_json({"breaches": [_document(one) for one in register.breaches]})
    elif not register.breaches:
        say(_("No breach is on record."))
    else:
        for record in register.breaches:
            _say_breach(record, register)


def _document(record: BreachRecord) -> dict[str, Any]:
    open_duties = {duty.addressee for duty in record.open_duties}
    return {
        "breach": record.breach,
        "notices": record.notices,
        "duties": [
            {
                "addressee": duty.addressee,
                "due_at": duty.due_at,
                "article": duty.article,
                "by_law": duty.by_law,
                "told": duty.addressee not in open_duties,
            }
            for duty in record.duties
        ],
    }


def _say_breach(record: BreachRecord, register: LegalRegister) -> None:
    told = {one.addressee: one for one in record.notices}
    say(_("Breach {number}").format(number=record.breach.id))
    for label, value in breach_facts(record.breach):
        say(f"  {label_line(label, value)}")
    for duty in record.duties:
        say(f"  {duty_line(duty, told.get(duty.addressee), register.now)}")


def _write(page: StatementPage, form: str) -> None:
    text = html(page) if form == "html" else markdown(page)
    say(text.removesuffix("\n"))


def _add(arguments: argparse.Namespace) -> Request[api.Registered]:
    return api.ADD_SUBPROCESSOR(
        api.NewSubprocessor(
            name=arguments.name,
            kind=arguments.kind,
            service=arguments.service,
            country=arguments.country.upper(),
            since=day_of("--since", arguments.since),
            data=arguments.data,
            contract=arguments.contract,
        )
    )


def _end(arguments: argparse.Namespace) -> Request[api.Registered]:
    ended = api.SubprocessorEnd(day_of("--on", arguments.on))
    return api.END_SUBPROCESSOR(ended, number=arguments.number)


def _announced(arguments: argparse.Namespace) -> Request[api.Registered]:
    told = api.SubprocessorsAnnounced(
        tuple(arguments.number), day_of("--on", arguments.on), arguments.by
    )
    return api.ANNOUNCE_SUBPROCESSORS(told)


def _found(arguments: argparse.Namespace) -> api.BreachFound:
    return api.BreachFound(
        role=arguments.role,
        discovered_at=instant_of("--discovered", arguments.discovered),
        nature=arguments.nature,
        tenants=tuple(arguments.tenant),
        began_at=given_instant("--began", arguments.began),
        ended_at=given_instant("--ended", arguments.ended),
        data=arguments.data,
        people=arguments.people,
        consequences=arguments.consequences,
        measures=arguments.measures,
        risk=arguments.risk,
        risk_reason=arguments.risk_reason,
    )


def _told(arguments: argparse.Namespace) -> Request[api.Registered]:
    told = api.BreachTold(
        addressee=arguments.to,
        told_at=instant_of("--at", arguments.at),
        channel=arguments.channel,
        reference=arguments.reference,
        delay_reason=arguments.delay_reason,
    )
    return api.TELL_BREACH(told, number=arguments.number)


def _close(arguments: argparse.Namespace) -> Request[api.Registered]:
    return api.CLOSE_BREACH(api.BreachClosing(arguments.closing), number=arguments.number)


REQUESTS: dict[str, Callable[[argparse.Namespace], Request[api.Registered]]] = {
    "subprocessor-add": _add,
    "subprocessor-end": _end,
    "subprocessor-announced": _announced,
    "breach-open": lambda arguments: api.OPEN_BREACH(_found(arguments)),
    "breach-assess": lambda arguments: api.ASSESS_BREACH(
        _found(arguments), number=arguments.number
    ),
    "breach-told": _told,
    "breach-close": _close,
}
"""By verb, what is asked of `nocd`."""
