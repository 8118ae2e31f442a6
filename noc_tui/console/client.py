"""The console's way to `nocd`: HTTP and JSON over the Unix socket, every change asked for here.

httpx is imported when the first request is made, in a thread, after the first frame.

    NocdError           what was asked was not done; `code` is the exit code of interfaces.md
    ├── RefusedError    role, missing approval, open step, read-only (code 4)
    └── DownError       no `nocd` answers (code 3)
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from noc_tui.i18n import _

if TYPE_CHECKING:  # its import alone takes longer than everything before the first frame
    import httpx

T = TypeVar("T")
PLAYED = "X-Noc-As"
REFUSED = 4
TIMEOUT_SECONDS = 20.0


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
        self._play = play
        self._http: httpx.AsyncClient | None = None

    async def get(self, path: str, shape: type[T], **query: str | int) -> T:
        """What is at a path; raises `NocdError`."""
        return await self._ask("GET", path, shape, params=query)

    async def post(self, path: str, shape: type[T], body: object) -> T:
        """Ask for a change; what it led to. Raises `NocdError`."""
        return await self._ask("POST", path, shape, content=msgspec.json.encode(body))

    @asynccontextmanager
    async def lines(self, path: str) -> AsyncIterator[AsyncIterator[str]]:
        """The lines of a stream without end; raises `NocdError`."""
        http = await self._client()
        import httpx

        try:
            async with http.stream("GET", path, timeout=httpx.Timeout(5, read=60)) as response:
                if not response.is_success:
                    raise _error(response.status_code, await response.aread())
                yield response.aiter_lines()
        except httpx.TransportError as error:
            raise self._down(error) from error

    async def close(self) -> None:
        """Let go of the socket."""
        if self._http is not None:
            await self._http.aclose()

    async def _ask(self, method: str, path: str, shape: type[T], **how: Any) -> T:
        http = await self._client()
        import httpx

        try:
            response = await http.request(method, path, **how)
        except httpx.TransportError as error:
            raise self._down(error) from error
        if not response.is_success:
            raise _error(response.status_code, response.content)
        return msgspec.json.decode(response.content, type=shape)

    async def _client(self) -> "httpx.AsyncClient":
        if self._http is None:
            await asyncio.to_thread(import_module, "httpx")
            import httpx

            self._http = httpx.AsyncClient(
                transport=httpx.AsyncHTTPTransport(uds=str(self.socket)),
                base_url="http://nocd",
                headers={PLAYED: self._play} if self._play else {},
                timeout=TIMEOUT_SECONDS,
                trust_env=False,
            )
        return self._http

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
