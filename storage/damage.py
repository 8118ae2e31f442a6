"""Whether the file is damaged, or a disk that failed to read made SQLite say so.

SQLite reports a read that the disk refused as a malformed file. What is asked here is answered by a
connection of its own, whose memory holds nothing of the file yet, over every page of it.
"""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

from storage import files
from storage.errors import (
    CorruptError,
    DamagedError,
    DiskError,
    NotADatabaseError,
    translate_errors,
)

LOOKS = 3
"""So many looks in a row must find the damage: a disk that fails may fail a look as well."""
_NAMED = 5
_PAGE_ERROR = re.compile(r"error code=(\d+)")


class Examination:
    """Looks at a file that SQLite found damaged, until it is known to be sound or damaged."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._damaged = 0

    def look(self) -> bool:
        """Read the whole file; True when it is sound, False when a next look is to tell. Blocks.

        Errors: `DamagedError` after `LOOKS` looks in a row that found damage; `UnwritableError`
        where the file cannot be read now, which says nothing of what it holds.
        """
        found = find_damage(self._path)
        self._damaged = self._damaged + 1 if found else 0
        if self._damaged >= LOOKS:
            raise DamagedError(
                f"{self._path}: the database is damaged, restore the last backup: {found}"
            )
        return not found


def find_damage(path: Path) -> str:
    """What is damaged of the file, in SQLite's words; empty where nothing is. Blocks.

    Errors: `UnwritableError` where it cannot be read now.
    """
    try:
        with translate_errors(path), closing(_connect(path)) as db:
            faults = [text for (text,) in db.execute(f"PRAGMA integrity_check({_NAMED})")]
    except (CorruptError, NotADatabaseError) as error:
        return str(error)
    refused = [code for text in faults for code in _PAGE_ERROR.findall(text)]
    if any(int(code) & 0xFF == sqlite3.SQLITE_IOERR for code in refused):
        raise DiskError(f"{path}: the database cannot be read: {'; '.join(faults)}")
    return "" if faults == ["ok"] else "; ".join(faults)


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(files.uri(path, "mode=ro"), uri=True, isolation_level=None)
