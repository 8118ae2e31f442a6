"""Declares the endpoints of `nocd`, and the one form of a failed request."""

from types import NoneType
from typing import Generic, Literal, TypeVar, overload
from urllib.parse import quote, urlencode

import msgspec

from noc_tui.roles import Role

B = TypeVar("B")
A = TypeVar("A")
Method = Literal["GET", "POST"]

PLAYED = "X-Noc-As"
"""The header that names the operator who is played in a demo."""
UNQUOTED = ":@!"


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a request: a key that nobody reads is a mistake, and refused."""


class Failure(msgspec.Struct, frozen=True):
    """The answer to a request that failed: a sentence for the operator, and the exit code."""

    error: str
    code: int


class Request(msgspec.Struct, Generic[A], frozen=True):
    """A request, ready to be sent; `target` is the path with its query."""

    method: Method
    target: str
    body: bytes
    answer: type[A]


class Endpoint(msgspec.Struct, Generic[B, A], frozen=True):
    """One thing that can be asked; called with a body and parameters, it is a `Request`.

    `path` holds its parameters in braces, `query` names those that may follow. `role` is the least
    that suffices, `status` HTTP's when it was done. A `body` of `None` says that none is read, an
    `answer` of `bytes` that it is a stream without an end.
    """

    method: Method
    path: str
    role: Role
    body: type[B]
    answer: type[A]
    query: tuple[str, ...] = ()
    status: int = 200

    @overload
    def __call__(self: "Endpoint[None, A]", /, **parameters: str | int) -> Request[A]: ...

    @overload
    def __call__(self, body: B, /, **parameters: str | int) -> Request[A]: ...

    def __call__(self, body: B | None = None, /, **parameters: str | int) -> Request[A]:
        """The request with this body; `parameters` are those of the path and of the query.

        Raises `KeyError` for one of the path that is missing.
        """
        asked = {name: parameters.pop(name) for name in self.query if name in parameters}
        target = self.at(**parameters) + (f"?{urlencode(asked)}" if asked else "")
        content = b"" if self.body is NoneType else msgspec.json.encode(body)
        return Request(self.method, target, content, self.answer)

    def at(self, **parameters: str | int) -> str:
        """The path of these parameters, whatever they hold. Raises `KeyError` for one missing."""
        quoted = {name: quote(str(one), safe=UNQUOTED) for name, one in parameters.items()}
        return self.path.format_map(quoted)


def get(
    path: str, role: Role, answer: type[A], *, query: tuple[str, ...] = ()
) -> Endpoint[None, A]:
    """Declare an endpoint that reads."""
    return Endpoint(method="GET", path=path, role=role, body=NoneType, answer=answer, query=query)


def post(
    path: str, role: Role, body: type[B], answer: type[A], *, status: int = 200
) -> Endpoint[B, A]:
    """Declare an endpoint that changes something."""
    return Endpoint("POST", path, role, body, answer, status=status)
