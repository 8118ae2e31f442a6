"""What the entries hold of rows, gathered while the chain is read: the last digest of each row.

The index is a database of its own that SQLite keeps on the disk as it grows, so that millions of
rows take no more memory than a few.
"""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from storage.chain_checks import ChainFault
from storage.chain_reader import StoredEntry
from storage.evidence import ERASED
from storage.outcomes import outcomes_of, tells_outcome
from storage.payload_rows import PayloadRows
from storage.row_digests import ADOPTED
from storage.row_kinds import MADE_ONCE, may_bind
from storage.tables import Binding, Table
from storage.verdict import Verdict

_SCHEMA = """
CREATE TABLE latest(
  tbl INTEGER, key TEXT, seq INTEGER, digest TEXT, revision INTEGER, PRIMARY KEY (tbl, key)
) WITHOUT ROWID;
CREATE TABLE gathered(
  tbl INTEGER, seq INTEGER, digest TEXT, revision INTEGER, PRIMARY KEY (tbl, seq)
) WITHOUT ROWID;
"""
_OUTCOMES = """
CREATE TABLE outcome(
  tbl TEXT, key TEXT, state TEXT, said TEXT, at INTEGER, PRIMARY KEY (tbl, key)
) WITHOUT ROWID;
"""


class RowBinding(msgspec.Struct, frozen=True):
    """The entry that holds a row's last digest, which is None where the row was removed.

    `revision` is the change that wrote the entry; None where the row may have had another.
    """

    entry: int
    digest: str | None
    revision: int | None


