"""The service that closes months and reopens them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
from aiohttp import web

from noc_tui.api import months as api
from noc_tui.contract.calendar import Month
from noc_tui.daemon.availability.month_figures import refresh_month_figures
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import BadRequest, Conflict
from noc_tui.daemon.core.identity import actor
from noc_tui.daemon.core.request_values import month_of
from noc_tui.daemon.core.server import Call, route
from noc_tui.daemon.core.service import PollResult
from noc_tui.daemon.monthend.closing import close_month, reopen_month
from noc_tui.daemon.monthend.mails import MailRun
from noc_tui.daemon.monthend.papers import PaperMaker
from noc_tui.i18n import _
from noc_tui.queries.kept_heads import read_kept_heads
from noc_tui.queries.record_check import RecordCheck, check_month_end_rows
from noc_tui.statement.build_statement import state_closing
from noc_tui.statement.document import StatedClosing
from noc_tui.statement.manifest import (
    PaperManifest,
    decode_manifest,
    describe_credits,
    describe_file,
    encode_manifest,
    manifest_message,
)
from noc_tui.threads import in_thread
from noc_tui.views.credit_export import write_csv
from storage.heads import SigningKey, is_signature_of, public_pem
from storage.month_closes import MonthClose, closings_of
from storage.times import micros

KINDS = ("pdf", "html", "md")
"""The kinds of files that a statement is made as."""


def build(context: Context) -> "MonthEndService":
    """Build the service for the daemon's list."""
    return MonthEndService(context)


