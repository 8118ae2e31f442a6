"""A command's way to `nocd`: one request over the Unix socket, its refusals as exit codes."""

from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
import msgspec

from noc_tui.commands.failure import BadInput, CommandFailure, OutOfReach
from noc_tui.i18n import _, language

T = TypeVar("T")
PLAYED = "X-Noc-As"


class _Refused(msgspec.Struct):
    """The daemon's one form of error."""

    error: str
    code: int


class Health(msgspec.Struct, frozen=True):
    """`GET /v1/health`, as far as commands use it: which clusters this daemon has seen."""

    pid: int
    revision: int
    clusters: dict[str, bool]


class Nocd:
    """The daemon at a socket; `play` is the operator played in a demo."""

    def __init__(self, socket: str, play: str | None = None, timeout: float = 30) -> None:
        self._http = httpx.Client(
            transport=httpx.HTTPTransport(uds=socket),
            base_url="http://nocd",
            headers={"Accept-Language": language()} | ({PLAYED: play} if play else {}),
            timeout=timeout,
            trust_env=False,
        )
        self._socket = socket

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._http.close()

    def get(self, path: str, shape: type[T], **query: str | int) -> T:
        """What is at a path. Raises `CommandFailure`."""
        return self._ask("GET", path, shape, params=query)

    def post(self, path: str, shape: type[T], body: Any) -> T:
        """Ask for a change; what it led to. Raises `CommandFailure`."""
        return self._ask("POST", path, shape, content=msgspec.json.encode(body))

    def _ask(self, method: str, path: str, shape: type[T], **how: Any) -> T:
        try:
            response = self._http.request(method, path, **how)
        except httpx.TransportError as error:
            raise OutOfReach(
                _("nocd does not answer on {socket}: {error}").format(
                    socket=self._socket, error=error
                )
            ) from error
        except httpx.InvalidURL as error:  # of a name with a line's end in it
            raise BadInput(str(error)) from error
        try:
            if response.is_success:
                return msgspec.json.decode(response.content, type=shape)
            refused = msgspec.json.decode(response.content, type=_Refused)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise OutOfReach(
                _("what answers on {socket} is not this nocd, or of another version").format(
                    socket=self._socket
                )
            ) from error
        raise CommandFailure(refused.error, refused.code)
