"""`noc-tui sla statement`: a tenant's month, as Markdown, HTML, PDF or JSON."""

import argparse
import sys

import msgspec

from noc_tui import i18n
from noc_tui.api import credits as api
from noc_tui.api.authority import RELEASE
from noc_tui.api.endpoint import Request
from noc_tui.commands.checked_reading import explain_coverage, read_checked
from noc_tui.commands.configured import load_configuration, terms_book
from noc_tui.commands.daemon_requests import ask
from noc_tui.commands.failure import BadInput, CommandFailure, CommandRefused, OutOfReach
from noc_tui.commands.output import say_json
from noc_tui.config import Configuration
from noc_tui.contract.calendar import Month
from noc_tui.contract.instants import parse_instant
from noc_tui.i18n import _
from noc_tui.labels import decoding
from noc_tui.letters.sender import sender_of
from noc_tui.queries.record_check import RecordCheck
from noc_tui.statement.build_statement import StatementFrame, read_covering_head, statement
from noc_tui.statement.document import Statement
from noc_tui.statement.html import html
from noc_tui.statement.markdown import markdown
from noc_tui.statement.page import page
from noc_tui.text import visible
from storage.connection import Readable
from storage.heads import Head


def run(arguments: argparse.Namespace) -> int:
    """Print the statement, in French unless --lang says otherwise; exit code 1 where the record
    does not bear it out.
    """
    config = load_configuration(arguments)
    try:
        month = Month.parse(arguments.month)
    except ValueError as error:
        raise BadInput(f"--month: {decoding.translate_reason(str(error))}") from error
    _require_release(arguments, config, month)
    frame = StatementFrame(config.hoster.name, terms_book(config))
    _require_file(arguments.format)
    read, check = read_checked(
        config, lambda db, check: _read_statement(db, arguments.tenant, month, frame, check)
    )
    if read is None:
        raise BadInput(_("there is no tenant {tenant}").format(tenant=arguments.tenant))
    found, head = read
    if parse_instant(found.until) <= month.span.start:
        raise BadInput(_("{month} has not begun: nothing is on record of it").format(month=month))
    language: i18n.Language = arguments.lang or "fr"
    if arguments.format == "pdf":
        # Its library takes a while to import.
        from noc_tui.statement.pdf import StatementPaper, print_pdf

        paper = StatementPaper(found, sender_of(config.hoster), head)
        sys.stdout.buffer.write(print_pdf(paper, language))
    else:
        sys.stdout.buffer.write(_written(found, arguments.format, language))
    sys.stdout.buffer.flush()
    for line in explain_coverage(check.outside, check.covered, check.count):
        sys.stderr.write(line + "\n")
    return 0 if found.verified else 1


async def _read_statement(
    db: Readable, tenant: str, month: Month, frame: StatementFrame, check: RecordCheck
) -> tuple[Statement, Head | None] | None:
    """The statement, and the head that a PDF names; None for an unknown tenant."""
    found = await statement(db, tenant, month, frame, check)
    return None if found is None else (found, await read_covering_head(db, found))


def _require_file(form: str) -> None:
    """Exit code 2 for a PDF on a terminal, which would take its bytes for commands."""
    if form == "pdf" and sys.stdout.isatty():
        raise BadInput(_("a PDF is written to a file: add > statement.pdf"))


def _require_release(arguments: argparse.Namespace, config: Configuration, month: Month) -> None:
    """Exit code 4 where the statement must not leave now; without `nocd` nobody knows, and that is
    said.
    """
    release = RELEASE(tenant=arguments.tenant, month=str(month))
    try:
        found = ask(arguments, config, release)
    except CommandFailure as failure:
        if failure.code != OutOfReach("").code:
            raise
        text = _("nocd does not answer: whether this statement may be sent is not known")
        sys.stderr.write(f"noc-tui: {text}\n")
        return
    if not found.free:
        raise CommandRefused(found.why)


def credit(arguments: argparse.Namespace) -> int:
    """Ask `nocd` to record a claim, or a decision on one; the exit code."""
    config = load_configuration(arguments)
    say_json(ask(arguments, config, _credit_request(arguments)))
    return 0


def _credit_request(arguments: argparse.Namespace) -> Request[api.Credit]:
    whose = {"tenant": arguments.tenant, "month": arguments.month}
    if not "".join(whose.values()).isprintable():
        raise BadInput(_("there is no tenant {tenant}").format(tenant=visible(arguments.tenant)))
    if arguments.verb == "claim":
        claim = api.Claim(
            arguments.sent, arguments.channel, arguments.received, arguments.reference
        )
        return api.CLAIM(claim, **whose)
    if arguments.verb == "correct":
        correction = api.Correction(
            arguments.sent,
            arguments.channel,
            arguments.reason,
            arguments.received,
            arguments.reference,
        )
        return api.CORRECT(correction, **whose)
    if arguments.verb == "grant":
        return api.GRANT(api.Decision(arguments.reason, arguments.beyond_cap), **whose)
    return api.REFUSE(api.Decision(arguments.reason), **whose)


def _written(found: Statement, form: str, language: i18n.Language) -> bytes:
    if form == "json":
        return msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n"
    laid_out = page(found, language, i18n.translations(language).gettext)
    return (html(laid_out) if form == "html" else markdown(laid_out)).encode()
