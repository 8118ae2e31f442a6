"""The client's barrier: role `NoAccess` on the guest for each of the client's users and groups.

It beats what pools grant and empties the users' own tokens. One entry is added, and so the inverse
is exact; an entry that was there before is left when the barrier is lifted.
"""

from collections.abc import Collection
from typing import ClassVar

import msgspec

from noc_tui.cluster import ids
from noc_tui.cluster.actions.check import DONE, TODO, StepFinding, StepNote, Write
from noc_tui.cluster.actions.state import AclMark, GuestState, Part, PrincipalKind

ROLE = "NoAccess"


class Principal(msgspec.Struct, frozen=True):
    """A user (`name@realm`), one of its tokens (`name@realm!token`) or a group (`@name`)."""

    kind: PrincipalKind
    id: str

    @classmethod
    def parse(cls, text: str) -> "Principal":
        """Raises `InvalidId`."""
        if text.startswith("@"):
            return cls("group", ids.group(text[1:]))
        if "!" in text:
            return cls("token", ids.token_id(text))
        return cls("user", ids.user(text))

    def __str__(self) -> str:
        return f"@{self.id}" if self.kind == "group" else self.id

    def is_among(self, names: Collection[str]) -> bool:
        """Whether users and groups so named have it; a token is there with its user."""
        return str(self).partition("!")[0] in names

    def is_barred(self, state: GuestState) -> bool:
        """Whether its entry stands on the guest's path."""
        return AclMark(self.kind, self.id, ROLE) in (state.acl or ())


class Bar(msgspec.Struct, frozen=True, tag="bar"):
    """Bar a principal from the guest."""

    reads: ClassVar[frozenset[Part]] = frozenset({"acl"})
    principal: Principal

    def finding(self, state: GuestState) -> StepFinding:
        if self.principal.is_barred(state):
            return DONE
        return StepFinding("todo", (StepNote("not_barred", str(self.principal)),))

    def request(self, state: GuestState) -> Write:
        return _write(self.principal, state, remove=False)

    def inverse(self) -> "tuple[Unbar, ...]":
        return (Unbar(self.principal),)


class Unbar(msgspec.Struct, frozen=True, tag="unbar"):
    """Take a principal's barrier away."""

    reads: ClassVar[frozenset[Part]] = frozenset({"acl"})
    principal: Principal

    def finding(self, state: GuestState) -> StepFinding:
        return TODO if self.principal.is_barred(state) else DONE

    def request(self, state: GuestState) -> Write:
        return _write(self.principal, state, remove=True)

    def inverse(self) -> tuple[Bar, ...]:
        return (Bar(self.principal),)


def _write(principal: Principal, state: GuestState, *, remove: bool) -> Write:
    values: dict[str, str | int] = {
        "path": f"/vms/{state.guest.vmid}",
        "roles": ROLE,
        f"{principal.kind}s": principal.id,
        "propagate": 1,
    }
    if remove:
        values["delete"] = 1
    return Write("PUT", "access/acl", values)