@dataclass(slots=True)
class MonthEndService:
    """Answers the requests of `noc_tui.api.months`."""

    context: Context
    name: str = "month-end"
    papers: PaperMaker = field(init=False)

    def __post_init__(self) -> None:
        self.papers = PaperMaker(self.context)

    def routes(self) -> Sequence[web.RouteDef]:
        return [
            route(api.CLOSE, self.close),
            route(api.REOPEN, self.reopen),
            route(api.STATEMENTS, self.statements),
            route(api.CREDITS, self.credits),
            route(api.MAIL, self.mail),
        ]

    async def run(self) -> None:
        """Nothing by itself."""

    async def polled(self, result: PollResult) -> None:
        """Nothing: a month is closed by a person."""

    async def close(self, call: Call[api.Closing]) -> api.Closed:
        """Close a month that has ended, once nothing blocks it."""
        month, asked, book = month_of(call.path), call.body, self.context.terms
        check = await self.check_record()
        async with self.context.writer.change(actor(call.who)) as change:
            now = micros(change.at)
            if now >= month.span.end:
                await refresh_month_figures(change, month, now, book, None)
            accepted = frozenset(asked.left_open)
            reason = asked.reason.strip()
            row = await close_month(
                change, call.who, month, accepted, reason, book=book, check=check
            )
        return _answered(row, row.evidence)

    async def reopen(self, call: Call[api.Reopening]) -> api.Closed:
        """Reopen a closed month, for a reason."""
        month = month_of(call.path)
        async with self.context.writer.change(actor(call.who)) as change:
            row = await reopen_month(change, call.who, month, call.body.reason.strip())
        return _answered(row, row.reopened_by or 0)

    async def statements(self, call: Call[api.PrintedPapers]) -> api.SignedPapers:
        """Make the statements of a month as signed files, all of them of one closing."""
        month, asked, key = month_of(call.path), call.body, self.context.signing.require()
        closing = await self._last_closing(month)
        manifest = _manifest(asked, month, closing, key)
        found, left = await self.papers.read(call.who, month, asked.tenants)
        if any(one.statement.last_closing != closing for one in found):
            raise _another_closing(month)
        await self._require_same_statements(month, manifest.digests_beside(asked.tenants))
        digests = {one.statement.tenant: one.statement.digest for one in found}
        files = [
            api.SignedFile(one.statement.tenant, paper.name, paper.content, paper.signature)
            for one in found
            for paper in await self.papers.print(one, asked.language, KINDS)
        ]
        left_out = tuple(api.LeftOut(*one) for one in left.items())
        described = [
            describe_file(
                one.tenant, manifest.closed_by, digests[one.tenant], one.name, one.content
            )
            for one in files
        ]
        content = encode_manifest(manifest.extended(described, left_out, asked.tenants))
        return api.SignedPapers(
            files=tuple(files),
            key=public_pem(key.public),
            key_id=key.key_id,
            left_out=left_out,
            manifest=content,
            manifest_signature=key.sign(manifest_message(content)),
        )

    async def credits(self, call: Call[api.FolderCredits]) -> api.SignedCredits:
        """Make the export of a month's credits, and sign it into a folder of statements of the
        month's last closing.
        """
        month, asked, key = month_of(call.path), call.body, self.context.signing.require()
        manifest = _signed_manifest(asked.manifest, asked.manifest_signature, month, key)
        if manifest.closing != await self._last_closing(month):
            raise _another_closing(month)
        await self._require_same_statements(month, manifest.digests_beside(()))
        rows, left = await in_thread(self.papers.read_credits, month)
        content = write_csv(rows)
        described = describe_credits(str(month), content)
        made = encode_manifest(msgspec.structs.replace(manifest, credits=described))
        return api.SignedCredits(
            name=described.name,
            rows=len(rows),
            content=content,
            signature=key.sign(content),
            manifest=made,
            manifest_signature=key.sign(manifest_message(made)),
            left_out=tuple(api.LeftOut(*one) for one in left.items()),
        )

    async def _last_closing(self, month: Month) -> StatedClosing | None:
        async with self.context.writer.snapshot() as db:
            closings = [state_closing(one) for one in await closings_of(db, str(month))]
        return closings[-1] if closings else None

    async def _require_same_statements(self, month: Month, made: Mapping[str, str]) -> None:
        """Raise `Conflict` where a statement that was made before is another by now: a credit may
        be granted without the month being reopened. While the month runs each entry changes them.
        """
        if micros(self.context.clock.now()) < month.span.end:
            return
        now = await in_thread(self.papers.read_digests, month, [*made])
        changed = [tenant for tenant, digest in made.items() if now.get(tenant) != digest]
        if changed:
            text = _("{month}: what was stated of {tenants} has changed since: begin anew")
            raise Conflict(text.format(month=month, tenants=", ".join(changed)))

    async def mail(self, call: Call[api.Papers]) -> api.Mailed:
        """Queue the letters with the statements of a closed month."""
        month, asked = month_of(call.path), call.body
        run = MailRun(self.context, self.papers, call.who, month, asked.language)
        queued, left = await run.mail(tuple(dict.fromkeys(asked.tenants)))
        return api.Mailed(
            tuple(api.QueuedLetter(*one) for one in queued.items()),
            tuple(api.LeftOut(*one) for one in left.items()),
        )

    async def check_record(self) -> RecordCheck:
        """What the record is found to be; takes as long as a verification of all of it."""
        kept = await in_thread(read_kept_heads, self.context.config)
        return await in_thread(check_month_end_rows, self.context.config.database.path, kept)


def _manifest(
    asked: api.PrintedPapers, month: Month, closing: StatedClosing | None, key: SigningKey
) -> PaperManifest:
    """The manifest that is to be extended: the one that is given, where this key signed it, else a
    new one. Raises `BadRequest` for any other, `Conflict` for one of another closing: its
    statements are outdated.
    """
    if not asked.manifest:
        return PaperManifest(
            month=str(month), closing=closing, language=asked.language, key_id=key.key_id
        )
    found = _signed_manifest(asked.manifest, asked.manifest_signature, month, key)
    if found.language != asked.language:
        raise _not_signed()
    if found.closing != closing:
        raise _another_closing(month)
    return found


def _signed_manifest(
    content: bytes, signature: bytes, month: Month, key: SigningKey
) -> PaperManifest:
    """The manifest in these bytes. Raises `BadRequest` where this key did not sign it so."""
    if is_signature_of(key.public, signature, manifest_message(content)):
        found = decode_manifest(content)
        if found.month == str(month):
            return found
    raise _not_signed()


def _not_signed() -> BadRequest:
    return BadRequest(_("this manifest was not signed by nocd for this month: start again"))


def _another_closing(month: Month) -> Conflict:
    text = _("{month} was closed or reopened since these statements were begun: begin anew")
    return Conflict(text.format(month=month))


def _answered(row: MonthClose, entry: int) -> api.Closed:
    return api.Closed(row.month, row.number, entry)
