"""Schema by numbered files, `migrations/NNNN_name.sql`, each applied once, in a transaction.

Before each one an existing file is copied beside itself (`noc.db.before-0002_evidence`, and with a
number behind it where an earlier copy has that name). A file in
which a migration is recorded that this program does not have was written by a newer one and is
refused.
"""

import re
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from storage import files
from storage.errors import NewerSchemaError, NotADatabaseError, translate_errors
from storage.times import micros

_FOLDER = Path(__file__).with_name("migrations")
BUSY_TIMEOUT_SECONDS = 5.0
_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")

_RECORD = """
CREATE TABLE IF NOT EXISTS migration (
  number INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  applied_at INTEGER NOT NULL
) STRICT
"""


class Migration(msgspec.Struct, frozen=True, order=True):
    """One step of the schema; `name` is the file's without its ending."""

    number: int
    name: str
    sql: str


def read_migrations() -> tuple[Migration, ...]:
    """The migrations of this program, in order. Numbers may have gaps, and no twins."""
    found = [
        Migration(int(matched[1]), entry.name.removesuffix(".sql"), entry.read_text("utf-8"))
        for entry in _FOLDER.iterdir()
        if (matched := _NAME.fullmatch(entry.name))
    ]
    numbers = [migration.number for migration in found]
    if twins := sorted({n for n in numbers if numbers.count(n) > 1}):
        raise ValueError(f"two migrations have the number {twins[0]:04}")
    return tuple(sorted(found))


def migration_numbers() -> frozenset[int]:
    """The numbers of this program's migrations, without reading them."""
    names = (_NAME.fullmatch(entry.name) for entry in _FOLDER.iterdir())
    return frozenset(int(matched[1]) for matched in names if matched)


def make_schema(connection: sqlite3.Connection) -> None:
    """Make this program's tables, triggers, indexes and views in an empty database."""
    connection.execute(_RECORD)
    for migration in read_migrations():
        connection.executescript(migration.sql)


def migrate(
    path: Path,
    now: datetime,
    migrations: Sequence[Migration] | None = None,
    *,
    copies: bool = True,
) -> tuple[Migration, ...]:
    """Bring the file up to this program's schema; returns what was applied.

    The file is created when it is missing. Without `copies` it is a copy itself, and none is made
    of it. Blocks: call it before the loop, or from a thread.

    Errors: `NewerSchemaError`, `NotADatabaseError`, `DiskFullError`, `UnavailableError`,
    `BusyError`; after any of them the file is as it was.
    """
    wanted = read_migrations() if migrations is None else tuple(migrations)
    files.prepare(path)
    with translate_errors(path):
        connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None)
        try:
            return _migrate(connection, path, now, wanted, copies=copies)
        finally:
            connection.close()


def _migrate(
    connection: sqlite3.Connection,
    path: Path,
    now: datetime,
    wanted: Sequence[Migration],
    *,
    copies: bool,
) -> tuple[Migration, ...]:
    _claim(connection, path)
    done = _applied(connection)
    if unknown := sorted(set(done) - {migration.number for migration in wanted}):
        raise NewerSchemaError(
            f"{path}: a newer program wrote this database (its schema has"
            f" {done[unknown[0]]}, which this program does not know): start that program, or"
            " restore a backup made before the upgrade"
        )
    pending = tuple(migration for migration in wanted if migration.number not in done)
    _try_to_write(connection, needed=bool(pending))
    is_new = not done
    for migration in pending:
        if copies and not is_new:
            name = path.with_name(f"{path.name}.before-{migration.name}")
            files.copy(path, files.unused_name(name))
        _apply(connection, migration, now)
        done[migration.number] = migration.name
    return pending


def _claim(connection: sqlite3.Connection, path: Path) -> None:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables and application != files.APPLICATION_ID:
        raise NotADatabaseError(f"{path}: this SQLite file belongs to another program")
    connection.execute("PRAGMA journal_mode=WAL").fetchone()
    if not tables:
        connection.execute(f"PRAGMA application_id={files.APPLICATION_ID}")
    connection.execute(_RECORD)


def _try_to_write(connection: sqlite3.Connection, *, needed: bool) -> None:
    """SQLite opens a file that may not be written for reading: only a write tells. Another program
    that writes it now matters only where something `needed` is to be written.
    """
    try:
        connection.execute("DELETE FROM migration WHERE 0")
    except sqlite3.OperationalError as error:
        if needed or error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise


def _applied(connection: sqlite3.Connection) -> dict[int, str]:
    return dict(connection.execute("SELECT number, name FROM migration").fetchall())


def _apply(connection: sqlite3.Connection, migration: Migration, now: datetime) -> None:
    # executescript runs a whole file and, unlike execute, leaves BEGIN and COMMIT to the script.
    try:
        connection.executescript(f"BEGIN IMMEDIATE;\n{migration.sql}\n")
        connection.execute(
            "INSERT INTO migration(number, name, applied_at) VALUES (?, ?, ?)",
            (migration.number, migration.name, micros(now)),
        )
        connection.execute("COMMIT")
    except sqlite3.Error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
