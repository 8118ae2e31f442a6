"""`noc-tui month`: the end of a month: what is open, closing it, its papers."""

import argparse
from collections.abc import Callable

from noc_tui.api import months as api
from noc_tui.commands.checked_reading import read_checked
from noc_tui.commands.configured import load_configuration, terms_book
from noc_tui.commands.daemon_requests import ask
from noc_tui.commands.failure import BadInput
from noc_tui.commands.month_credits import write_credits
from noc_tui.commands.month_papers import mail_statements, write_statements
from noc_tui.commands.month_text import list_lines
from noc_tui.commands.options import common_options
from noc_tui.commands.output import say, say_json
from noc_tui.commands.reading import read
from noc_tui.config import Configuration
from noc_tui.contract.calendar import Month, micros
from noc_tui.i18n import _
from noc_tui.labels import decoding
from noc_tui.labels.month_end import describe_item
from noc_tui.queries.month_end import read_month_end
from noc_tui.queries.record_check import INTACT_RECORD, RecordCheck
from noc_tui.views.month_end import MonthEnd
from noc_tui.views.published_clock import clock_of
from storage import settings
from storage.bound_tables import MONTH_END_TABLES
from storage.connection import Readable

CLOSE_SECONDS = 300.0
"""`nocd` verifies the whole record before it closes a month."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verbs."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar=_("VERB"))

    def verb(name: str, text: str) -> argparse.ArgumentParser:
        made = verbs.add_parser(name, help=text, description=text, parents=[common_options()])
        made.add_argument("month", metavar="YYYY-MM", help=_("the month"))
        made.add_argument("--format", choices=("text", "json"), default="text", help=_("how"))
        made.add_argument(
            "--json", dest="format", action="store_const", const="json",
            help=_("one JSON document"),
        )  # fmt: skip
        return made

    verb("show", _("what is open, the closings, each tenant's figures"))
    close = verb("close", _("close a month that is over; a lead does"))
    text = _("close it with what may stay open; the reason says why")
    close.add_argument("--with-open", action="store_true", help=text)
    text = _("write the statements into this folder at once")
    close.add_argument("--out", metavar=_("FOLDER"), help=text)
    close.set_defaults(tenant=None)
    close.add_argument("--reason", default="", help=_("why it is closed with what is open"))
    reopen = verb("reopen", _("reopen a closed month, so that a figure may change; a lead does"))
    reopen.add_argument(
        "--reason",
        required=True,
        help=_("every client of the month reads it on its statement: name none of them"),
    )
    papers = verb("statements", _("all statements as signed files: PDF, HTML, Markdown"))
    papers.add_argument("--out", required=True, metavar=_("FOLDER"), help=_("where they go"))
    text = _("its id; may be given again; without it, all of them")
    papers.add_argument("--tenant", action="append", metavar=_("TENANT"), help=text)
    text = _("mail the statements of a closed month, each once; a lead does")
    mail = verb("mail", text)
    text = _("its id; may be given again; without it, all of them")
    mail.add_argument("--tenant", action="append", metavar=_("TENANT"), help=text)
    paid = verb("credits", _("the credits granted for a month, as CSV for accounting"))
    paid.add_argument("--out", metavar=_("FILE"), help=_("without it, on standard output"))


def run(arguments: argparse.Namespace) -> int:
    """Run the verb that was asked for; returns the exit code."""
    config = load_configuration(arguments)
    try:
        month = Month.parse(arguments.month)
    except ValueError as error:
        raise BadInput(f"YYYY-MM: {decoding.translate_reason(str(error))}") from error
    return _VERBS[arguments.verb](arguments, config, month)


def _show(arguments: argparse.Namespace, config: Configuration, month: Month) -> int:
    book = terms_book(config)

    async def question(db: Readable, check: RecordCheck) -> MonthEnd:
        now = micros(clock_of(await settings.read_clock(db)).now())
        return await read_month_end(db, month, now, book, check)

    found, _check = read_checked(config, question, MONTH_END_TABLES)
    if arguments.format == "json":
        say_json(found)
    else:
        for line in list_lines(found):
            say(line)
    return 0


def _close(arguments: argparse.Namespace, config: Configuration, month: Month) -> int:
    accepted: tuple[str, ...] = ()
    if arguments.with_open:
        found = _read_open(config, month)
        accepted = tuple(one.id for one in found.closable)
        if arguments.format == "text":
            for one in found.closable:
                say(f"- {describe_item(one)}")
    request = api.CLOSE(api.Closing(accepted, arguments.reason), month=str(month))
    closed = ask(arguments, config, request, timeout=CLOSE_SECONDS)
    if arguments.format == "json":
        if arguments.out is None:  # else the manifest is the one document
            say_json(closed)
    else:
        text = _("{month} is closed: closing {number}, entry {entry}")
        say(text.format(month=closed.month, number=closed.number, entry=closed.entry))
    return 0 if arguments.out is None else write_statements(arguments, config, month)


def _read_open(config: Configuration, month: Month) -> MonthEnd:
    """What is open, without a verification: `nocd` verifies before it closes."""
    book = terms_book(config)

    async def question(db: Readable) -> MonthEnd:
        now = micros(clock_of(await settings.read_clock(db)).now())
        return await read_month_end(db, month, now, book, INTACT_RECORD)

    return read(config, question)


def _reopen(arguments: argparse.Namespace, config: Configuration, month: Month) -> int:
    request = api.REOPEN(api.Reopening(arguments.reason), month=str(month))
    opened = ask(arguments, config, request)
    if arguments.format == "json":
        say_json(opened)
    else:
        text = _("{month} is open again: entry {entry}; its next statements say so")
        say(text.format(month=opened.month, entry=opened.entry))
    return 0


_VERBS: dict[str, Callable[[argparse.Namespace, Configuration, Month], int]] = {
    "show": _show,
    "close": _close,
    "reopen": _reopen,
    "statements": write_statements,
    "mail": mail_statements,
    "credits": write_credits,
}