class RowIndex:
    """The last digest of each row of some tables.

    `entry_of` gives the revision and the kind of an entry by its number; None and "" of none.
    """

    def __init__(
        self, tables: Sequence[Table[Any]], entry_of: Callable[[int], tuple[int | None, str]]
    ) -> None:
        self._numbers = {table.name: number for number, table in enumerate(tables)}
        self._gathers = {table.name for table in tables if table.binding is Binding.GATHERED}
        self._entry_of = entry_of
        self._db = sqlite3.connect("", isolation_level=None)  # on the disk, and gone with us
        self._db.executescript(_SCHEMA + _OUTCOMES)
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.execute("BEGIN")
        self.bound = False
        self.adopted: int | None = None
        self.erased_outcomes: set[str] = set()

    def close(self) -> None:
        """Drop it."""
        self._db.close()

    def take(self, stored: StoredEntry, said: PayloadRows) -> None:
        """The next entry, and what it holds of rows.

        Errors: `ChainFault` for rows adopted after others were bound, and for rows of a table that
        an entry of this kind never writes.
        """
        content, entry = stored.content, stored.entry
        if content is None or stored.erased_by is not None:
            self.erased_outcomes.add(tells_outcome(entry.kind))
            return
        for one in outcomes_of(entry.kind, content):
            row = (one.table, one.key, one.state, one.said, entry.at)
            self._db.execute("INSERT OR REPLACE INTO outcome VALUES (?, ?, ?, ?, ?)", row)
        if entry.kind == ADOPTED:
            if self.bound:
                reason = f"entry {entry.seq} adopts rows although entries before it hold digests"
                raise ChainFault(Verdict.ALTERED, entry.seq, reason)
            self.adopted = entry.seq
            for number, rows in said.rows_of.items():
                self._adopt(entry.seq, int(number), rows)
        elif entry.kind == ERASED:
            self.bound |= bool(said.rows_of)
            for number, rows in said.rows_of.items():
                revision, kind = self._entry_of(int(number))
                self._require_own(entry.seq, kind, rows)
                self._take(int(number), rows, revision)
        if said.rows:
            self.bound = True
            self._require_own(entry.seq, entry.kind, said.rows)
            self._require_new(entry.seq, entry.kind, said.rows)
            self._take(entry.seq, said.rows, stored.revision)

    def _require_own(self, seq: int, kind: str, tables: Iterable[str]) -> None:
        for table in tables:
            if table in self._numbers and not may_bind(kind, table):
                reason = f"entry {seq} ({kind}) holds digests of {table}, which it cannot write"
                raise ChainFault(Verdict.ALTERED, seq, reason)

    def _require_new(self, seq: int, kind: str, tables: Mapping[str, Mapping[str, Any]]) -> None:
        """A row that its kind of entry makes once is not made again, as another."""
        table = MADE_ONCE.get(kind, "")
        for key in tables.get(table, ()) if table in self._numbers else ():
            found = self._db.execute(
                "SELECT seq FROM latest WHERE tbl = ? AND key = ? AND digest IS NOT NULL",
                (self._numbers[table], key),
            )
            for (made,) in found:
                reason = f"entry {seq} ({kind}) makes {table} {key}, which entry {made} made"
                raise ChainFault(Verdict.ALTERED, seq, reason)

    def _adopt(self, seq: int, number: int, rows: Mapping[str, Mapping[str, Any]]) -> None:
        for table, said in rows.items():
            origin = number if table in self._gathers else seq
            self._take(origin, {table: said}, None)

    def _take(self, seq: int, rows: Mapping[str, Mapping[str, Any]], revision: int | None) -> None:
        for table, said in rows.items():
            number = self._numbers.get(table)
            if number is None:
                continue
            if table in self._gathers:
                self._db.execute(
                    "INSERT OR REPLACE INTO gathered VALUES (?, ?, ?, ?)",
                    (number, seq, digest_text(said), revision),
                )
                continue
            # What an erased entry held counts from where that entry stood.
            self._db.executemany(
                "INSERT INTO latest VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
                " seq = excluded.seq, digest = excluded.digest, revision = excluded.revision"
                " WHERE excluded.seq >= latest.seq",
                [(number, key, seq, digest, revision) for key, digest in said.items()],
            )

    def count_after(self, seq: int) -> int:
        """How many rows, or groups of them, rest on entries after that one alone."""
        ((count,),) = self._db.execute(
            "SELECT (SELECT count(*) FROM latest WHERE seq > ? AND digest IS NOT NULL)"
            " + (SELECT count(*) FROM gathered WHERE seq > ?)",
            (seq, seq),
        )
        return int(count)

    def of(self, table: Table[Any], key: str) -> RowBinding | None:
        """The last digest of a row; None when no entry has any."""
        found = self._db.execute(
            "SELECT seq, digest, revision FROM latest WHERE tbl = ? AND key = ?",
            (self._numbers[table.name], key),
        ).fetchone()
        return None if found is None else RowBinding(*found)

    def outcome(self, table: str, key: str) -> tuple[str, str | None, int] | None:
        """The state that entries say a row ended in, empty where it goes on, its last words, and
        when the last of them was written; None where no entry says anything.
        """
        found = self._db.execute(
            "SELECT state, said, at FROM outcome WHERE tbl = ? AND key = ?", (table, key)
        ).fetchone()
        return None if found is None else (found[0], found[1], found[2])

    def standing(self, table: Table[Any]) -> int:
        """How many rows the table should have."""
        ((count,),) = self._db.execute(
            "SELECT count(*) FROM latest WHERE tbl = ? AND digest IS NOT NULL",
            (self._numbers[table.name],),
        )
        return int(count)

    def keys(self, table: Table[Any]) -> Iterator[tuple[str, RowBinding]]:
        """The rows that the table should have."""
        rows = self._db.execute(
            "SELECT key, seq, digest, revision FROM latest WHERE tbl = ? AND digest IS NOT NULL",
            (self._numbers[table.name],),
        )
        for key, *bound in rows:
            yield key, RowBinding(*bound)

    def gathered(self, table: Table[Any]) -> Iterator[RowBinding]:
        """The digests over many rows, in the order of the entries whose number the rows bear."""
        rows = self._db.execute(
            "SELECT seq, digest, revision FROM gathered WHERE tbl = ? ORDER BY seq",
            (self._numbers[table.name],),
        )
        for row in rows:
            yield RowBinding(*row)


def digest_text(said: Mapping[str, Any]) -> str:
    """A digest over many rows as text: how many, and their SHA-256."""
    return f"{said.get('count')} rows {said.get('sha256')}"
