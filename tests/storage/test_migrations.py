"""Schemas that grow: older files are brought up, newer ones refused, failures leave the file."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from storage import errors, files
from storage.migrations import Migration, migrate, migration_numbers, read_migrations
from storage.reader import Reader
from tests.storage.conftest import NOW

FIRST = Migration(1, "0001_first", "CREATE TABLE thing (name TEXT);")
SECOND = Migration(2, "0002_second", "ALTER TABLE thing ADD COLUMN size INTEGER DEFAULT 7;")
NEWEST = Migration(9999, "9999_newest", "CREATE TABLE more (name TEXT);")
BROKEN = Migration(3, "0003_broken", "CREATE TABLE other (a); INSERT INTO nowhere VALUES (1);")


def query(path: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


def test_an_older_file_is_brought_up_and_kept_beside(path: Path) -> None:
    assert migrate(path, NOW, [FIRST]) == (FIRST,)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO thing VALUES ('old')")
        connection.commit()
    assert migrate(path, NOW, [FIRST, SECOND]) == (SECOND,)
    assert query(path, "SELECT * FROM thing") == [("old", 7)]
    backup = path.with_name("noc.db.before-0002_second")
    assert query(backup, "SELECT * FROM thing") == [("old",)]
    assert backup.stat().st_mode & 0o777 == 0o640
    assert migrate(path, NOW, [FIRST, SECOND]) == ()


def test_a_new_file_needs_no_backup(path: Path) -> None:
    migrate(path, NOW, [FIRST, SECOND])
    assert [file.name for file in path.parent.iterdir() if "before" in file.name] == []


def test_a_newer_file_is_refused(path: Path) -> None:
    migrate(path, NOW, [FIRST, SECOND])
    with pytest.raises(errors.NewerSchemaError, match=r"noc\.db: a newer program .*0002_second"):
        migrate(path, NOW, [FIRST])
    assert query(path, "SELECT count(*) FROM thing") == [(0,)]


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("migrations", "error"),
    [
        (read_migrations()[:-1], errors.OlderSchemaError),
        ((*read_migrations(), NEWEST), errors.NewerSchemaError),
    ],
)
async def test_a_console_reads_no_file_of_another_schema(
    path: Path, migrations: tuple[Migration, ...], error: type[errors.StorageError]
) -> None:
    migrate(path, NOW, migrations)
    with pytest.raises(error, match="nocd" if error is errors.OlderSchemaError else "noc-tui"):
        await Reader.open(path, daemon_alive=lambda: False)


def test_a_migration_that_fails_leaves_nothing_of_itself(path: Path) -> None:
    migrate(path, NOW, [FIRST])
    with pytest.raises(errors.StorageError, match=r"noc\.db: .*no such table"):
        migrate(path, NOW, [FIRST, BROKEN])
    assert query(path, "SELECT name FROM sqlite_master WHERE name = 'other'") == []
    assert query(path, "SELECT number FROM migration") == [(1,)]


def test_another_programs_file_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE theirs (a)")
    with pytest.raises(errors.NotADatabaseError, match="belongs to another program"):
        migrate(path, NOW)
    assert query(path, "SELECT name FROM sqlite_master") == [("theirs",)]


def test_a_text_file_is_no_database(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("hello\n" * 500)
    with pytest.raises(errors.NotADatabaseError, match="is not a database"):
        migrate(path, NOW)
    assert path.read_text().startswith("hello")


def test_the_shipped_migrations_are_numbered_once() -> None:
    numbers = [migration.number for migration in read_migrations()]
    assert numbers == sorted(set(numbers))
    assert migration_numbers() == set(numbers)


def test_a_backup_is_restored_and_what_was_there_kept(path: Path, tmp_path: Path) -> None:
    migrate(path, NOW, [FIRST])
    backup = tmp_path / "backup.db"
    files.copy(path, backup)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO thing VALUES ('later')")
        connection.commit()
    files.restore(backup, path)
    assert query(path, "SELECT count(*) FROM thing") == [(0,)]
    assert query(path.with_name("noc.db.replaced"), "SELECT name FROM thing") == [("later",)]


def test_restoring_refuses_what_is_no_backup_of_ours(path: Path, tmp_path: Path) -> None:
    text = tmp_path / "text"
    text.write_text("hello" * 500)
    with pytest.raises(errors.NotADatabaseError):
        files.restore(text, path)
    with pytest.raises(errors.UnavailableError, match="there is no such backup"):
        files.restore(tmp_path / "absent", path)
