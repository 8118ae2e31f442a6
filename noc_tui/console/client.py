"""The console's way to `nocd`: HTTP and JSON over the Unix socket, every change asked for here.

Threads do the waiting, over `noc_tui.console.wire`: an HTTP library would take longer to import
than all that a console does until its first frame, and a sixth of its memory.

    NocdError           what was asked was not done; `code` is the exit code of interfaces.md
    ├── RefusedError    role, missing approval, open step, read-only (code 4)
    └── DownError       no `nocd` answers (code 3)
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Thread  # noqa: TID251 -- it brings lines, and decodes none
from typing import Any, TypeVar
from urllib.parse import urlencode

import msgspec

from noc_tui.console import wire
from noc_tui.i18n import _, language

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
                raise _error(refusal.status, refusal.content)
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
            answer = await asyncio.to_thread(  # noqa: TID251 -- it brings bytes, decoded in the loop
                wire.ask, self.socket, method, path, headers, body, TIMEOUT_SECONDS
            )
        except OSError as error:
            raise self._down(error) from error
        if not _is_success(answer.status):
            raise _error(answer.status, answer.content)
        return msgspec.json.decode(answer.content, type=shape)

    def _down(self, error: Exception) -> DownError:
        text = _("nocd does not answer on {socket}: read-only").format(socket=self.socket)
        return DownError(text if not str(error) else f"{text} ({error})", 3)


def _error(status: int, content: bytes) -> NocdError:
    try:
        answer = msgspec.json.decode(content, type=_Answer)
    except msgspec.DecodeError:
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
        self.begun: asyncio.Future[wire.Answer | None] = self._loop.create_future()
        self._queue: asyncio.Queue[str | Exception | None] = asyncio.Queue()
        self._connection = wire.Connection(socket, SILENCE_SECONDS)
        self._closed = False
        self._thread = Thread(
            target=self._read, args=(path, dict(headers)), name="nocd-events", daemon=True
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
        self._connection.hang_up()

    def _read(self, path: str, headers: dict[str, str]) -> None:
        try:
            response = self._connection.request("GET", path, headers)
            if not _is_success(response.status):
                self._tell(self._begin, wire.Answer(response.status, response.read()))
                return
            self._tell(self._begin, None)
            for line in response.lines():
                self._tell(self._queue.put_nowait, line)
            self._tell(self._queue.put_nowait, None)
        except OSError as error:
            self._tell(self._break, error)
        finally:
            self._connection.close()

    def _tell(self, what: Callable[[Any], None], value: object) -> None:
        if self._closed:
            return
        try:
            self._loop.call_soon_threadsafe(what, value)
        except RuntimeError:
            self._closed = True  # the loop has ended: nobody listens any more

    def _begin(self, answer: wire.Answer | None) -> None:
        if not self.begun.done():
            self.begun.set_result(answer)

    def _break(self, error: Exception) -> None:
        if self.begun.done():
            self._queue.put_nowait(error)
        else:
            self.begun.set_exception(error)
