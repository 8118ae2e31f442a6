"""The verdict on a chain of evidence, and the first entry that is not as it was.

intact       every entry follows the one before, every payload is the one that was hashed, every
             head agrees
altered      an entry, its subjects or its payload was changed, or an entry is missing in between
truncated    a head knows of more entries than there are
forked       an entry continues another than the one before it, or a head knows another history
key-changed  a key follows that the one before did not announce and endorse, or a head is signed by
             a key this chain does not have
restored     the chain is whole, and a head is of the life that a restore put aside: the entry
             `database.restored` names it
altered-rows the chain is intact and a row is not what the last entry about it holds, a row or a
             trigger is missing, or there is a row that no entry made
unbound-rows there are rows, and no entry holds the digest of any: `nocd` of this version has not
             been started on the file yet
unsigned     all is as its entries say, and somebody wrote some of them who does not hold the key:
             the last commit that was signed does not cover them, or `nocd` found them so and no
             lead has accepted it
empty        there is no entry, in a database that was in use
unreadable   the file is no database, is damaged, or has no chain
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum

import msgspec

from storage.proof_gaps import FaultAcceptance, Rebuild
from storage.row_terms import MODULUS
from storage.signing_rule import FoundUnsigned


class Verdict(StrEnum):
    """What `verify` says, in one word."""

    INTACT = "intact"
    ALTERED = "altered"
    TRUNCATED = "truncated"
    FORKED = "forked"
    KEY_CHANGED = "key-changed"
    RESTORED = "restored"
    ALTERED_ROWS = "altered-rows"
    UNBOUND_ROWS = "unbound-rows"
    UNSIGNED = "unsigned"
    EMPTY = "empty"
    UNREADABLE = "unreadable"


class AlteredRow(msgspec.Struct, frozen=True):
    """A row that is not what the record holds of it.

    `key` is the JSON array of its primary key; where one entry holds a digest over many rows, it
    names the entry's rows. `entry` is the last entry about it, None where there is none. `expected`
    and `found` are digests or one of `no row`, `no entry`, or text of the schema. `tenants` are
    those whom it concerns; nobody named means all of them.
    """

    table: str
    key: str
    entry: int | None
    expected: str
    found: str
    tenants: tuple[str, ...] = ()

    def concerns(self, tenant: str) -> bool:
        """Whether it may change what is said of that tenant."""
        return not self.tenants or tenant in self.tenants

    def line(self) -> str:
        """All of it in one English line."""
        entry = "no entry" if self.entry is None else f"entry {self.entry}"
        return f"{self.table} {self.key}: {entry}, expected {self.expected}, found {self.found}"


class Report(msgspec.Struct, frozen=True):
    """`first_bad` is the number of the first entry that is not as it was; None when intact, or
    when no entry could be read. `reason` is one English line.

    The first `signed` entries are those that a signed head counts, in the file or given;
    `unsigned_rows` rows, or groups of them, rest on later entries alone.

    `found_unsigned` are the entries that `nocd` ever found without a signature; `rebuilds` say what
    a file that was worked out of the log cannot prove, `accepted_faults` which faults of the signed
    sums a lead accepted. `unsigned` says in one English line which entries nobody signed who holds
    the key, and no lead accepted, whatever the verdict is; empty where there are none.

    `heads` were compared, `outside` of them given from outside the file; the first `covered`
    entries are those that such a head counts. `rows` were compared with
    their entries; `altered` are those that differ, at most `LIMIT`, of `altered_count`. Rows up to
    the entry `adopted` are as they were when that entry was written, and not before.
    """

    verdict: Verdict
    count: int
    reason: str
    first_bad: int | None = None
    heads: int = 0
    erased: int = 0
    last_hash: str = ""
    outside: int = 0
    rows: int = 0
    adopted: int | None = None
    altered: Sequence[AlteredRow] = ()
    altered_count: int = 0
    covered: int = 0
    signed: int = 0
    unsigned_rows: int = 0
    found_unsigned: Sequence[FoundUnsigned] = ()
    rebuilds: Sequence[Rebuild] = ()
    accepted_faults: Sequence[FaultAcceptance] = ()
    unsigned: str = ""


def altered_sum(table: str, total: int, sums: Mapping[str, int] | None) -> Iterator[AlteredRow]:
    """Yield a table whose rows do not have the sum that was signed (`storage.row_sums`)."""
    if sums is not None and total % MODULUS != sums.get(table, 0):
        expected = "revisions and columns without an entry, as nocd signed them"
        yield AlteredRow(table, WHOLE_TABLE, None, expected, "others")


WHOLE_TABLE = "all"
"""The key of what is said of a table and names no row."""
LIMIT = 200
"""So many altered rows are named."""
