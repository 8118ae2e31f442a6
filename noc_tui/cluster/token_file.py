"""A token that is read again when its file changes, so that a renewed one needs no restart."""

from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from noc_tui.cluster.connection_config import ApiToken
from noc_tui.regular_file import read_regular

_MOST = 1 << 16
_Mark = tuple[int, int, int, int]


@dataclass(slots=True)
class TokenFile:
    """`current` is the token of the file, or `first` where no file is named.

    A file that is away, or does not hold a token just now (it is being written), leaves the token
    that was read last in use; `problem` then says what is wrong with it. Callable from any thread.
    """

    first: ApiToken
    file: Path | None = None
    problem: str = ""
    _token: ApiToken = field(init=False)
    _mark: _Mark | None = None
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self._token = self.first

    def current(self) -> ApiToken:
        """The token to use now: one look at the file's inode, and a read where it changed."""
        if self.file is None:
            return self._token
        with self._lock:
            try:
                found = self.file.stat()
                mark = (found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino)
                if mark != self._mark:
                    self._token = ApiToken.parse(read_regular(self.file, _MOST).decode())
                    self._mark, self.problem = mark, ""
            except (OSError, ValueError) as error:
                said = error.strerror if isinstance(error, OSError) else "it holds no token"
                self.problem = f"{self.file.name}: {said}"
            return self._token
