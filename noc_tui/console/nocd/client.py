"""The console's way to `nocd`: HTTP and JSON over the Unix socket, every change asked for here.

Threads do the waiting, over `noc_tui.console.nocd.transport`, which the first of them imports.

    NocdError           what was asked was not done; `code` is the exit code of interfaces.md
    ├── RefusedError    role, missing approval, open step, read-only (code 4)
    └── DownError       no `nocd` answers (code 3)
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Thread  # noqa: TID251 -- it brings lines, and decodes none
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

import msgspec

from noc_tui.i18n import _, language

if TYPE_CHECKING:  # it comes with the first request, in its thread
    from noc_tui.console.nocd.transport import Connection

T = TypeVar("T")
PLAYED = "X-Noc-As"
REFUSED = 4
SUCCESS = range(200, 300)
TIMEOUT_SECONDS = 20.0
SILENCE_SECONDS = 60.0
"""A stream that says nothing for so long is taken for broken: `nocd` sends heartbeats."""


class NocdError(Exception):
    """What was asked was not done; the text is for the operator."""

    def __init__(self, text: str, code: int) -> None:
        super().__init__(text)
        self.code = code


class RefusedError(NocdError):
    """`nocd` would not: role, missing approval, open step."""


class DownError(NocdError):
    """No `nocd` answers: the console is read-only."""


class _Answer(msgspec.Struct):
    """The daemon's one form of error."""

    error: str
    code: int


class Nocd:
    """The daemon at a socket. `play` is the operator played in a demo."""

    def __init__(self, socket: Path, play: str | None = None) -> None:
        self.socket = socket
        self._headers = {PLAYED: play} if play else {}

    async def get(self, path: str, shape: type[T], **query: str | int) -> T:
        """What is at a path; raises `NocdError`."""
        return await self._ask("GET", f"{path}?{urlencode(query)}" if query else path, shape)

    async def post(self, path: str, shape: type[T], body: object) -> T:
        """Ask for a change; what it led to. Raises `NocdError`."""
        return await self._ask("POST", path, shape, msgspec.json.encode(body))

    @asynccontextmanager
    async def lines(self, path: str) -> AsyncIterator[AsyncIterator[str]]:
        """The lines of a stream without end; raises `NocdError`."""
        stream = _Stream(self.socket, path, self._headers)
        try:
            refusal = await stream.begun
            if refusal is not None:
                raise _error(*refusal)
            yield stream.lines()
        except OSError as error:
            raise self._down(error) from error
        finally:
            stream.close()

    async def _ask(self, method: str, path: str, shape: type[T], body: bytes = b"") -> T:
        headers = {
            **self._headers,
            "Content-Type": "application/json",
            "Accept-Language": language(),
        }
        try:
            status, content = await asyncio.to_thread(  # noqa: TID251 -- bytes, decoded in the loop
                _asked, self.socket, method, path, headers, body
            )
        except OSError as error:
            raise self._down(error) from error
        if not _is_success(status):
            raise _error(status, content)
        try:
            return msgspec.json.decode(content, type=shape)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise self._stranger() from error

    def _stranger(self) -> DownError:
        text = _("what answers on {socket} is not this nocd, or of another version")
        return DownError(text.format(socket=self.socket), 3)

    def _down(self, error: Exception) -> DownError:
        text = _("nocd does not answer on {socket}: read-only").format(socket=self.socket)
        return DownError(text if not str(error) else f"{text} ({error})", 3)


def _asked(
    socket: Path, method: str, path: str, headers: Mapping[str, str], body: bytes
) -> tuple[int, bytes]:
    from noc_tui.console.nocd.transport import ask

    return ask(socket, method, path, headers, body, TIMEOUT_SECONDS)


def _error(status: int, content: bytes) -> NocdError:
    try:
        answer = msgspec.json.decode(content, type=_Answer)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return NocdError(_("nocd answered {status}").format(status=status), 1)
    kind = RefusedError if answer.code == REFUSED else NocdError
    return kind(answer.error, answer.code)


def _is_success(status: int) -> bool:
    return status in SUCCESS


class _Stream:
    """A thread reads lines and hands them to the loop.

    `begun` becomes None when the stream is there, or what was answered instead, or an error.
    """

    def __init__(self, socket: Path, path: str, headers: Mapping[str, str]) -> None:
        self._loop = asyncio.get_running_loop()
        self.begun: asyncio.Future[tuple[int, bytes] | None] = self._loop.create_future()
        self._queue: asyncio.Queue[str | Exception | None] = asyncio.Queue()
        self._connection: Connection | None = None
        self._closed = False
        self._thread = Thread(
            target=self._run, args=(socket, path, dict(headers)), name="nocd-events", daemon=True
        )
        self._thread.start()

    async def lines(self) -> AsyncIterator[str]:
        """Each line; ends with the stream, raises what broke it."""
        while (item := await self._queue.get()) is not None:
            if isinstance(item, Exception):
                raise item
            yield item

    def close(self) -> None:
        """Stop reading."""
        self._closed = True
        if self._connection is not None:
            self._connection.hang_up()

    def _run(self, socket: Path, path: str, headers: dict[str, str]) -> None:
        from noc_tui.console.nocd.transport import Connection

        self._connection = connection = Connection(socket, SILENCE_SECONDS)
        try:
            self._read(connection, path, headers)
        except OSError as error:
            self._tell(self._break, error)
        finally:
            connection.close()

    def _read(self, connection: "Connection", path: str, headers: dict[str, str]) -> None:
        from noc_tui.console.nocd.transport import lines, whole

        response = connection.ask("GET", path, headers)
        if not _is_success(response.status):
            self._tell(self._begin, (response.status, whole(response)))
            return
        self._tell(self._begin, None)
        for line in lines(response):
            if self._closed:  # before there was a connection to hang up
                return
            self._tell(self._queue.put_nowait, line)
        self._tell(self._queue.put_nowait, None)

    def _tell(self, what: Callable[[Any], None], value: object) -> None:
        if self._closed:
            return
        try:
            self._loop.call_soon_threadsafe(what, value)
        except RuntimeError:
            self._closed = True  # the loop has ended: nobody listens any more

    def _begin(self, answer: tuple[int, bytes] | None) -> None:
        if not self.begun.done():
            self.begun.set_result(answer)

    def _break(self, error: Exception) -> None:
        if self.begun.done():
            self._queue.put_nowait(error)
        else:
            self.begun.set_exception(error)
