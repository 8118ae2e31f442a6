"""The canonical form of a row, by which an entry of the evidence log holds what was written.

A row is the JSON text `["TABLE",{"COLUMN":VALUE,…}]` in UTF-8, canonical as RFC 8785 says: no
blank, columns in the order of their names, text with the shortest escapes. Values are those that
the column holds: whole numbers as numbers (an instant is microseconds since the epoch, true is 1),
text as text, bytes in base64; no such table has a column of another kind. Left out are `revision`,
the columns that the table declares as unbound, and every column that is null: so a column that a
later schema adds changes no digest of before.

An entry's payload has the reserved key `rows`:

    {"outage": {"[12]": "SHA-256 of the row", "[13]": null},       null: the row was removed
     "ledger": {"count": 312, "sha256": "SHA-256 of the rows"}}    rows that bear the entry's number

A key is the JSON array of the primary key's columns. The second form is that of tables of which one
entry may bring thousands of rows: their canonical forms, sorted as bytes, each followed by a line
feed. Rows bear the entry's number in `evidence`, or in `ended_by` if the entry ended them. A row
counts for the entry in `evidence` as it was then, without `until` and `ended_by`.

Two kinds of entries hold digests in the place of others, in the key `rows_of`, by the number of the
other entry: `evidence.erased`, of the entries that it empties; `rows.adopted`, of rows from before
entries held digests, which have the number that they bear, or 0.
"""

from collections.abc import Sequence

import msgspec

from storage.connection import Value

ENTRY, ENDED_BY = "evidence", "ended_by"
"""The columns in which a row of the second form bears the number of its entry."""
ADOPTED = "rows.adopted"
"""The kind of the entries that bind rows from before entries held digests."""
ENDING = ("until", ENDED_BY)
"""The columns of a row of the second form that its end fills."""

_ENCODER = msgspec.json.Encoder()


class Columns:
    """The bound columns of a table, in the order of the canonical form."""

    def __init__(self, table: str, fields: Sequence[str], unbound: Sequence[str]) -> None:
        self._table = table
        bound = [(field, index) for index, field in enumerate(fields) if field not in unbound]
        self._columns = sorted(bound)

    @property
    def indexes(self) -> list[int]:
        """Where the bound columns stand in a row."""
        return [index for _, index in self._columns]

    @property
    def names(self) -> list[str]:
        """Their names, in the same order."""
        return [name for name, _ in self._columns]

    def canonical(self, values: Sequence[Value]) -> bytes:
        """The canonical form of a row, given all its columns as they are stored."""
        row = {name: value for name, index in self._columns if (value := values[index]) is not None}
        return _ENCODER.encode((self._table, row))


def row_digest(canonical: bytes) -> str:
    """SHA-256 of one row, hexadecimal."""
    import hashlib  # libcrypto: readers do without

    return hashlib.sha256(canonical).hexdigest()


def rows_digest(canonical: Sequence[bytes]) -> dict[str, int | str]:
    """The count and the digest of many rows, whatever their order."""
    import hashlib  # as above

    summed = hashlib.sha256()
    for line in sorted(canonical):
        summed.update(line + b"\n")
    return {"count": len(canonical), "sha256": summed.hexdigest()}
