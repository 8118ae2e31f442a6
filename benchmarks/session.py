"""A program on a pseudo-terminal: everything it writes with its time, and what it costs."""

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Self

STRANGE = (
    "NO_COLOR", "LINES", "COLUMNS", "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED",
)  # fmt: skip
"""What is not passed on: it changes what is drawn, or makes each start compile everything anew."""
SYNC_QUERY, SYNC_ANSWER = b"\x1b[?2026$p", b"\x1b[?2026;2$y"


class Session:
    """Runs `argv`; `record` holds (monotonic seconds, bytes) as they came."""

    def __init__(self, argv: Sequence[str], rows: int = 50, cols: int = 200) -> None:
        self.rows, self.cols = rows, cols
        self.record: list[tuple[float, bytes]] = []
        self.begun = time.monotonic()
        kept = {k: v for k, v in os.environ.items() if k not in STRANGE}
        kept |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LC_ALL": "C.UTF-8"}
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execvpe(argv[0], list(argv), kept)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self.fd)
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)

    def pump(self, seconds: float, until: bytes | None = None) -> bool:
        """Read for so long, or until something was written; whether it was."""
        end = time.monotonic() + seconds
        seen = b""
        while (left := end - time.monotonic()) > 0:
            if not select.select([self.fd], [], [], left)[0]:
                break
            try:
                data = os.read(self.fd, 65536)
            except OSError:
                break
            self.record.append((time.monotonic(), data))
            if SYNC_QUERY in data:
                os.write(self.fd, SYNC_ANSWER)
            seen += data
            if until is not None and until in seen:
                return True
        return False

    def send(self, keys: bytes) -> float:
        """Type; when."""
        now = time.monotonic()
        os.write(self.fd, keys)
        return now

    @property
    def written(self) -> bytes:
        """All that was written."""
        return b"".join(data for _, data in self.record)

    def since(self, begun: float) -> bytes:
        """Return what was written since."""
        return b"".join(data for at, data in self.record if at >= begun)

    def cpu(self) -> float:
        """CPU seconds of the program, its threads included, to the nanosecond."""
        return time.clock_gettime(~self.pid << 3 | 2)

    def resident(self) -> float:
        """Resident memory in MB."""
        with open(f"/proc/{self.pid}/statm", "rb") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
