"""The newest head beside the signing key: what `nocd` itself knows of the chain, outside the file.

It is written after commits and at the end of a run, so that a start notices a database that was put
back as it was earlier. `revision` tells that even where no entry came in between. A head is only
replaced by one that continues it, or once a restore says under the key's signature that it was put
aside: a head that disagrees is the proof that it does.
"""

from dataclasses import dataclass
from pathlib import Path

from noc_tui.daemon.core.context import Context
from noc_tui.queries.kept_heads import KnownHead, known_head_file, read_known_head
from noc_tui.threads import in_thread
from storage import evidence, heads
from storage.connection import Readable
from storage.evidence import Query
from storage.head_comparison import HeadComparison
from storage.other_lives import heads_put_aside, name_of
from storage.row_sums import read_state
from storage.tables import revision

REPLACED = "altered-rows"


@dataclass(slots=True)
class HeadKeeper:
    """Keeps the file; a disk that cannot be written is told once."""

    context: Context
    _kept: KnownHead | None = None
    _told: bool = False

    async def keep(self) -> None:
        """Write the head of the last commit, if it continues the one that is there."""
        async with self.context.writer.snapshot() as db:
            found = await _newest(db)
            if found is None or found == self._kept:
                return
            before = self._kept or await in_thread(read_known_head, self.context.config)
            if before is not None and not await _continues(db, before):
                return
        try:
            await in_thread(_write, known_head_file(self.context.config), found.line())
        except OSError as error:
            if not self._told:
                self.context.logger.error("newest head not kept", error=error.strerror)
            self._told = True
            return
        self._kept, self._told = found, False


async def compare_known_head(db: Readable, known: KnownHead, opened: int) -> HeadComparison:
    """Whether the file is older than the head that `nocd` knows, though the chain agrees: what has
    no entry was put back. `opened` is the number of the last signed change when it was opened.
    """
    if opened >= known.revision or not await _is_in(db, known):
        return HeadComparison()
    restored = await evidence.search(db, Query(kind=evidence.RESTORED, limit=1))
    if restored and restored[0].seq > known.count:
        return HeadComparison()
    reason = f"rows without an entry are those of change {opened}, and nocd left change"
    return HeadComparison(REPLACED, f"{reason} {known.revision}")


async def _newest(db: Readable) -> KnownHead | None:
    head = await heads.current_head(db)
    if head is None:
        return None
    state = await read_state(db)  # what was committed without the key is none of ours
    number = await revision(db) if state is None else state.revision
    return KnownHead(head.count, head.hash, head.key_id, head.at, head.signature, revision=number)


async def _continues(db: Readable, before: KnownHead) -> bool:
    return await _is_in(db, before) or name_of(before) in await heads_put_aside(db)


async def _is_in(db: Readable, head: KnownHead) -> bool:
    """Whether the chain has what the head is over."""
    found = await db.rows("SELECT hash FROM evidence WHERE seq = ?", (head.count,))
    return not head.count or bool(found and found[0][0].hex() == head.hash)


def _write(file: Path, line: str) -> None:
    partial = file.with_name(file.name + ".partial")
    partial.write_text(line + "\n", encoding="utf-8")
    partial.chmod(0o600)
    partial.replace(file)
