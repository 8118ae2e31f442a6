"""The keeping of the evidence: heads signed and copied outside, packs, payloads erased when their
time is over, and the registers of R36.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from aiohttp import web

from noc_tui.api import evidence as api
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import Conflict, NotFound, Unavailable
from noc_tui.daemon.core.identity import actor
from noc_tui.daemon.core.release import require_pack_free
from noc_tui.daemon.core.request_values import number_of
from noc_tui.daemon.core.server import Call, route
from noc_tui.daemon.core.service import PollResult
from noc_tui.daemon.evidence.erasure_requests import (
    confirm_erasure,
    open_requests,
    request_erasure,
    waiting_for_leads,
)
from noc_tui.daemon.evidence.fault_acceptance import accept_fault
from noc_tui.daemon.evidence.head_signer import HeadSigner
from noc_tui.daemon.evidence.retention_plan import plan_next_run
from noc_tui.daemon.evidence.retention_run import RetentionRun
from noc_tui.daemon.evidence.time_stamper import TimeStamper
from noc_tui.daemon.evidence.unsigned_acceptance import accept_unsigned
from noc_tui.evidence.pack import NotAsWritten, manifest_signer, names_in_pack, pack_of
from noc_tui.i18n import _
from noc_tui.queries.kept_heads import read_kept_heads
from noc_tui.threads import in_thread
from storage import evidence
from storage.heads import Head, KeyFileError


def build(context: Context) -> "EvidenceService":
    """The part."""
    return EvidenceService(context)


@dataclass(slots=True)
class EvidenceService:
    """Signs, exports, erases."""

    context: Context
    name: str = "evidence"
    signer: HeadSigner = field(init=False)
    retention: RetentionRun = field(init=False)
    _packing: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self.signer = HeadSigner(self.context)
        self.retention = RetentionRun(self.context)

    def routes(self) -> Sequence[web.RouteDef]:
        return [
            route(api.ANCHOR, self.anchor),
            route(api.EXPORT, self.export),
            route(api.ROTATE_KEY, self.rotate),
            route(api.ERASE, self.erase),
            route(api.CONFIRM_ERASURE, self.confirm_erasure),
            route(api.ERASURES, self.erasures),
            route(api.ACCEPT_UNSIGNED, self.accept_unsigned),
            route(api.ACCEPT_FAULT, self.accept_fault),
            route(api.RETENTION, self.plan_retention),
            route(api.REGISTER, self.register),
        ]

    async def polled(self, result: PollResult) -> None:
        """Nothing: evidence comes with the changes."""

    async def run(self) -> None:
        """Sign, have heads time-stamped, and erase what has run out, until cancelled."""
        if self.context.signing.key is None:  # the database could not be written at the start
            await self.signer.take_key()
        async with asyncio.TaskGroup() as loops:
            loops.create_task(self.signer.run())
            loops.create_task(TimeStamper(self.context).run())
            loops.create_task(self.retention.run())

    async def anchor(self, call: Call[None]) -> api.Head:
        """Sign now; the head is for somebody who keeps it elsewhere."""
        return _answered(await self.signer.sign())

    async def export(self, call: Call[api.Case]) -> api.Pack:
        """The pack of a subject, up to a head over all entries; one key signs both."""
        if (sealed := await self._sealed_pack(call)) is not None:
            return sealed
        await self._require_free(call)
        path, subject = self.context.config.database.path, call.body.subject
        kept = await in_thread(read_kept_heads, self.context.config)
        pack = await self._signed_pack(path, subject, await self.signer.over_all(), kept)
        if pack is None:
            raise NotFound(_("there is no evidence about {name}").format(name=subject))
        return api.Pack(pack)

    async def _signed_pack(
        self, path: Path, subject: str, head: Head, kept: Sequence[Head] = ()
    ) -> bytes | None:
        """The pack of a subject in a file up to that head, by the key that signed it; None where
        nothing is about the subject. Raises `Conflict`, `Unavailable`.
        """
        key = self.signer.key()
        if key.key_id != head.key_id:
            raise Unavailable(_("the signing key has just been replaced: try again"))
        try:
            async with self._packing:  # a pack holds a hash of every entry: one at a time
                sign = manifest_signer(key)
                return await in_thread(pack_of, path, subject, head=head, sign=sign, kept=kept)
        except NotAsWritten as error:
            text = _("the evidence is not as it was written, and is not signed: {reason}")
            raise Conflict(text.format(reason=error)) from error

    async def _require_free(self, call: Call[api.Case]) -> None:
        """Raise `Conflict` where something that the pack names is touched by a secret order.

        It is looked for whether or not there is any: how long a pack takes tells nobody.
        """
        if self.context.sealed is None or call.who.confidential:
            return
        subject = call.body.subject
        await require_pack_free(self.context, call.who, (subject,))
        try:
            async with self._packing:
                path = self.context.config.database.path
                names = await in_thread(names_in_pack, path, subject)
        except NotAsWritten:
            return  # the pack itself says what is wrong
        await require_pack_free(self.context, call.who, tuple(names))

    async def _sealed_pack(self, call: Call[api.Case]) -> api.Pack | None:
        """The pack of what stands in the sealed file, for who may see it; signed by the same key
        over a head of the sealed chain. None where the sealed file has nothing of the subject.
        """
        sealed, subject = self.context.sealed, call.body.subject
        kind = subject.partition(":")[0]
        if sealed is None or not call.who.confidential or kind not in ("authority", "suspension"):
            return None
        known = await evidence.search(sealed, evidence.Query(subject=subject, limit=1))
        if not known:
            return None
        pack = await self._signed_pack(sealed.path, subject, await self.signer.over_sealed(sealed))
        return None if pack is None else api.Pack(pack)

    async def rotate(self, call: Call[None]) -> api.Head:
        """A new key in the place of the old one, which endorses it; the first head under it."""
        try:
            await self.signer.rotate_key(actor(call.who))
        except KeyFileError as error:
            raise Unavailable(str(error)) from error
        return _answered(await self.signer.sign())

    async def erase(self, call: Call[api.Erasure]) -> api.Recorded:
        """Ask for an erasure, for a reason that is kept; another lead confirms it."""
        wanted, who = call.body, call.who
        async with self.context.writer.change(actor(who)) as change:
            number = await request_erasure(self.context, change, who, wanted.entries, wanted.reason)
        return api.Recorded(number)

    async def confirm_erasure(self, call: Call[None]) -> api.Recorded:
        """Erase what another lead asked for."""
        who, asked = call.who, number_of(call.path)
        async with self.context.writer.change(actor(who)) as change:
            number = await confirm_erasure(self.context, change, who, asked)
        await self.context.writer.empty_log()
        return api.Recorded(number)

    async def erasures(self, call: Call[None]) -> api.Erasures:
        """What waits for a lead."""
        now = self.context.clock.now()
        async with self.context.writer.snapshot() as db:
            return api.Erasures(
                requests=tuple(await open_requests(db, now)),
                due=tuple(await waiting_for_leads(self.context, db, now)),
            )

    async def accept_unsigned(self, call: Call[api.Acceptance]) -> api.Recorded:
        """Accept what was found unsigned, for a reason that is kept; in the sealed file, for who
        may see it, where the chain that all read names nothing under that number.
        """
        who, found, sealed = call.who, number_of(call.path), self.context.sealed
        try:
            async with self.context.writer.change(actor(who)) as change:
                return api.Recorded(await accept_unsigned(change, who, found, call.body.reason))
        except NotFound:
            if sealed is None or not who.confidential:
                raise
        async with sealed.change(actor(who)) as change:
            return api.Recorded(await accept_unsigned(change, who, found, call.body.reason))

    async def accept_fault(self, call: Call[api.Acceptance]) -> api.FaultAnswer:
        """Ask that the sums which were found other than they were left be accepted, or accept what
        another lead asked for.
        """
        async with self.context.writer.change(actor(call.who)) as change:
            return await accept_fault(change, call.who, call.body.reason)

    async def plan_retention(self, call: Call[None]) -> api.RetentionPlan:
        """What tonight's run erases, and why."""
        async with self.context.writer.snapshot() as db:
            return await plan_next_run(self.context, db, self.context.clock.now())

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
