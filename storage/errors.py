"""What can go wrong with the file, in one tree; SQLite's own exceptions stop here.

StorageError
├── NotADatabaseError      the file is no SQLite file, or not one of this product
├── NewerSchemaError       a newer program wrote it
├── OlderSchemaError       an older program wrote it, and nocd has not brought it up to date
├── UnwritableError        it cannot be written now, and the same change may succeed later
│   ├── UnavailableError   it cannot be opened: missing, no permission, not readable now
│   │   └── DiskError      its disk does not give or take what is asked of it
│   ├── SuspectError       SQLite found it damaged once, which a failing disk does too
│   ├── MovedError         its files were moved, removed or replaced while they are open
│   ├── BusyError          another program holds the write lock
│   ├── ReadOnlyError      a write where only reading is allowed
│   └── DiskFullError      no space is left for it
├── CorruptError           SQLite finds the file damaged
│   └── DamagedError       it was read whole, more than once, and is damaged
├── UnstorableError        a value that no column can hold was asked for
├── UnrecordedRowError     a row of a recorded table was written without its entry
└── ConflictError          the change contradicts what is stored (a key, a trigger, a state)
"""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class StorageError(Exception):
    """The database cannot do what was asked; the text names the file and what to do.

    `path` is the file where SQLite or the system refused it, None elsewhere.
    """

    path: Path | None = None


class NotADatabaseError(StorageError):
    """The file is no SQLite file, or belongs to another program."""


class NewerSchemaError(StorageError):
    """A newer program has written this file; this one would misread it."""


class OlderSchemaError(StorageError):
    """The file lacks what this program reads: `nocd` of this version has not started on it."""


class UnwritableError(StorageError):
    """The file cannot be written now; nothing of the change was kept, and it may succeed later.

    `kind` is the state of the file in one word.
    """

    kind = "unavailable"


class UnavailableError(UnwritableError):
    """The file cannot be opened or read now."""


class DiskError(UnavailableError):
    """The disk failed to read or write the file: nothing is known of what the file holds."""


class SuspectError(UnwritableError):
    """SQLite found the file damaged. A disk that fails to read makes it say so of a sound file:
    nothing is written until the file was read whole, through a connection of its own.
    """

    kind = "suspect"


class MovedError(UnwritableError):
    """What is open no longer has the file's name: a commit would be read by nobody."""

    kind = "moved"


class BusyError(UnwritableError):
    """Another program holds the write lock for longer than we wait."""

    kind = "busy"


class ReadOnlyError(UnwritableError):
    """A write was tried where only reading is allowed."""

    kind = "read-only"


class DiskFullError(UnwritableError):
    """The file system has no room left; nothing of the change was kept."""

    kind = "full"


class CorruptError(StorageError):
    """SQLite finds the file damaged."""


class DamagedError(CorruptError):
    """The file was read whole, more than once, and is damaged: the record is in doubt."""


class UnrecordedRowError(StorageError):
    """A row that needs an entry of the evidence log has none; the text names table and keys."""


class UnstorableError(StorageError):
    """A number beyond 64 bits: nothing that is stored can have it."""


class ConflictError(StorageError):
    """The change contradicts what is stored: a key, a trigger, an illegal step."""


SUSPICIOUS = (CorruptError, NotADatabaseError)
"""What SQLite says of a damaged file, and of a sound one whose disk fails to read."""

_BY_CODE: dict[int, tuple[type[StorageError], str]] = {
    sqlite3.SQLITE_NOTADB: (NotADatabaseError, "is not a database"),
    sqlite3.SQLITE_CANTOPEN: (UnavailableError, "cannot be opened"),
    sqlite3.SQLITE_PERM: (UnavailableError, "cannot be opened: permission denied"),
    sqlite3.SQLITE_AUTH: (UnavailableError, "cannot be opened: permission denied"),
    sqlite3.SQLITE_IOERR: (DiskError, "cannot be read or written: input/output error"),
    sqlite3.SQLITE_BUSY: (BusyError, "is being written by another program"),
    sqlite3.SQLITE_LOCKED: (BusyError, "is being written by another program"),
    sqlite3.SQLITE_PROTOCOL: (BusyError, "is being written by another program"),
    sqlite3.SQLITE_READONLY: (ReadOnlyError, "may only be read here"),
    sqlite3.SQLITE_FULL: (DiskFullError, "has no room left on its disk"),
    sqlite3.SQLITE_CORRUPT: (CorruptError, "is damaged, or its disk failed to read it"),
    sqlite3.SQLITE_CONSTRAINT: (ConflictError, "refused the change"),
}

_BY_ERRNO: dict[int, type[UnwritableError]] = {
    errno.ENOSPC: DiskFullError,
    errno.EDQUOT: DiskFullError,
    errno.EIO: DiskError,
    errno.EROFS: ReadOnlyError,
}


def translate(error: sqlite3.Error, path: Path) -> StorageError:
    """SQLite's exception as ours, with SQLite's own words kept at the end."""
    code = getattr(error, "sqlite_errorcode", None)
    primary = code & 0xFF if isinstance(code, int) else -1
    kind, words = _BY_CODE.get(primary, (StorageError, "failed"))
    translated = kind(f"{path}: the database {words} ({error})")
    translated.path = path
    return translated


@contextmanager
def translate_errors(path: Path) -> Iterator[None]:
    """Every SQLite, number or file error within leaves as one of ours, naming `path`."""
    try:
        yield
    except sqlite3.Error as error:
        raise translate(error, path) from error
    except OverflowError as error:
        raise UnstorableError(f"{path}: a number beyond 64 bits: {error}") from error
    except PermissionError as error:
        raise UnavailableError(
            f"{path}: the database cannot be opened: permission denied"
        ) from error
    except OSError as error:
        kind = _BY_ERRNO.get(error.errno or 0, UnavailableError)
        raise kind(f"{path}: the database cannot be used: {error.strerror}") from error
