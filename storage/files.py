"""The files of the database and who may read them.

The group reads and cannot write: the file, `-wal` and `-shm` have mode 0640, their directory 2750
(so that what SQLite creates belongs to the group). A reader without write permission can open a
WAL database only while `-wal` and `-shm` exist, if only as empty files: so they are put back
whenever SQLite has removed them, which it does when the last connection closes.
"""

import contextlib
import itertools
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

from storage.errors import CorruptError, NotADatabaseError, UnavailableError, translate_errors

FILE_MODE = 0o640
DIRECTORY_MODE = 0o2750
SEALED = ".sealed"
"""The ending of a directory that its owner alone enters; the files in it are the owner's alone."""
SEALED_FILE_MODE = 0o600
SEALED_DIRECTORY_MODE = 0o700
SIDECARS = ("-wal", "-shm")
# "NOCU" as a number: marks the file as this product's, so that another one is never migrated.
APPLICATION_ID = 0x4E4F4355


def sidecar(path: Path, suffix: str) -> Path:
    """`noc.db` and `-wal` give `noc.db-wal`."""
    return path.with_name(path.name + suffix)


def uri(path: Path, query: str) -> str:
    """The file as SQLite's URI; `query` is `mode=ro` and the like."""
    return f"{path.absolute().as_uri()}?{query}"


def is_sealed(path: Path) -> bool:
    """Whether a file stands in a directory that its owner alone enters."""
    return path.parent.name.endswith(SEALED)


def _mode_of(path: Path) -> int:
    return SEALED_FILE_MODE if is_sealed(path) else FILE_MODE


def prepare(path: Path) -> None:
    """The directory and the file exist with their modes; a directory that exists is left alone,
    but that a sealed one is closed to all others again.
    """
    prepare_directory(path)
    with translate_errors(path):
        _touch(path)


def prepare_directory(path: Path) -> None:
    """The directory of a file exists; a sealed one is its owner's alone."""
    with translate_errors(path):
        if is_sealed(path):
            path.parent.mkdir(mode=SEALED_DIRECTORY_MODE, parents=True, exist_ok=True)
            path.parent.chmod(SEALED_DIRECTORY_MODE)
            if os.geteuid() == 0:  # who restores may be root, and is not whose daemon comes after
                owner = path.parent.parent.stat()
                os.chown(path.parent, owner.st_uid, owner.st_gid)
        elif not path.parent.is_dir():
            path.parent.mkdir(parents=True)
            path.parent.chmod(DIRECTORY_MODE)


def leave_readable(path: Path) -> None:
    """`-wal` and `-shm` exist, so that readers can open the file while nobody writes it."""
    with translate_errors(path):
        for suffix in SIDECARS:
            _touch(sidecar(path, suffix))


def _touch(path: Path) -> None:
    """Create the file if it is missing, and set its mode.

    A file that exists is never opened here: closing a second descriptor would drop the locks that
    SQLite holds on it in this process.
    """
    mode = _mode_of(path)
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, mode))
    found = path.stat()
    if found.st_uid == os.geteuid() and found.st_mode & 0o7777 != mode:
        path.chmod(mode)


def unused_name(path: Path) -> Path:
    """`path` itself, else the first of `path-2`, `path-3`, … that no file has."""
    if not os.path.lexists(path):
        return path
    numbered = (path.with_name(f"{path.name}-{number}") for number in itertools.count(2))
    return next(name for name in numbered if not os.path.lexists(name))


def copy(source: Path, target: Path) -> None:
    """A consistent copy of a database that may be in use, through SQLite's backup.

    The copy appears under its name only when it is whole, and on the disk. Errors:
    `UnavailableError` when there is a file of that name: a copy is never overwritten.
    """
    partial = target.with_name(target.name + ".partial")
    with translate_errors(target):
        partial.unlink(missing_ok=True)
        _touch(partial)
        origin = sqlite3.connect(uri(source, "mode=ro"), uri=True)
        try:
            _copy_into(origin, partial)
        finally:
            origin.close()
        sync(partial)
        _name(partial, target)
        sync(target.parent)


def put_back(origin: sqlite3.Connection, path: Path) -> None:
    """What a connection reads takes the name of its database again, which no file has now.

    Errors: `UnavailableError` when a file has it, or the disk does not take the copy.
    """
    partial = path.with_name(path.name + ".partial")
    with translate_errors(path):
        _remove(partial)
        _touch(partial)
        _copy_into(origin, partial)
        _set_wal(partial)
        for suffix in SIDECARS:  # those of the file that was removed
            sidecar(partial, suffix).unlink(missing_ok=True)
            sidecar(path, suffix).unlink(missing_ok=True)
        sync(partial)
        _name(partial, path)
        sync(path.parent)


def keep_beside(origin: sqlite3.Connection, path: Path) -> Path:
    """What a connection reads, as the first of `….replaced`, `….replaced-2`, … that is free."""
    kept = unused_name(path.with_name(path.name + ".replaced"))
    partial = kept.with_name(kept.name + ".partial")
    with translate_errors(kept):
        _remove(partial)
        _touch(partial)
        _copy_into(origin, partial)
        sync(partial)
        _name(partial, kept)
        sync(kept.parent)
    return kept


def _name(partial: Path, target: Path) -> None:
    """Give the file its name, unless another has it."""
    try:
        os.link(partial, target)
    except FileExistsError as error:
        raise UnavailableError(f"{target}: there is a file of that name already") from error
    except OSError as error:  # a file system without hard links
        if os.path.lexists(target):
            raise UnavailableError(f"{target}: there is a file of that name already") from error
        partial.rename(target)
    else:
        partial.unlink()


def sync(path: Path) -> None:
    """What was written to a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _copy_into(origin: sqlite3.Connection, partial: Path) -> None:
    copied = sqlite3.connect(partial)
    try:
        origin.backup(copied)
        copied.execute("PRAGMA journal_mode=DELETE")
    finally:
        copied.close()


def _as_it_is(fresh: Path, kept: Path | None) -> None:
    """What `restore` does to a copy before it takes its place, if nothing else is said."""


def restore(
    backup: Path, path: Path, prepare: Callable[[Path, Path | None], None] = _as_it_is
) -> Path | None:
    """Put a backup in the place of the database; `nocd` must be stopped.

    The file that was there stays, as the first of `….replaced`, `….replaced-2`, … that is free:
    its name is returned, None where there was none. `prepare` is given the copy before it takes
    the place, and that name; when it raises, nothing has changed. Readers can open the result at
    once, and it belongs to whom the file before it did, or the directory, whoever restores it.

    Errors: `NotADatabaseError` when `backup` is not this product's, `UnavailableError` when the
    database is still being written.
    """
    if not backup.is_file():
        raise UnavailableError(f"{backup}: there is no such backup")
    check_application(backup)
    prepare_directory(path)
    fresh = path.with_name(path.name + ".restoring")
    with translate_errors(path):
        owner = (path if path.exists() else path.parent).stat()
        kept = unused_name(path.with_name(path.name + ".replaced")) if path.exists() else None
        _remove(fresh)  # of a restore that was cut off: it never took the place
        copy(backup, fresh)
        prepare(fresh, kept)
        _set_wal(fresh)
        if kept is not None:
            _refuse_if_written(path)
            _keep(path, kept)
        for suffix in SIDECARS:
            sidecar(path, suffix).unlink(missing_ok=True)
            sidecar(fresh, suffix).unlink(missing_ok=True)
        fresh.replace(path)
        sync(path.parent)
    leave_readable(path)
    if os.geteuid() == 0:
        for file in (path, *(sidecar(path, suffix) for suffix in SIDECARS)):
            os.chown(file, owner.st_uid, owner.st_gid)
    return kept


def _remove(path: Path) -> None:
    for file in (path, *(sidecar(path, suffix) for suffix in SIDECARS)):
        file.unlink(missing_ok=True)


def _set_wal(path: Path) -> None:
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA journal_mode=WAL").fetchone()
    finally:
        connection.close()


def _keep(path: Path, kept: Path) -> None:
    """The database under a second name, with what its write-ahead log still holds.

    While a console reads, the log cannot always be emptied into the file: it then goes along.
    """
    os.link(path, kept)
    wal = sidecar(path, "-wal")
    if wal.exists() and wal.stat().st_size:
        os.link(wal, sidecar(kept, "-wal"))
    os.utime(kept)  # its age counts from here


def check_application(path: Path) -> None:
    """Refuse a file that another program made; an empty one is a database to be."""
    with translate_errors(path):
        connection = sqlite3.connect(uri(path, "mode=ro&immutable=1"), uri=True)
        try:
            (found,) = connection.execute("PRAGMA application_id").fetchone()
            (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        finally:
            connection.close()
    if tables and found != APPLICATION_ID:
        raise NotADatabaseError(f"{path}: this SQLite file belongs to another program")


def _refuse_if_written(path: Path) -> None:
    """A change under way would be lost; a file that is damaged may be replaced all the same."""
    try:
        with translate_errors(path):
            connection = sqlite3.connect(path, timeout=1, isolation_level=None)
            try:
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("ROLLBACK")
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                connection.close()
    except (NotADatabaseError, CorruptError):
        return
