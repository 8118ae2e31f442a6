"""The keeping of the evidence: heads signed on a schedule and copied outside, payloads erased when
their time is over, and the registers of R36.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx
import msgspec
from aiohttp import web

from noc_tui.api import evidence as api
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import BadRequest, Conflict, NotFound, Unavailable
from noc_tui.daemon.core.identity import actor, itself
from noc_tui.daemon.core.server import Call, route
from noc_tui.daemon.core.service import PollResult
from noc_tui.daemon.outbox.compose import Mail
from noc_tui.daemon.outbox.queue import queue_mail
from noc_tui.daemon.paging.webhook import client, head_of
from noc_tui.evidence.pack import NotAsWritten, pack_of, signing
from noc_tui.i18n import _
from noc_tui.threads import in_thread
from storage import erasure, evidence, heads, rotation
from storage.change import Change
from storage.errors import ConflictError
from storage.heads import Head, SigningKey


def build(context: Context) -> "EvidenceService":
    """The part."""
    return EvidenceService(context)


@dataclass(slots=True)
class EvidenceService:
    """Signs, copies outside, erases; one change at a time."""

    context: Context
    name: str = "evidence"
    _key: SigningKey | None = None
    _anchoring: asyncio.Lock = field(default_factory=asyncio.Lock)
    _packing: asyncio.Lock = field(default_factory=asyncio.Lock)

    def routes(self) -> Sequence[web.RouteDef]:
        return [
            route(api.ANCHOR, self.anchor),
            route(api.EXPORT, self.export),
            route(api.ROTATE_KEY, self.rotate),
            route(api.ERASE, self.erase),
            route(api.REGISTER, self.register),
        ]

    async def polled(self, result: PollResult) -> None:
        """Nothing: evidence comes with the changes."""

    async def run(self) -> None:
        await self.take_key()
        while True:
            await self._erase_overdue()
            async with self.context.writer.snapshot() as db:
                last = await heads.last_head(db)
                count = await evidence.count(db)
            if self._key is not None and count and (last is None or last.count != count):
                await self.sign()
            await self.context.clock.sleep(self.context.config.evidence.sign_every)

    async def take_key(self) -> None:
        """A key that cannot be read leaves the chain unsigned, and the daemon working."""
        path = self.key_file()
        try:
            rotation.settle(path, await rotation.in_force(self.context.writer))
            self._key = await in_thread(heads.load_or_create_key, path)
        except heads.KeyFileError as error:
            self.context.logger.error("evidence is not signed", error=str(error))
            return
        async with self.context.writer.change(itself()) as change:
            await heads.use_key(change, self._key)

    def key_file(self) -> Path:
        """The configured file, else one beside the database, which its owner alone may read."""
        configured = self.context.config.evidence.key_file
        return configured or self.context.config.database.path.with_name("evidence.key")

    async def sign(self) -> Head:
        async with self._anchoring:
            async with self.context.writer.change(itself()) as change:
                head = await heads.sign_head(change, self._signer())
                await self._mail(change, head)
            await self._outside(head)
        return head

    def _signer(self) -> SigningKey:
        if self._key is None:
            raise Unavailable(_("there is no key to sign with: see the log of nocd"))
        return self._key

    async def _outside(self, head: Head) -> None:
        await self._write_outside(head)
        await self._post(head)

    async def _mail(self, change: Change, head: Head) -> None:
        config = self.context.config
        if config.evidence.anchor_mail is None or config.smtp is None:
            return
        mail = Mail(
            sender=config.smtp.sender,
            recipient=config.evidence.anchor_mail,
            subject=_("Evidence head over {count} entries").format(count=head.count),
            body=head.line() + "\n",
        )
        await queue_mail(
            change,
            mail,
            about="evidence:head",
            purpose=f"anchor-{head.count}",
            actor=itself(),
            subjects=("evidence:head",),
        )

    async def _post(self, head: Head) -> None:
        """To another machine; a head that does not arrive is followed by the next one."""
        url = self.context.config.evidence.anchor_url
        if url is None:
            return
        try:
            async with client() as http:
                response = await head_of(http, "POST", url, head.line())
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            self.context.logger.error("head not posted", error=str(error))
        else:
            if not response.is_success:
                self.context.logger.error("head not posted", status=response.status_code)

    async def _write_outside(self, head: Head) -> None:
        file = self.context.config.evidence.anchor_file
        if file is None:
            return
        try:
            await in_thread(_append, file, head.line())
        except OSError as error:
            self.context.logger.error("head not copied", file=str(file), error=error.strerror)

    async def _erase_overdue(self) -> None:
        periods = {
            kind: timedelta(days=days)
            for kind, days in self.context.config.evidence.keep_days.items()
        }
        now = self.context.clock.now()
        reason = "the period for which such contents are kept is over"
        while await erasure.overdue(self.context.writer, periods, now):
            async with self.context.writer.change(itself()) as change:
                # Anew: a lead may have erased some of them since.
                if entries := await erasure.overdue(change, periods, now):
                    await erasure.erase(change, entries, reason)

    async def anchor(self, call: Call[None]) -> api.Head:
        """Sign now; the head is for somebody who keeps it elsewhere."""
        return _answered(await self.sign())

    async def export(self, call: Call[api.Case]) -> api.Pack:
        """The pack of a subject, up to a head over all entries; one key signs both."""
        head = await self._head_over_all()
        key = self._signer()
        if key.key_id != head.key_id:
            raise Unavailable(_("the signing key has just been replaced: try again"))
        path, subject = self.context.config.database.path, call.body.subject
        try:
            async with self._packing:  # a pack holds a hash of every entry: one at a time
                pack = await in_thread(pack_of, path, subject, head=head, sign=signing(key))
        except NotAsWritten as error:
            text = _("the evidence is not as it was written, and is not signed: {reason}")
            raise Conflict(text.format(reason=error)) from error
        if pack is None:
            raise NotFound(_("there is no evidence about {name}").format(name=subject))
        return api.Pack(pack)

    async def _head_over_all(self) -> Head:
        """The newest head when nothing was recorded since, else a new one."""
        async with self.context.writer.snapshot() as db:
            last = await heads.last_head(db)
            count = await evidence.count(db)
        if last is not None and (last.count, last.key_id) == (count, self._signer().key_id):
            return last
        return await self.sign()

    async def rotate(self, call: Call[None]) -> api.Head:
        """A new key in the place of the old one, which endorses it; the first head under it."""
        try:
            await self.rotate_key(actor(call.who))
        except heads.KeyFileError as error:
            raise Unavailable(str(error)) from error
        return _answered(await self.sign())

    async def rotate_key(self, actor: evidence.Actor) -> None:
        path = self.key_file()
        async with self._anchoring:
            old = self._signer()
            rotation.settle(path, old.key_id)
            new = rotation.prepare(path)
            async with self.context.writer.change(actor) as change:
                last = await rotation.rotate(change, old, new)
                await self._mail(change, last)
            self._key = new
            rotation.settle(path, new.key_id)
            await self._outside(last)

    async def erase(self, call: Call[api.Erasure]) -> api.Recorded:
        """Empty entries, for a reason that is kept."""
        wanted, author = call.body, actor(call.who)
        try:
            async with self.context.writer.change(author) as change:
                number = await erasure.erase(change, wanted.entries, wanted.reason)
        except ConflictError as error:
            raise BadRequest(str(error)) from error
        return api.Recorded(number)

    async def register(self, call: Call[api.RegisterLine]) -> api.Recorded:
        """Write a line into a register; it is an entry like all others."""
        who, line = call.who, call.body
        subjects = [f"register:{line.register}"]
        if line.tenant:
            subjects.append(f"tenant:{line.tenant}")
        async with self.context.writer.change(actor(who)) as change:
            number = await change.record(
                f"register.{line.register}",
                subjects,
                {"reference": line.reference, "text": line.text},
            )
        return api.Recorded(number)


def _answered(head: Head) -> api.Head:
    return msgspec.convert(head, api.Head, from_attributes=True)


def _append(file: Path, line: str) -> None:
    with file.open("a", encoding="utf-8") as opened:
        opened.write(line + "\n")
