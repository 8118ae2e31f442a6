"""Whether the files that SQLite holds open still stand at their names.

It goes on with what it holds when a file was moved, removed or replaced: what is committed then is
read by nobody who opens the file, and a removed one ends with the process.
"""

import enum
import os
from pathlib import Path

from storage import files
from storage.errors import MovedError, translate_errors

_GONE = " (deleted)"
"""What the kernel puts behind the name of an open file that has none any more."""


class Whereabouts(enum.Enum):
    """Where the files of an open database are."""

    IN_PLACE = "in place"
    LOG_GONE = "the file is in place, its log or the log's index is not"
    REMOVED = "the file has no name any more, and nothing stands at its own"
    REPLACED = "the file has no name any more, and another stands at its own"
    ELSEWHERE = "the file has another name now"


class OpenFiles:
    """A database and its sidecars by what they are, to be compared with what has their names."""

    def __init__(self, path: Path) -> None:
        self._path = path
        # For the number of its names. No lock of SQLite's goes when such a descriptor is closed.
        self._held = os.open(path, os.O_PATH | os.O_CLOEXEC)
        self._known = [_identity(name) for name in self._names()]

    def whereabouts(self) -> Whereabouts:
        """Where they are now: a look at three names."""
        try:
            now = [_identity(name) for name in self._names()]
        except OSError:  # a folder that may not be entered moves no file
            return Whereabouts.IN_PLACE
        if now == self._known:
            return Whereabouts.IN_PLACE
        if now[0] == self._known[0]:
            return Whereabouts.LOG_GONE
        if os.fstat(self._held).st_nlink:
            return Whereabouts.ELSEWHERE
        return Whereabouts.REMOVED if now[0] is None else Whereabouts.REPLACED

    def check(self) -> None:
        """Raises `MovedError` unless each has its name."""
        found = self.whereabouts()
        if found is not Whereabouts.IN_PLACE:
            raise MovedError(f"{self._path}: {found.value}")

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._held)

    def _names(self) -> list[Path]:
        return [self._path, *(files.sidecar(self._path, suffix) for suffix in files.SIDECARS)]


def check_forgotten(path: Path) -> None:
    """Raises `MovedError` while this process holds a removed log or index of that database open:
    a connection that is opened beside it would share it.
    """
    with translate_errors(path):
        real = path.resolve()
    gone = {f"{files.sidecar(real, suffix)}{_GONE}" for suffix in files.SIDECARS}
    for descriptor in os.listdir("/proc/self/fd"):
        try:
            held = os.readlink(f"/proc/self/fd/{descriptor}")
        except OSError:  # closed meanwhile
            continue
        if held in gone:
            raise MovedError(f"{path}: a removed file of it is still being read")


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino
