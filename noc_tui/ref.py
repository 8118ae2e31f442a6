"""A reference to a subject or a scope: a kind and its parts."""

import re

import msgspec

_GUEST = re.compile(r"(?:guest|ha|replication):([^/]+)/(?:vm:|ct:)?([0-9]{1,9})(?:-[0-9]+)?")


class Ref(msgspec.Struct, frozen=True):
    """A reference such as `node:rennes/pve1`, which is how it is stored and sent.

    `parts` go from the widest to the narrowest: cluster, node, name. A kind that there is only one
    of (`nocd`) has no parts.
    """

    kind: str
    parts: tuple[str, ...] = ()

    @classmethod
    def of(cls, kind: str, *parts: str | int) -> "Ref":
        """The reference from its kind and parts."""
        return cls(kind, tuple(map(str, parts)))

    @classmethod
    def parse(cls, text: str) -> "Ref":
        """The reference that `str` gave; any text is one, so that nothing stored is lost."""
        kind, colon, name = text.partition(":")
        return cls(kind, tuple(name.split("/")) if colon else ())

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}" if self.parts else self.kind

    @property
    def name(self) -> str:
        """All parts as one text."""
        return "/".join(self.parts)

    @property
    def guest(self) -> tuple[str, int] | None:
        """Cluster and number of the guest that it names: itself, a service of HA, a replication."""
        found = _GUEST.fullmatch(str(self))
        return None if found is None else (found[1], int(found[2]))

    @property
    def first(self) -> str:
        """The widest part that is not empty; empty without parts."""
        return next((part for part in self.parts if part), "")
