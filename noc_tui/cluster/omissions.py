"""What was left out of an answer because it could not be read: fields and rows, counted and named.

Leaving out a field makes it unknown. A row that was left out is not a thing that was removed:
`Omissions.may_hold` tells whether a thing that is not listed may be one of these rows.
"""

import msgspec

from noc_tui.text import visible

MOST_EXAMPLES = 3
LONGEST_NAME = 80


class Omissions(msgspec.Struct, frozen=True):
    """How many fields and rows were left out; `examples` names the first of them.

    `identities` are those of rows that were left out, as far as they can be read; `anonymous` says
    that the identity of at least one cannot.
    """

    fields: int = 0
    rows: int = 0
    examples: tuple[str, ...] = ()
    identities: frozenset[str] = frozenset()
    anonymous: bool = False

    def may_hold(self, identity: str) -> bool:
        """Whether a row that was left out is, or may be, the one with that identity."""
        return self.anonymous or identity in self.identities


NOTHING_OMITTED = Omissions()


class OmissionLog:
    """Collects what is left out while answers are decoded."""

    def __init__(self) -> None:
        self._fields = 0
        self._rows = 0
        self._examples: list[str] = []
        self._identities: set[str] = set()
        self._anonymous = False

    @property
    def rows(self) -> int:
        """How many rows were left out so far."""
        return self._rows

    def leave_out_field(self, row: str, field: str) -> None:
        """Count a field of the row with that identity ("" if it has none)."""
        self._fields += 1
        self._name(f"{row}: {field}" if row else field)

    def leave_out_row(self, reason: str, *identities: str) -> None:
        """Count a row; without any identity it may be anything."""
        self._rows += 1
        self._identities.update(identities)
        self._anonymous |= not identities
        self._name(": ".join((*identities[:1], reason)))

    def add(self, other: Omissions) -> None:
        """Count what was left out elsewhere."""
        self._fields += other.fields
        self._rows += other.rows
        self._examples += other.examples[: MOST_EXAMPLES - len(self._examples)]
        self._identities |= other.identities
        self._anonymous |= other.anonymous

    def total(self) -> Omissions:
        """All that was left out so far."""
        return Omissions(
            self._fields,
            self._rows,
            tuple(self._examples),
            frozenset(self._identities),
            self._anonymous,
        )

    def _name(self, text: str) -> None:
        if len(self._examples) < MOST_EXAMPLES:
            self._examples.append(visible(text)[:LONGEST_NAME])
