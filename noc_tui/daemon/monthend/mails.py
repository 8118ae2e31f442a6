"""Mails the statements of a closed month, each once: again only where a figure has changed since.

A letter is queued in a change of its own, by the lead who asked: what cannot be sent to one client
keeps back nobody else's.
"""

from dataclasses import dataclass
from datetime import date, datetime

from noc_tui.contract.calendar import Month
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import Conflict
from noc_tui.daemon.core.identity import actor
from noc_tui.daemon.monthend.papers import CoveredStatement, PaperMaker
from noc_tui.daemon.outbox import print_letter, queue_letter
from noc_tui.daemon.outbox.compose import MailFile
from noc_tui.i18n import Language, _
from noc_tui.letters.month_statement import StatementFacts, write_statement_letter
from noc_tui.queries.month_end import STATEMENT_ABOUT, STATEMENT_MAIL
from noc_tui.roles import Caller
from noc_tui.statement.document import Statement
from noc_tui.statement.verdict import write_verdict
from storage.connection import Readable
from storage.month_closes import MonthClose, closings_of
from storage.outbox import message_states
from storage.register import TENANTS


@dataclass(frozen=True, slots=True)
class MailRun:
    """One request to mail statements of a month."""

    context: Context
    papers: PaperMaker
    caller: Caller
    month: Month
    language: Language

    async def mail(self, tenants: tuple[str, ...]) -> tuple[dict[str, str], dict[str, str]]:
        """Return the Message-ID of each tenant's letter, and of the others why there is none.

        Raises `Conflict` where the month is not closed.
        """
        async with self.context.writer.snapshot() as db:
            closings = await closings_of(db, str(self.month))
            if not closings or not closings[-1].in_force:
                text = _("{month} is not closed: its statements may still change")
                raise Conflict(text.format(month=self.month))
            done = {
                one: _("its statement was sent before, and no figure has changed since")
                for one in tenants
                if await _is_sent(db, self.month, one, closings)
            }
        wanted = [one for one in tenants if one not in done]
        found, left = await self.papers.read(self.caller, self.month, wanted)
        queued: dict[str, str] = {}
        for covered in found:
            tenant = covered.statement.tenant
            try:
                queued[tenant] = await self._queue(covered, closings)
            except Conflict as reason:
                left[tenant] = str(reason)
        return queued, done | left

    async def _queue(self, covered: CoveredStatement, closings: list[MonthClose]) -> str:
        made, context = covered.statement, self.context
        (paper,) = await self.papers.print(covered, self.language, ("pdf",))
        letter = write_statement_letter(self._facts(made), self.language)
        about = STATEMENT_ABOUT.format(month=self.month, tenant=made.tenant)
        async with context.writer.change(actor(self.caller)) as change:
            rows = await closings_of(change, str(self.month))
            if await _is_sent(change, self.month, made.tenant, rows) or rows != closings:
                raise Conflict(_("another request was faster: look again"))
            tenant = await TENANTS.get(change, made.tenant)
            return await queue_letter(
                change,
                context.config,
                tenant,
                print_letter(letter, tenant, context.config, change.at),
                about=about,
                purpose=f"{STATEMENT_MAIL}-{closings[-1].number}",
                actor=actor(self.caller),
                subjects=(about, f"tenant:{made.tenant}"),
                files=(
                    MailFile(paper.name, "application", "pdf", paper.content),
                    MailFile(f"{paper.name}.sig", "application", "octet-stream", paper.signature),
                ),
            )

    def _facts(self, made: Statement) -> StatementFacts:
        gone = [one for one in made.closings if one.reopened is not None]
        return StatementFacts(
            tenant=made.name,
            month=date.fromisoformat(f"{made.month}-01"),
            verdict=write_verdict(made, self.language).sentences,
            digest=made.digest,
            correction=len(gone),
            replaced=datetime.fromisoformat(gone[-1].closed) if gone else None,
            reason=gone[-1].reason if gone else "",
        )


async def _is_sent(db: Readable, month: Month, tenant: str, closings: list[MonthClose]) -> bool:
    """Whether a letter was queued for the closing in force, or for one with the same figures."""
    about = STATEMENT_ABOUT.format(month=month, tenant=tenant)
    purposes = {one.purpose for one in await message_states(db, [about])}
    figures = closings[-1].tenants.get(tenant)
    same = [one for one in closings if one.tenants.get(tenant) == figures]
    return any(f"{STATEMENT_MAIL}-{one.number}" in purposes for one in same)
