"""The time stamps of a database's heads: checked offline, and written to files for `openssl`."""

import argparse
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from enum import StrEnum
from pathlib import Path
from typing import Any

from noc_tui.commands.configured import load_configuration
from noc_tui.commands.failure import BadInput
from noc_tui.commands.output import say
from noc_tui.evidence.time_stamps import (
    STAMPED,
    BadTimeStampError,
    Certificates,
    TimeStamp,
    check_time_stamp,
    load_certificates,
    read_time_stamp,
)
from noc_tui.i18n import _, ngettext
from noc_tui.text import visible
from storage.chain_reader import connect
from storage.verdict import Report, Verdict


def run(arguments: argparse.Namespace) -> int:
    """List the time stamps, and write head and answer of each to files; the exit code."""
    for number, stamp in _kept(_database(arguments)):
        head = stamp.signed_head
        text = ngettext(
            "entry {number}: over {count} entry, said to be of {at} by {authority}; not checked",
            "entry {number}: over {count} entries, said to be of {at} by {authority}; not checked",
            head.count,
        )
        authority = visible(stamp.authority)
        say(text.format(number=number, count=head.count, at=stamp.at, authority=authority))
        if arguments.out:
            _write(Path(arguments.out), f"head-{head.count}", stamp)
    return 0


def _database(arguments: argparse.Namespace) -> Path:
    if arguments.database:
        return Path(arguments.database)
    return load_configuration(arguments).database.path


def _write(folder: Path, name: str, stamp: TimeStamp) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.json").write_bytes(stamp.head.encode())
        (folder / f"{name}.tsr").write_bytes(stamp.answer)
    except OSError as error:
        raise BadInput(f"{folder}: {error.strerror}") from error


class TimeStampState(StrEnum):
    """Whether the time stamps of a record were compared with the authority's certificates."""

    NONE = "none"
    NOT_CHECKED = "not-checked"
    CHECKED = "checked"


def with_time_stamps(
    report: Report, path: Path, arguments: argparse.Namespace
) -> tuple[Report, TimeStampState]:
    """The report on a chain with what its time stamps say, and whether they were checked; a bad one
    changes an intact verdict.

    The authority's certificates are those of `--tsa-ca`, else the configured ones; without any, a
    time stamp proves nothing, since anybody can make one.
    """
    if report.verdict is not Verdict.INTACT:
        return report, TimeStampState.NOT_CHECKED
    trusted = _trusted(arguments)
    newest = None
    for number, content in _contents(path):
        try:
            stamp = read_time_stamp(content)
            check_time_stamp(stamp, trusted)
            head = stamp.signed_head
        except BadTimeStampError as error:
            reason = f"the time stamp of entry {number} does not hold: {error}"
            return Report(Verdict.ALTERED, report.count, reason, number), TimeStampState.CHECKED
        if _hash_of(path, head.count) != head.hash:
            reason = f"entry {head.count} is another than the one time-stamped at {stamp.at}"
            report = Report(Verdict.FORKED, report.count, reason, head.count)
            return report, TimeStampState.CHECKED
        newest = stamp
    if newest is None:
        return report, TimeStampState.NONE
    if not arguments.json:
        sys.stderr.write(_stated(newest, trusted) + "\n")
    return report, TimeStampState.CHECKED if trusted else TimeStampState.NOT_CHECKED


def _stated(newest: TimeStamp, trusted: Certificates) -> str:
    if not trusted:
        return _("time stamps NOT CHECKED: no certificates of the authority were given (--tsa-ca)")
    values = {"count": newest.signed_head.count, "at": newest.at}
    text = ngettext(
        "{count} entry existed at {at}, as {authority} states",
        "{count} entries existed at {at}, as {authority} states",
        newest.signed_head.count,
    )
    return text.format(**values, authority=visible(newest.authority))


def _trusted(arguments: argparse.Namespace) -> Certificates:
    file = Path(arguments.tsa_ca) if arguments.tsa_ca else None
    if file is None and not arguments.database:
        file = load_configuration(arguments).anchor.tsa_ca_file
    if file is None:
        return ()
    try:
        return load_certificates(file)
    except OSError as error:
        raise BadInput(f"{file}: {error.strerror}") from error
    except ValueError as error:
        raise BadInput(
            _("{file}: no certificates in PEM: {error}").format(file=file, error=error)
        ) from error


def _kept(path: Path) -> Iterator[tuple[int, TimeStamp]]:
    """Yield the number of each entry with a time stamp, and the time stamp, the oldest first."""
    for number, content in _contents(path):
        try:
            yield number, read_time_stamp(content)
        except BadTimeStampError as error:
            raise BadInput(f"{path}: entry {number}: {error}") from error


def _contents(path: Path) -> list[tuple[Any, ...]]:
    return _rows(
        path,
        "SELECT seq, content FROM evidence JOIN evidence_payload USING (seq)"
        " WHERE kind = ? AND content IS NOT NULL ORDER BY seq",
        (STAMPED,),
    )


def _hash_of(path: Path, seq: int) -> str:
    found = _rows(path, "SELECT hash FROM evidence WHERE seq = ?", (seq,))
    return found[0][0].hex() if found else ""


def _rows(path: Path, sql: str, values: Sequence[str | int]) -> list[tuple[Any, ...]]:
    try:
        with closing(connect(path)) as connection:
            return connection.execute(sql, values).fetchall()
    except (sqlite3.Error, OSError) as error:
        raise BadInput(f"{path}: {error}") from error
