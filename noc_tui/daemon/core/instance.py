"""One daemon a database: a lock beside the file, held as long as the process lives."""

import fcntl
import os
from pathlib import Path


class AlreadyRunning(Exception):
    """Another `nocd` holds the database."""


class Instance:
    """The lock. The kernel drops it when the process ends, however it ends."""

    def __init__(self, database: Path) -> None:
        self.path = database.with_name(database.name + ".lock")
        self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        if os.geteuid() == 0:  # who restores may be root, and is not whose daemon comes after
            owner = database.parent.stat()
            os.fchown(self._file, owner.st_uid, owner.st_gid)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(self._file, 20).decode(errors="replace").strip()
            os.close(self._file)
            raise AlreadyRunning(f"nocd (pid {holder or '?'}) already holds {database}") from error
        os.ftruncate(self._file, 0)
        os.write(self._file, f"{os.getpid()}\n".encode())

    def release(self) -> None:
        """Let another daemon take the database."""
        os.close(self._file)
