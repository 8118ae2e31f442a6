"""`nocd rebuild --from-evidence`: the tables as the evidence log alone gives them, and the file.

Nothing is written but the file that `--into` names. Exit code 0 when nothing differs, 1 when
something does, 2 when the log or the file cannot be read.
"""

import argparse
import os
import sqlite3
import sys
import time
from datetime import datetime
from pathlib import Path

import msgspec

from noc_tui import roles
from noc_tui.clock import SystemClock
from noc_tui.commands.configured import load_configuration
from noc_tui.commands.evidence import choose_tables, read_heads
from noc_tui.commands.failure import BadInput
from noc_tui.commands.output import say, say_json, table
from noc_tui.i18n import N_, _
from noc_tui.queries.rebuilt_figures import work_out_figures
from noc_tui.queries.record_check import UNREADABLE_ROWS, may_be_erased
from noc_tui.text import visible
from storage.direct import answer
from storage.errors import StorageError
from storage.evidence import Actor
from storage.heads import KeyFileError, SigningKey, load_key
from storage.proof_gaps import Shortfall
from storage.rebuild import (
    BrokenChainError,
    ColumnDifference,
    RebuildResult,
    RebuiltTable,
    RowDifference,
    rebuild,
)
from storage.rebuilt_file import put_figures, record_rebuilt, sign_sums

_QUIET = 2.0
"""Seconds between two words on how far it is."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what is compared, and where to."""
    text = _("work the tables out of the evidence log alone")
    parser.add_argument("--from-evidence", action="store_true", required=True, help=text)
    parser.add_argument("--database", metavar=_("FILE"), help=_("else the configured one"))
    parser.add_argument("--head", metavar=_("FILE"), help=_("heads kept outside, one a line"))
    text = _("compare the rows of this table only; may be given several times")
    parser.add_argument("--table", action="append", metavar=_("TABLE"), help=text)
    text = _("compare the rows of this file, such as the one that a restore put in place")
    parser.add_argument("--against", metavar=_("FILE"), help=text)
    text = _("write a new database of the log and its rows; a file that exists is left alone")
    parser.add_argument("--into", metavar=_("FILE"), help=text)
    parser.add_argument("--json", action="store_true", help=_("one JSON document"))


def run(arguments: argparse.Namespace) -> int:
    """Work out, compare, say what differs."""
    if arguments.into and arguments.table:
        raise BadInput(_("--into takes all tables: leave out --table"))
    heads = read_heads(Path(arguments.head)) if arguments.head else []
    tables = choose_tables(arguments.table)
    named = arguments.database
    path = Path(named) if named else load_configuration(arguments).database.path
    into = Path(arguments.into) if arguments.into else None
    now = SystemClock().now()
    try:
        result = rebuild(
            path,
            heads,
            tables=tables,
            against=Path(arguments.against) if arguments.against else None,
            into=into,
            finish=_Finisher(_signing_key(arguments, path), now).finish,
            now=now,
            may_be_erased=may_be_erased,
            step=_ReplayProgress().step,
        )
    except BrokenChainError as error:
        text = _(
            "{file}: the chain is not as it was written, so nothing is worked out of it: {error}"
        )
        raise BadInput(text.format(file=path, error=visible(str(error)))) from error
    except StorageError as error:
        raise BadInput(str(error)) from error
    except (sqlite3.Error, OSError, *UNREADABLE_ROWS) as error:
        raise BadInput(f"{path}: {visible(str(error))}") from error
    if arguments.json:
        say_json({"differs": bool(result.count), **msgspec.structs.asdict(result)})
    else:
        _say_result(result)
    return 1 if result.count else 0


def _signing_key(arguments: argparse.Namespace, path: Path) -> SigningKey | None:
    """The key that the log is under; None where this account cannot read it."""
    file = path.with_name("evidence.key")
    if not arguments.database:
        file = load_configuration(arguments).evidence.key_file or file
    try:
        return load_key(file)
    except KeyFileError:
        return None


