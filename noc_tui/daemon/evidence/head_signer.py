"""Heads that stay: at once after what decides over money and rights, soon after everything else.

Each commit is signed with the key that is taken here. A head is kept in the database, added to
`anchor_file`, posted to `anchor_url` and mailed to `anchor_mail`, at most one mail an hour.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import httpx

from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.core.rest import rest
from noc_tui.daemon.evidence.known_head import REPLACED, HeadKeeper, compare_known_head
from noc_tui.daemon.outbox.compose import Mail
from noc_tui.daemon.outbox.queue import queue_mail
from noc_tui.daemon.paging.webhook import client, head_of
from noc_tui.i18n import ngettext
from noc_tui.queries.kept_heads import read_known_head
from noc_tui.threads import in_thread
from storage import evidence, heads, rotation
from storage.bound_tables import SIGNED_TABLES
from storage.change import Change, sign_with
from storage.database import Writer
from storage.evidence import Actor
from storage.head_comparison import (
    COMPARED,
    INTACT,
    HeadComparison,
    compare_heads,
    last_comparison,
)
from storage.heads import Head, SigningKey
from storage.row_sums import mark_fault
from storage.signed_rows import begin_signing
from storage.signing_rule import (
    ABOUT_CHAIN,
    ABOUT_HEADS,
    FOUND_UNSIGNED,
    LONGEST_WAIT,
    UncoveredEntry,
    read_uncovered,
)

PACE = 0.5
"""Seconds from one head to the next, so that a burst of entries is covered by a few."""
MAIL_EVERY = timedelta(hours=1)
COMPARED_LINES = 200
"""So many of the newest heads in `anchor_file` are compared at the start."""


async def _nothing(_change: Change) -> None:
    """What a run begins with, where that is written already."""


@dataclass(slots=True)
class HeadSigner:
    """The signing key, and the heads that are signed with it; one change of them at a time."""

    context: Context
    _anchoring: asyncio.Lock = field(default_factory=asyncio.Lock)
    _posts: asyncio.Queue[Head] = field(default_factory=asyncio.Queue)
    _mailed: datetime | None = None
    _unmailed: bool = False
    keeper: HeadKeeper = field(init=False)

    def __post_init__(self) -> None:
        self.keeper = HeadKeeper(self.context)

    async def run(self) -> None:
        """Sign until cancelled; nothing without a key."""
        async with asyncio.TaskGroup() as both:
            both.create_task(self._keep_signing())
            both.create_task(self._keep_posting())

    async def _keep_signing(self) -> None:
        clock, bus = self.context.clock, self.context.bus
        while self.context.signing.key is not None:
            after = bus.revision
            await self.keeper.keep()
            waited = await self._seconds_left()
            if waited > 0:
                await rest(clock, bus, waited, after)
                continue
            begun = clock.monotonic()
            await self.sign()
            await clock.sleep(begun + PACE - clock.monotonic())

    async def _seconds_left(self) -> float:
        """Until a head is due; 0 when it is."""
        uncovered = await self._uncovered()
        now = self.context.clock.now()  # after them: none of ours is dated ahead of it
        if not uncovered:
            return self._seconds_to_mail(now)
        return min(one.due_in(now, self._patience) for one in uncovered).total_seconds()

    async def _uncovered(self) -> list[UncoveredEntry]:
        """The entries that no kept head covers."""
        async with self.context.writer.snapshot() as db:
            last = await heads.last_head(db)
            return await read_uncovered(db, last.count if last else 0)

    @property
    def _patience(self) -> timedelta:
        return min(timedelta(seconds=self.context.config.evidence.sign_every), LONGEST_WAIT)

    def _seconds_to_mail(self, now: datetime) -> float:
        """Until a head may be mailed that was signed too soon after the last mail."""
        if not self._unmailed or self._mailed is None:
            return LONGEST_WAIT.total_seconds()
        return max(0.0, (self._mailed + MAIL_EVERY - now).total_seconds())

    async def take_key(self, begin: Callable[[Change], Awaitable[None]] = _nothing) -> None:
        """Have every change from here on signed, beginning with what `begin` writes.

        A key that cannot be read leaves the chain unsigned, and the daemon working.
        """
        path = self.key_file()
        try:
            rotation.settle(path, await rotation.in_force(self.context.writer))
            found = await self._compare(await in_thread(path.exists))
            key = await in_thread(heads.load_or_create_key, path)
        except (heads.KeyFileError, OSError) as error:
            self.context.logger.error("evidence is not signed", error=str(error))
            async with self.context.writer.change(itself()) as change:
                await begin(change)
            return
        async with self.context.writer.change(itself()) as change:
            await self._record_comparison(change, found)
            await self._name_unsigned(change, self.context.writer.found)
            await heads.use_key(change, key)
            await begin_signing(change, key, SIGNED_TABLES)
            await begin(change)
            if found.verdict == REPLACED:
                mark_fault(change)
        self.context.signing.key = key
        await self._take_sealed_key(key)

    async def _take_sealed_key(self, key: SigningKey) -> None:
        """Have each commit to the sealed file signed too, under the keys of the chain that all
        read. What stands there from before the first key is covered by it.
        """
        sealed = self.context.sealed
        if sealed is None:
            return
        async with self.context.writer.snapshot() as db:
            known = await heads.announced_keys(db)
        async with sealed.change(itself()) as change:
            await self._name_unsigned(change, sealed.found)
            await heads.follow_keys(change, known)
            sign_with(change, key)

    def key_file(self) -> Path:
        """The configured file, else one beside the database, which its owner alone may read."""
        configured = self.context.config.evidence.key_file
        return configured or self.context.config.database.path.with_name("evidence.key")

    async def _compare(self, had_key: bool) -> HeadComparison:
        """Compare the chain with the heads that are at hand."""
        kept = await self._outside_heads()
        known = await in_thread(read_known_head, self.context.config)
        async with self.context.writer.snapshot() as db:
            last = await heads.last_head(db)
            outside = [one for one in (*kept, known, last) if one is not None]
            found = await compare_heads(db, outside)
            if found.verdict == INTACT and known is not None:
                found = await compare_known_head(db, known, self.context.writer.opened)
            keyless = not await rotation.in_force(db)
        if found.verdict == INTACT and had_key and keyless:
            reason = "the signing key was in use before, and the database knows no key"
            return HeadComparison("empty", reason)
        return found

    async def _record_comparison(self, change: Change, found: HeadComparison) -> None:
        """Put on record what disagrees. The entry is what the alert `chain` reads; one start later
        that agrees, another says so.
        """
        before = await last_comparison(change)
        if found == before or found.verdict == before.verdict == INTACT:
            return
        self.context.logger.error("evidence compared", verdict=found.verdict, reason=found.reason)
        payload = {"verdict": found.verdict, "reason": found.reason}
        await change.record(COMPARED, [ABOUT_CHAIN], payload)

    async def _name_unsigned(self, change: Change, last: int) -> None:
        """Put on record what this start found in the chain that nobody had signed.

        Every commit of `nocd` is signed, so somebody else wrote it, or `nocd` had no key: what is
        signed from here on covers it, and must not make it look as if it had always been there.
        """
        signed = await heads.signed_count(change)
        if signed is None or signed >= last:
            return
        self.context.logger.error("evidence found unsigned", first=signed + 1, last=last)
        payload = {"first": signed + 1, "last": last}
        await change.record(FOUND_UNSIGNED, [ABOUT_CHAIN], payload)

    async def _outside_heads(self) -> list[Head]:
        file = self.context.config.evidence.anchor_file
        if file is None:
            return []
        try:
            return heads.heads_in(await in_thread(file.read_bytes))[-COMPARED_LINES:]
        except FileNotFoundError:
            return []
        except OSError as error:
            self.context.logger.error("heads not read", file=str(file), error=error.strerror)
            return []

    async def sign(self) -> Head:
        """Sign a head over all entries. Raises `Unavailable` without a key."""
        async with self._anchoring:
            async with self.context.writer.change(itself()) as change:
                head = await heads.sign_head(change, self.key())
                mailed = await self._mail(change, head)
            self._mailed, self._unmailed = (change.at if mailed else self._mailed), not mailed
            await self._copy_outside(head)
        return head

    async def over_all(self) -> Head:
        """The newest head when nothing was recorded since, else a new one."""
        async with self.context.writer.snapshot() as db:
            last = await heads.last_head(db)
            count = await evidence.count(db)
        if last is not None and (last.count, last.key_id) == (count, self.key().key_id):
            return last
        return await self.sign()

    async def over_sealed(self, sealed: Writer) -> Head:
        """A head over the sealed chain, kept in the sealed file alone. Raises `Unavailable`
        without a key.

        The sealed chain follows the keys of the one that all read: each that came after its own
        is taken over with the endorsement that it has there.
        """
        async with self._anchoring:
            async with self.context.writer.snapshot() as db:
                known = await heads.announced_keys(db)
            async with sealed.change(itself()) as change:
                await heads.follow_keys(change, known)
                return await heads.sign_head(change, self.key())

    def key(self) -> SigningKey:
        """The key in force. Raises `Unavailable` when there is none."""
        return self.context.signing.require()

    async def rotate_key(self, actor: Actor) -> None:
        """Put a new key in the place of the old one. Raises `KeyFileError`, `Unavailable`."""
        path = self.key_file()
        async with self._anchoring:
            old = self.key()
            rotation.settle(path, old.key_id)
            new = rotation.prepare(path)
            async with self.context.writer.change(actor) as change:
                last = await rotation.rotate(change, old, new)
                self._mailed = None  # the last head of a key is mailed, whenever the last mail was
                mailed = await self._mail(change, last)
            self._mailed, self._unmailed = (change.at if mailed else None), not mailed
            self.context.signing.key = new
            rotation.settle(path, new.key_id)
            await self._take_sealed_key(new)
            await self._copy_outside(last)

    async def _mail(self, change: Change, head: Head) -> bool:
        """Queue the mail of a head; False when the last one left too short a while ago."""
        config = self.context.config
        if config.evidence.anchor_mail is None or config.smtp is None:
            return True
        if self._mailed is not None and change.at - self._mailed < MAIL_EVERY:
            return False
        mail = Mail(
            sender=config.smtp.sender,
            recipient=config.evidence.anchor_mail,
            subject=ngettext(
                "Evidence head over {count} entry",
                "Evidence head over {count} entries",
                head.count,
            ).format(count=head.count),
            body=head.line() + "\n",
        )
        await queue_mail(
            change,
            mail,
            about=ABOUT_HEADS,
            purpose=f"anchor-{head.count}",
            actor=itself(),
            subjects=(ABOUT_HEADS,),
        )
        return True

    async def _copy_outside(self, head: Head) -> None:
        file = self.context.config.evidence.anchor_file
        if file is not None:
            try:
                await in_thread(_append, file, head.line())
            except OSError as error:
                self.context.logger.error("head not copied", file=str(file), error=error.strerror)
        if self.context.config.evidence.anchor_url is not None:
            self._posts.put_nowait(head)

    async def _keep_posting(self) -> None:
        """To another machine; a head that does not arrive is followed by the next one."""
        url = self.context.config.evidence.anchor_url
        while url is not None:
            head = await self._posts.get()
            try:
                async with client() as http:
                    response = await head_of(http, "POST", url, head.line())
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                self.context.logger.error("head not posted", error=str(error))
            else:
                if not response.is_success:
                    self.context.logger.error("head not posted", status=response.status_code)


FILE_MODE = 0o640


def _append(file: Path, line: str) -> None:
    """Add a line to a file, which is made for its owner and readable for its group."""
    try:
        made = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, FILE_MODE)
    except FileExistsError:
        pass
    else:
        os.fchmod(made, FILE_MODE)  # whatever the umask is
        os.close(made)
    with file.open("a", encoding="utf-8") as opened:
        opened.write(line + "\n")
        opened.flush()
        os.fsync(opened.fileno())
