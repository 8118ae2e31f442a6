"""Is the record what was written? One verdict over chain and rows, and what is not as it was.

Blocks; reads one snapshot without changing anything, whoever writes meanwhile.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import msgspec

from storage import file_checks
from storage.bound_tables import BOUND_TABLES
from storage.chain_checks import (
    ChainFault,
    MayBeErased,
    Walk,
    check_entry,
    check_erasures,
    check_heads,
    check_key_rows,
    is_signed_over,
)
from storage.chain_reader import connect, entries, kept_heads, keys
from storage.heads import Head
from storage.payload_rows import decode_rows
from storage.replay import Replay
from storage.row_checks import RowChecker
from storage.row_index import RowIndex
from storage.row_sums import altered_state, signed_sums
from storage.statements import quote_name
from storage.tables import Binding, Table
from storage.verdict import LIMIT, AlteredRow, Report, Verdict

Progress = Callable[[int, int], None]
"""Told how many entries and rows were looked at, of how many; may wait, to leave others the
processor."""

PACE = 64
"""So many entries or rows between two reports of progress."""


def verify(
    path: Path,
    heads: Sequence[Head] = (),
    *,
    tables: Sequence[Table[Any]] = BOUND_TABLES,
    tenant: str | None = None,
    may_be_erased: MayBeErased | None = None,
    progress: Progress | None = None,
) -> Report:
    """Read the whole chain, then the rows of `tables`.

    `heads` are compared besides those that are kept in the file. With `tenant`, rows that concern
    other tenants alone are left out of the verdict. Contents that are gone are those that
    `may_be_erased` lets go, where it is given.
    """
    try:
        db = connect(path)
    except (sqlite3.Error, OSError) as error:
        reason = f"{path}: the record cannot be read: {error}"
        return Report(Verdict.UNREADABLE, 0, reason, outside=len(heads))
    with closing(db):
        return verify_snapshot(
            db,
            heads,
            tables=tables,
            tenant=tenant,
            may_be_erased=may_be_erased,
            progress=progress,
            name=str(path),
        )


def verify_snapshot(
    db: sqlite3.Connection,
    heads: Sequence[Head] = (),
    *,
    tables: Sequence[Table[Any]] = BOUND_TABLES,
    tenant: str | None = None,
    may_be_erased: MayBeErased | None = None,
    progress: Progress | None = None,
    name: str = "the database",
) -> Report:
    """As `verify`, of the snapshot of a connection from `chain_reader.connect`: what is read from
    it afterwards is what was verified.
    """
    run = _Verification(heads, tables, tenant, may_be_erased)
    try:
        return run.look(db, _Pace(db, tables, progress))
    except ChainFault as bad:
        return run.report(bad.verdict, bad.reason, first_bad=bad.seq)
    except (sqlite3.Error, OSError, ValueError, TypeError, msgspec.DecodeError) as error:
        seq = run.walk.count + 1 if run.walk.count and not run.followed else None
        reason = f"{name}: the record cannot be read: {error}"
        return run.report(Verdict.UNREADABLE, reason, first_bad=seq)


class _Pace:
    """Counts what was looked at, and tells of it now and then."""

    def __init__(
        self, db: sqlite3.Connection, tables: Sequence[Table[Any]], progress: Progress | None
    ) -> None:
        self._progress = progress
        self._done = 0
        self._total = 0
        if progress is not None:
            names = ["evidence", *(table.name for table in tables)]
            self._total = sum(
                db.execute(f"SELECT count(*) FROM {quote_name(name)}").fetchone()[0]  # noqa: S608 - names from code
                for name in names
            )

    def step(self) -> None:
        self._done += 1
        if self._progress is not None and not self._done % PACE:
            self._progress(min(self._done, self._total), self._total)


class _Verification:
    """One verification: what was found so far."""

    def __init__(
        self,
        heads: Sequence[Head],
        tables: Sequence[Table[Any]],
        tenant: str | None,
        may_be_erased: MayBeErased | None,
    ) -> None:
        self._may_be_erased = may_be_erased
        self.walk = Walk({})
        self.followed = False
        self._outside = heads
        self._tables = tables
        self._tenant = tenant
        self._compared = 0
        self._signed = 0
        self._unsigned_rows = 0
        self._rows = 0
        self._adopted: int | None = None
        self._aside: ChainFault | None = None  # told when nothing else is wrong

    def look(self, db: sqlite3.Connection, pace: _Pace) -> Report:
        def entry_of(seq: int) -> tuple[int | None, str]:
            sql = "SELECT revision, kind FROM evidence WHERE seq = ?"
            return db.execute(sql, (seq,)).fetchone() or (None, "")

        single = [table for table in self._tables if table.binding is not Binding.GATHERED]
        with closing(RowIndex(self._tables, entry_of)) as index, closing(Replay(single)) as log:
            self._chain(db, index, log, pace)
            if not self.walk.count and file_checks.has_lived(db):
                return self.report(
                    Verdict.EMPTY, "there is no entry, in a database that was in use"
                )
            self._check_heads(db)
            return self._check_rows(db, index, log, pace)

    def _chain(self, db: sqlite3.Connection, index: RowIndex, log: Replay, pace: _Pace) -> None:
        self.walk.keys = keys(db)
        for stored in entries(db):
            check_entry(self.walk, stored)
            said = decode_rows(stored.content)
            index.take(stored, said)
            log.take(stored, said)
            pace.step()
        self.followed = True
        self._adopted = index.adopted
        self._aside = self.walk.key_fault
        check_erasures(self.walk, self._may_be_erased)
        file_checks.check_orphans(db)

    def _check_heads(self, db: sqlite3.Connection) -> None:
        compared = [*kept_heads(db), *self._outside]
        with self._unless_decisive():
            check_key_rows(self.walk)
        with self._unless_decisive():
            check_heads(self.walk, compared)
        self._compared = len(compared)
        ours = [head.count for head in compared if is_signed_over(self.walk, head)]
        self._signed = max(ours, default=0)
        file_checks.check_head_rows(db)
        if self._aside is None:
            file_checks.check_key_order(db)

    @contextmanager
    def _unless_decisive(self) -> Iterator[None]:
        """What is told when nothing else is wrong is kept, and the rows are looked at as well."""
        try:
            yield
        except ChainFault as bad:
            if bad.verdict not in _BESIDE_ROWS:
                raise
            self._aside = self._aside or bad

    def _check_rows(
        self, db: sqlite3.Connection, index: RowIndex, log: Replay, pace: _Pace
    ) -> Report:
        older, newer = file_checks.missing_migrations(db)
        if newer:
            return self.report(Verdict.UNREADABLE, "a newer program wrote this database")
        if older:
            return self.report(Verdict.UNBOUND_ROWS, _OLDER)
        file_checks.check_revisions(db)
        file_checks.check_integrity(db)
        checker = RowChecker(db, index, pace.step, signed_sums(db))
        self._unsigned_rows = index.count_after(self._signed)
        if not index.bound and index.adopted is None and self._any_row(db):
            return self.report(Verdict.UNBOUND_ROWS, _UNBOUND)
        altered: list[AlteredRow] = []
        count = 0
        for one in self._altered(db, checker, log):
            if self._tenant is not None and not one.concerns(self._tenant):
                continue
            count += 1
            if len(altered) < LIMIT:
                altered.append(one)
        self._rows = checker.rows
        if (aside := self._aside) is not None and (
            not altered or aside.verdict is Verdict.KEY_CHANGED
        ):
            return self.report(
                aside.verdict,
                "; ".join([aside.reason, *_counted(altered, count)]),
                first_bad=aside.seq,
                altered=altered,
                altered_count=count,
            )
        if altered:
            (reason,) = _counted(altered, count)
            return self.report(Verdict.ALTERED_ROWS, reason, altered=altered, altered_count=count)
        reason = f"all {self.walk.count} entries are as they were written"
        return self.report(Verdict.INTACT, reason)

    def _altered(
        self, db: sqlite3.Connection, checker: RowChecker, log: Replay
    ) -> Iterator[AlteredRow]:
        yield from file_checks.schema_changes(db)
        yield from file_checks.forged_removals(db, self._tables)
        yield from altered_state(db, self._signed)
        for table in self._tables:
            named = set()
            for one in checker.check(table):
                named.add(one.key)
                yield one
            yield from (one for one in _taken_over(log, table) if one.key not in named)

    def _any_row(self, db: sqlite3.Connection) -> bool:
        return any(
            db.execute(f"SELECT 1 FROM {quote_name(table.name)} LIMIT 1").fetchone()  # noqa: S608 - names from code
            for table in self._tables
        )

    def report(
        self,
        verdict: Verdict,
        reason: str,
        *,
        first_bad: int | None = None,
        altered: Sequence[AlteredRow] = (),
        altered_count: int = 0,
    ) -> Report:
        told = verdict in (Verdict.INTACT, Verdict.ALTERED_ROWS)
        return Report(
            verdict=verdict,
            count=self.walk.count,
            reason=reason,
            first_bad=first_bad,
            heads=self._compared if told else 0,
            erased=len(self.walk.erased),
            last_hash=self.walk.last.hex() if told else "",
            outside=len(self._outside),
            covered=max((head.count for head in self._outside), default=0) if told else 0,
            rows=self._rows,
            signed=self._signed if told or verdict in _BESIDE_ROWS else 0,
            unsigned_rows=self._unsigned_rows,
            adopted=self._adopted,
            altered=altered,
            altered_count=altered_count,
        )


def _taken_over(log: Replay, table: Table[Any]) -> Iterator[AlteredRow]:
    """The rows of which a genuine act wrote anew what somebody had changed: the digest in its entry
    is of the row as it was found, and not of the values that the log holds.
    """
    if table.binding is Binding.GATHERED:
        return
    for row in log.rows(table):
        if row.is_altered:
            tenant = row.known.get("tenant")
            whose = (tenant,) if isinstance(tenant, str) and tenant else ()
            yield AlteredRow(
                table.name,
                row.key,
                row.entry,
                expected=row.digest,
                found=_OTHER_VALUES,
                tenants=whose,
            )


def _counted(altered: Sequence[AlteredRow], count: int) -> list[str]:
    if not altered:
        return []
    return [f"{count} rows are not as the record holds them; {altered[0].line()}"]


_BESIDE_ROWS = (Verdict.RESTORED, Verdict.KEY_CHANGED)
"""What is told of a chain of which the rows are compared all the same."""
_OTHER_VALUES = "other values in the log"
_OLDER = "an older nocd wrote this file: start nocd of this version once on it, then verify again"
_UNBOUND = "no entry holds the digest of any row: start nocd of this version once on this database"
