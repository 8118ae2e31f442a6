"""`noc-tui month credits`: the credits that were granted for a month, for accounting, as CSV."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from noc_tui.api import months as api
from noc_tui.commands.checked_reading import read_checked
from noc_tui.commands.configured import terms_book
from noc_tui.commands.daemon_requests import ask
from noc_tui.commands.failure import BadInput
from noc_tui.commands.month_papers import PRINT_SECONDS
from noc_tui.commands.output import say, say_json
from noc_tui.config import Configuration
from noc_tui.contract.calendar import Month, micros
from noc_tui.i18n import _, ngettext
from noc_tui.queries.granted_credits import read_granted_credits
from noc_tui.queries.record_check import RecordCheck
from noc_tui.statement.folder import read_manifest, write_file
from noc_tui.statement.folder import write_credits as write_signed
from noc_tui.statement.manifest import credits_name, decode_manifest, is_folder
from noc_tui.text import visible
from noc_tui.views.credit_export import CreditExportRow, list_credit_rows, write_csv
from noc_tui.views.published_clock import clock_of
from storage import settings
from storage.connection import Readable


def write_credits(arguments: argparse.Namespace, config: Configuration, month: Month) -> int:
    """Write a row for each grant; exit code 1 where the record does not bear one out, which is left
    out and named. Into a folder of statements it is `nocd` that writes and signs them.
    """
    book = terms_book(config)

    async def question(db: Readable, _check: RecordCheck) -> list[CreditExportRow]:
        now = micros(clock_of(await settings.read_clock(db)).now())
        return list_credit_rows(str(month), await read_granted_credits(db, month, now, book))

    folder = None if arguments.out is None else _statement_folder(Path(arguments.out), month)
    if folder is not None and arguments.format != "json":
        return _sign_into(arguments, config, month, folder)
    rows, check = read_checked(config, question)
    doubted = {one.tenant: check.problems(one.tenant) for one in rows}
    kept = [one for one in rows if not doubted[one.tenant]]
    if arguments.format == "json":
        say_json(kept)
    elif arguments.out is None:
        sys.stdout.buffer.write(write_csv(kept))
        sys.stdout.buffer.flush()
    else:
        write_file(Path(arguments.out), write_csv(kept))
        _say_written(len(kept), arguments.out)
    return _say_left({tenant: found[0] for tenant, found in doubted.items() if found})


def _statement_folder(out: Path, month: Month) -> Path | None:
    """The folder of statements that a file goes into, if it is one. Raises `BadInput` where that
    folder is of another month, or has another name for the file.
    """
    folder = out if out.is_dir() else out.parent
    if not is_folder(folder):
        return None
    name = credits_name(str(month))
    of_month = decode_manifest(read_manifest(folder)[0]).month == str(month)
    if of_month and (out.is_dir() or out.name == name):
        return folder
    text = _("{folder}: in a folder of statements, the credits are {name}, of its month")
    raise BadInput(text.format(folder=folder, name=name))


def _sign_into(
    arguments: argparse.Namespace, config: Configuration, month: Month, folder: Path
) -> int:
    """Have `nocd` make the export and sign it into the folder's manifest; the exit code."""
    request = api.CREDITS(api.FolderCredits(*read_manifest(folder)), month=str(month))
    made = ask(arguments, config, request, timeout=PRINT_SECONDS)
    write_signed(folder, made)
    _say_written(made.rows, str(folder / made.name))
    return _say_left({one.tenant: one.why for one in made.left_out})


def _say_written(count: int, file: str) -> None:
    text = ngettext("{n} credit in {file}", "{n} credits in {file}", count)
    say(text.format(n=count, file=file))


def _say_left(left: Mapping[str, str]) -> int:
    """Name on standard error who was left out; the exit code."""
    for tenant, problem in left.items():
        text = _("left out, since its rows are not as recorded: {tenant}: {problem}")
        sys.stderr.write(text.format(tenant=visible(tenant), problem=visible(problem)) + "\n")
    return 1 if left else 0
