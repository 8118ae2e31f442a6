"""The client of `nocd`: sends the requests of `noc_tui.api` over the Unix socket.

Commands wait for an answer with `ask_blocking`. The console's `ask` leaves the waiting to a thread,
which imports `noc_tui.console.nocd.transport` when it is the first.

    NocdError           the request failed; `code` is the command's exit code (see `noc_tui.cli`)
    ├── RefusedError    role, missing approval, open step, read-only (code 4)
    └── DownError       no `nocd` answers (code 3)
        └── StrangerError   another program or another version answers
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Thread  # noqa: TID251 -- it brings lines, and decodes none
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from noc_tui.api.endpoint import PLAYED, Failure, Request
from noc_tui.i18n import _, language

if TYPE_CHECKING:  # it comes with the first request, in its thread
    from noc_tui.console.nocd.transport import SocketConnection

A = TypeVar("A")
REFUSED = 4
UNREACHED = 3
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
    """No `nocd` answers at the socket: the console is read-only. `reason` says why."""

    def __init__(self, text: str, reason: str = "") -> None:
        super().__init__(text, UNREACHED)
        self.reason = reason


class StrangerError(DownError):
    """What answers at the socket is not this `nocd`."""


class Nocd:
    """The daemon at a socket. `play` is the operator played in a demo; `timeout` is in seconds,
    and no silence in an answer is longer.
    """

    def __init__(
        self, socket: Path, play: str | None = None, timeout: float = TIMEOUT_SECONDS
    ) -> None:
        self.socket = socket
        self.play = play
        self._timeout = timeout
        self._headers = {PLAYED: play} if play else {}

    async def ask(self, request: Request[A]) -> A:
        """Send the request and return its answer; raises `NocdError`."""
        headers = self._with_language()
        try:
            status, content = await asyncio.to_thread(  # noqa: TID251 -- bytes, decoded in the loop
                _exchanged, self.socket, request, headers, self._timeout
            )
        except OSError as error:
            raise self._down(error) from error
        return self._answer(request, status, content)

    def ask_blocking(self, request: Request[A]) -> A:
        """Send the request, wait, and return its answer; raises `NocdError`."""
        try:
            status, content = _exchanged(self.socket, request, self._with_language(), self._timeout)
        except OSError as error:
            raise self._down(error) from error
        return self._answer(request, status, content)

    @asynccontextmanager
    async def lines(self, request: Request[bytes]) -> AsyncIterator[AsyncIterator[str]]:
        """The lines of a stream without end; raises `NocdError`."""
        stream = _Stream(self.socket, request.target, self._headers)
        try:
            refusal = await stream.begun
            if refusal is not None:
                raise self._error(refusal)
            yield stream.lines()
        except OSError as error:
            raise self._down(error) from error
        finally:
            stream.close()

    def _with_language(self) -> dict[str, str]:
        """Headers with the language in use, in which a refusal is then worded."""
        return {
            **self._headers,
            "Content-Type": "application/json",
            "Accept-Language": language(),
        }

    def _answer(self, request: Request[A], status: int, content: bytes) -> A:
        if not _is_success(status):
            raise self._error(content)
        try:
            return msgspec.json.decode(content, type=request.answer)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise self._stranger() from error

    def _error(self, content: bytes) -> NocdError:
        try:
            failure = msgspec.json.decode(content, type=Failure)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return self._stranger()
        kind = RefusedError if failure.code == REFUSED else NocdError
        return kind(failure.error, failure.code)

    def _stranger(self) -> StrangerError:
        text = _("what answers on {socket} is not this nocd, or of another version")
        return StrangerError(text.format(socket=self.socket))

    def _down(self, error: Exception) -> DownError:
        text = _("nocd does not answer on {socket}: read-only").format(socket=self.socket)
        reason = str(error)
        return DownError(f"{text} ({reason})" if reason else text, reason)


def _exchanged(
    socket: Path, request: Request[Any], headers: Mapping[str, str], timeout: float
) -> tuple[int, bytes]:
    from noc_tui.console.nocd.transport import ask

    return ask(socket, request.method, request.target, headers, request.body, timeout)


def _is_success(status: int) -> bool:
    return status in SUCCESS


class _Stream:
    """A thread reads lines and hands them to the loop.

    `begun` becomes None when the stream is there, or what was answered instead, or an error.
    """

    def __init__(self, socket: Path, path: str, headers: Mapping[str, str]) -> None:
        self._loop = asyncio.get_running_loop()
        self.begun: asyncio.Future[bytes | None] = self._loop.create_future()
        self._queue: asyncio.Queue[str | Exception | None] = asyncio.Queue()
        self._connection: SocketConnection | None = None
        self._closed = False
        self._thread = Thread(
            target=self._run, args=(socket, path, dict(headers)), name="nocd-events", daemon=True
        )
        self._thread.start()

    async def lines(self) -> AsyncIterator[str]:
        """Yield each line; ends with the stream, raises what broke it."""
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
        from noc_tui.console.nocd.transport import SocketConnection

        self._connection = connection = SocketConnection(socket, SILENCE_SECONDS)
        try:
            self._read(connection, path, headers)
        except OSError as error:
            self._tell(self._break, error)
        finally:
            connection.close()

    def _read(self, connection: "SocketConnection", path: str, headers: dict[str, str]) -> None:
        from noc_tui.console.nocd.transport import lines, whole

        response = connection.ask("GET", path, headers)
        if not _is_success(response.status):
            self._tell(self._begin, whole(response))
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

    def _begin(self, answer: bytes | None) -> None:
        if not self.begun.done():
            self.begun.set_result(answer)

    def _break(self, error: Exception) -> None:
        if self.begun.done():
            self._queue.put_nowait(error)
        else:
            self.begun.set_exception(error)
