"""`noc-tui month credits`: the credits that were granted for a month, for accounting, as CSV."""

import argparse
import sys
from pathlib import Path

from noc_tui.commands.checked_reading import read_checked
from noc_tui.commands.configured import terms_book
from noc_tui.commands.output import say, say_json
from noc_tui.config import Configuration
from noc_tui.contract.calendar import Month, micros
from noc_tui.i18n import _, ngettext
from noc_tui.queries.granted_credits import read_granted_credits
from noc_tui.queries.record_check import RecordCheck
from noc_tui.statement.folder import write_file
from noc_tui.text import visible
from noc_tui.views.credit_export import CreditExportRow, list_credit_rows, write_csv
from noc_tui.views.published_clock import clock_of
from storage import settings
from storage.connection import Readable


def write_credits(arguments: argparse.Namespace, config: Configuration, month: Month) -> int:
    """Write a row for each grant; exit code 1 where the record does not bear one out, which is left
    out and named.
    """
    book = terms_book(config)

    async def question(db: Readable, _check: RecordCheck) -> list[CreditExportRow]:
        now = micros(clock_of(await settings.read_clock(db)).now())
        return list_credit_rows(str(month), await read_granted_credits(db, month, now, book))

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
        text = ngettext("{n} credit in {file}", "{n} credits in {file}", len(kept))
        say(text.format(n=len(kept), file=arguments.out))
    left = {tenant: problems[0] for tenant, problems in doubted.items() if problems}
    for tenant, problem in left.items():
        text = _("left out, since its rows are not as recorded: {tenant}: {problem}")
        sys.stderr.write(text.format(tenant=visible(tenant), problem=visible(problem)) + "\n")
    return 1 if left else 0