class _Finisher:
    """What a rebuilt file gets besides its rows."""

    def __init__(self, key: SigningKey | None, now: datetime) -> None:
        self._key = key
        self._now = now

    def finish(self, path: Path, shortfall: Shortfall) -> None:
        """Put the figures of the months, which follow from the rows; sign what has no entry, of the
        tables of which rows were lost, and put on record that this proves nothing of before.
        """
        put_figures(path, answer(path, work_out_figures))
        if self._key is not None and sign_sums(path, self._key, shortfall.lost):
            uid = os.getuid()
            actor = Actor(uid, roles.account_name(uid))
            record_rebuilt(path, self._key, actor, self._now, shortfall)
        else:
            text = _(
                "the signing key cannot be read: rows that move without an entry are not signed"
                " anew, and verify names those that were lost"
            )
            sys.stderr.write(text + "\n")


class _ReplayProgress:
    """Says on standard error how far a long comparison is."""

    def __init__(self) -> None:
        self._done = 0
        self._next = time.monotonic() + _QUIET

    def step(self) -> None:
        self._done += 1
        if self._done % 1000 or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _QUIET
        text = _("entries and rows read: {count}").format(count=self._done)
        sys.stderr.write(text + "\n")


def _say_result(result: RebuildResult) -> None:
    for one in result.differences:
        say(_difference_line(one))
    if left := result.count - len(result.differences):
        say(_("and {count} more").format(count=left))
    header = [_("table"), _("rows"), _("missing"), _("extra")]
    header += [_("other"), _("altered"), _("not worked out")]
    shown = [one for one in result.tables if one.rows or one.unknown or one.differing]
    for line in table(header, [_figures(one) for one in shown]):
        say(line)
    for known in shown:
        for line in _unknown_lines(known):
            say(line)
    text = _(
        "evidence entries: {entries}, chain intact; rows worked out: {rows}; differing: {count}"
    )
    rows = sum(known.rows for known in shown)
    say(text.format(entries=result.entries, rows=rows, count=result.count))
    if result.into is not None:
        text = _("{file}: written, rows: {count}")
        say(text.format(file=visible(result.into), count=result.written))


def _figures(one: RebuiltTable) -> list[str]:
    numbers = (one.rows, one.missing, one.extra, one.other, one.altered, one.unknown)
    return [one.table, *map(str, numbers)]


def _difference_line(one: RowDifference) -> str:
    said = _SAID[one.kind]
    if one.kind == "extra" and one.entry is None:
        said = N_("in the file, made by no entry")
    columns = "; ".join(map(_column, one.columns))
    line = _("{row}: {said}").format(
        row=f"{one.table} {visible(one.key)}", said=_(said).format(entry=one.entry)
    )
    return _("{line}: {columns}").format(line=line, columns=columns) if columns else line


_SAID = {
    "missing": N_("missing in the file; entry {entry} has it"),
    "extra": N_("in the file, although entry {entry} removed it"),
    "other": N_("not as entry {entry} left it"),
    "altered": N_("altered-rows: the values in entry {entry} do not give its digest"),
}


def _column(one: ColumnDifference) -> str:
    return _("{column}: record {record}, file {file}").format(
        column=one.name, record=_value(one.record), file=_value(one.file)
    )


def _value(value: int | str | None) -> str:
    if value is None:
        return _("(none)")
    return visible(value) if isinstance(value, str) else str(value)


def _unknown_lines(one: RebuiltTable) -> list[str]:
    """What cannot be worked out, and why."""
    reasons = (
        (one.digest_only, N_("up to entry {entry}, entries hold digests and no values")),
        (one.erased, N_("contents were erased")),
        (one.large, N_("a file is kept beside the log")),
        (one.secret, N_("a value looks like a secret")),
        (one.tenant, N_("the entry is about another tenant")),
    )
    text = _("{table}: rows that cannot be worked out from the record: {count}, since {reason}")
    return [
        text.format(table=one.table, count=count, reason=_(why).format(entry=one.digest_until))
        for count, why in reasons
        if count
    ]
