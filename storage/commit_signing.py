"""Each commit that adds to the chain is signed, in the same transaction, by who holds the key.

So there is no entry of ours without a signature, at no time and after no death of the process: what
stands after the current head was written by somebody without the key. A change that finds the chain
another than this process left it names what it found, in an entry, before anything is signed.
"""

from typing import NamedTuple

from storage import heads
from storage.change import Change, HeadKey, chain_end_of, insert_entry, signing_key_of
from storage.connection import Readable
from storage.evidence import program
from storage.row_sums import SumSigner, has_begun, is_of_end, read_state
from storage.signed_rows import Looks, SignedScopes
from storage.signing_rule import ABOUT_CHAIN, FOUND_UNSIGNED

_END = (
    "(SELECT seq FROM evidence ORDER BY seq DESC LIMIT 1),"
    " (SELECT hash FROM evidence ORDER BY seq DESC LIMIT 1)"
)
BEGIN = f"UPDATE revision SET value = value + 1 RETURNING value, {_END}"  # noqa: S608 - columns from here
"""A change's number, and how the chain ends: for `ChainEnd.of`."""


class ChainEnd(NamedTuple):
    """The number and the hash of the last entry; 0 and nothing before the first."""

    seq: int
    digest: bytes

    @classmethod
    def of(cls, seq: int | None, digest: bytes | None) -> "ChainEnd":
        """From a row of `BEGIN`."""
        return cls(seq or 0, digest or b"")


class CommitSigner:
    """What one writer knows of the chain: how it left it, and the key that it signs with.

    `found` is how many entries there were before the first that is surely of this process,
    `opened` the number of the last change that was signed before it, or of the last where none was.
    """

    def __init__(self, end: ChainEnd, opened: int, sums: SumSigner) -> None:
        self.found = end.seq
        self.opened = opened
        self._ends = {end}  # where a commit fails, it may be in the file all the same
        self.key: HeadKey | None = None
        self._scopes = SignedScopes()
        self._sums = sums
        self._looks: Looks = {}
        self._made: dict[tuple[str, str], bytes | None] | None = None

    @classmethod
    async def over(cls, db: Readable) -> "CommitSigner":
        """Of the chain as it is."""
        ((last, seq, digest),) = await db.rows(f"SELECT value, {_END} FROM revision")  # noqa: S608 - columns from here
        begun, state = await has_begun(db), await read_state(db)
        stale = state is not None and not await is_of_end(db, state)
        opened = last if state is None else state.revision
        return cls(ChainEnd.of(seq, digest), opened, SumSigner(begun, stale=stale))

    async def begin(self, change: Change, end: ChainEnd) -> None:
        """Name what another hand did to the chain since this process last wrote to it.

        Without a key it is taken note of: who signs later names it (`found`).
        """
        if end in self._ends:
            return
        if self.key is None:
            self.found = end.seq
            return
        first = max([one.seq + 1 for one in self._ends if await _goes_on(change, one)], default=1)
        await insert_entry(
            change,
            FOUND_UNSIGNED,
            program(),
            [ABOUT_CHAIN],
            {"first": first, "last": end.seq},
        )

    async def finish(self, change: Change, end: ChainEnd) -> None:
        """Sign the chain as the change that began at that end leaves it, where it added to it or
        brought the key.
        """
        key = signing_key_of(change) or self.key
        self._looks = await self._scopes.look(change)
        self._made = None if key is None else await self._scopes.sign(change, key, self._looks)
        if key is not None:
            await self._sums.begin(change)
        now = chain_end_of(change) or end
        if key is not None and (now != end or key is not self.key):
            await heads.put_current(change, key, *now)
        if key is not None:
            await self._sums.sign(change, key, now)
        self._ends.add(ChainEnd(*now))

    def committed(self, change: Change, end: ChainEnd) -> None:
        """The change that began at that end is in the file."""
        self._ends = {ChainEnd(*(chain_end_of(change) or end))}
        self.key = signing_key_of(change) or self.key
        self._scopes.committed(self._made, self._looks)
        self._sums.committed(change)


async def _goes_on(change: Change, end: ChainEnd) -> bool:
    """Whether the chain has what ended there."""
    found = await change.rows("SELECT hash FROM evidence WHERE seq = ?", (end.seq,))
    return not end.seq or found == [(end.digest,)]
