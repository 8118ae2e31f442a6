"""`noc-tui payments import|list`: what accounting exports of invoices and direct debits (R20)."""

import argparse
from collections.abc import Iterator
from datetime import datetime, time
from pathlib import Path

from noc_tui.api.payments import IMPORT, LARGEST_FILE, PaymentsFile, PaymentsTaken
from noc_tui.commands.configured import load_configuration
from noc_tui.commands.daemon_requests import ask
from noc_tui.commands.failure import BadInput
from noc_tui.commands.options import common_options, instant_of
from noc_tui.commands.output import say, say_json, table
from noc_tui.commands.questions import require_agreement
from noc_tui.commands.reading import read
from noc_tui.config import Configuration
from noc_tui.contract.calendar import PARIS
from noc_tui.contract.payments.invoice import euros, is_fresh
from noc_tui.contract.suspension.facts import a_date
from noc_tui.i18n import _
from noc_tui.labels import formats, states
from noc_tui.labels.debt import rest_lines, word_remaining, word_term
from noc_tui.queries.debts import read_debts
from noc_tui.text import visible
from noc_tui.views.debts import Debt, state_of
from noc_tui.views.published_clock import clock_of
from storage import settings
from storage.connection import Readable
from storage.invoices import InvoiceRow


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verbs."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar=_("VERB"))
    text = _("take what accounting exports in CSV: shown first, kept once it is confirmed")
    taking = verbs.add_parser("import", help=text, description=text, parents=[common_options()])
    taking.add_argument("file", metavar=_("FILE"), type=Path)
    taking.add_argument(
        "--as-of",
        required=True,
        metavar=_("TIME"),
        help=_("what the facts are true for: a time with its offset, or the day they begin with"),
    )
    taking.add_argument("--yes", action="store_true", help=_("keep it without asking"))
    taking.add_argument("--json", action="store_true", help=_("one JSON document"))
    text = _("the invoices that are known, and how old the facts are")
    listing = verbs.add_parser("list", help=text, description=text, parents=[common_options()])
    listing.add_argument("--tenant", metavar=_("TENANT"))
    listing.add_argument("--json", action="store_true", help=_("one JSON document"))


def run(arguments: argparse.Namespace) -> int:
    """Import or list."""
    config = load_configuration(arguments)
    return _import(arguments, config) if arguments.verb == "import" else _list(arguments, config)


def true_for(text: str) -> datetime:
    """Return the instant that the facts of `--as-of` are true for: of a day, its beginning in
    Paris, since nobody knows what was paid during it. Exit code 2 if malformed.
    """
    day = a_date(text)
    return instant_of("--as-of", text) if day is None else datetime.combine(day, time(0), PARIS)


def _import(arguments: argparse.Namespace, config: Configuration) -> int:
    file = PaymentsFile(arguments.file.name, _content(arguments.file), true_for(arguments.as_of))
    found = ask(arguments, config, IMPORT(file))
    if not arguments.json:
        for line in _lines(found):
            say(line)
    if found.invoices:
        if not arguments.yes:
            require_agreement(
                _("Keep these facts? [y/N] "),
                unanswered=_("nothing was kept: answer here, or give --yes"),
                refused=_("nothing was kept"),
            )
        confirmed = PaymentsFile(file.name, file.content, file.as_of, confirm=True)
        found = ask(arguments, config, IMPORT(confirmed))
    if arguments.json:
        say_json(found)
    elif found.kept:
        say(_("these facts are kept"))
    return 0 if found.invoices else 1


def _content(path: Path) -> bytes:
    try:
        with path.expanduser().open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror}") from error
    if len(content) > LARGEST_FILE:
        raise BadInput(_("{file}: larger than 4 MB").format(file=path))
    return content


def _lines(found: PaymentsTaken) -> Iterator[str]:
    header = [_("tenant"), _("invoice"), _("amount"), _("left to pay"), _("known before")]
    cells = [
        [
            one.tenant,
            visible(one.reference),
            str(euros(one.amount)),
            str(euros(one.left)),
            "" if one.left_before is None else str(euros(one.left_before)),
        ]
        for one in found.invoices
    ]
    yield from table(header, cells)
    yield from rest_lines(found)


async def _debts(db: Readable) -> tuple[list[Debt], datetime]:
    return await read_debts(db), clock_of(await settings.read_clock(db)).now()


def _list(arguments: argparse.Namespace, config: Configuration) -> int:
    debts, now = read(config, _debts)
    mine = [debt for debt in debts if arguments.tenant in (None, debt.tenant)]
    if arguments.json:
        say_json({"invoices": [_entry(debt, now) for debt in mine]})
        return 0
    header = [
        _("tenant"), _("invoice"), _("issued"), _("left to pay"), _("state"), _("formal notice"),
        _("case"), _("as of"),
    ]  # fmt: skip
    cells = [
        [
            debt.tenant,
            visible(debt.reference),
            formats.day(debt.issued),
            word_remaining(debt),
            states.word_of(states.DEBT, state_of(debt, now)),
            word_term(debt, now),
            "" if debt.case is None else debt.case.id,
            "" if debt.invoice is None else formats.instant(debt.invoice.as_of),
        ]
        for debt in mine
    ]
    for line in table(header, cells):
        say(line)
    return 0


def _entry(debt: Debt, now: datetime) -> dict[str, object]:
    """The facts of accounting, null where it told of none, and what a case says besides."""
    told = debt.invoice
    keys = [key for key in InvoiceRow.__struct_fields__ if key not in ("tenant", "reference")]
    facts = {key: None if told is None else getattr(told, key) for key in keys}
    return {
        "tenant": debt.tenant,
        "reference": debt.reference,
        **facts,
        "fresh": told is not None and is_fresh(told.as_of, now),
        "state": state_of(debt, now),
        "case": None if debt.case is None else debt.case.id,
        "pay_by": debt.pay_by,
    }
