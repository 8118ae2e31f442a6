"""How something that `nocd` can be asked is declared, and the form of what it does not do."""

from typing import Generic, Literal, TypeVar
from urllib.parse import quote

import msgspec

from noc_tui.roles import Role

B = TypeVar("B")
A = TypeVar("A")

PLAYED = "X-Noc-As"
"""The header that names the operator who is played in a demo."""
UNQUOTED = ":@!"


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a request: a key that nobody reads is a mistake, and refused."""


class Failure(msgspec.Struct, frozen=True):
    """The one form of what was not done: a sentence for the operator, and the exit code."""

    error: str
    code: int


class Endpoint(msgspec.Struct, Generic[B, A], frozen=True):
    """One thing that can be asked. `path` holds its parameters in braces.

    `role` is the least that suffices, `status` HTTP's when it was done. A `body` of `None` says
    that none is read.
    """

    method: Literal["GET", "POST"]
    path: str
    role: Role
    body: type[B]
    answer: type[A]
    status: int = 200

    def at(self, **parameters: str | int) -> str:
        """The path of these parameters, whatever they hold. Raises `KeyError` for one missing."""
        quoted = {name: quote(str(one), safe=UNQUOTED) for name, one in parameters.items()}
        return self.path.format_map(quoted)


def get(path: str, role: Role, answer: type[A]) -> Endpoint[None, A]:
    """Something that is read."""
    return Endpoint("GET", path, role, type(None), answer)


def post(
    path: str, role: Role, body: type[B], answer: type[A], *, status: int = 200
) -> Endpoint[B, A]:
    """Something that is changed."""
    return Endpoint("POST", path, role, body, answer, status)
