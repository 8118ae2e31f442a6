"""Makes the statements of a month as files, the same bytes until an entry changes, and signs them.

A statement leaves `nocd` only where the record bears it out, a signed head covers what it rests on,
and no secret order touches the tenant's month.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from noc_tui import i18n
from noc_tui.contract.calendar import Month
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import Unavailable
from noc_tui.daemon.core.release import is_month_held, word_refusal
from noc_tui.i18n import Language, _
from noc_tui.letters.letter import LetterSender
from noc_tui.letters.sender import sender_of
from noc_tui.queries.granted_credits import read_granted_credits
from noc_tui.queries.kept_heads import read_kept_heads
from noc_tui.queries.record_check import INTACT_RECORD, check_month_snapshot
from noc_tui.roles import Caller
from noc_tui.statement.build_statement import StatementFrame, read_covering_head, statement
from noc_tui.statement.document import Statement
from noc_tui.statement.html import html
from noc_tui.statement.markdown import markdown
from noc_tui.statement.page import page
from noc_tui.threads import in_thread
from noc_tui.views.credit_export import CreditExportRow, list_credit_rows
from storage.chain_reader import connect
from storage.connection import Readable
from storage.direct import answer_from
from storage.heads import Head, SigningKey
from storage.times import micros

TRIES, PAUSE = 20, 0.5
"""A head is due within a second of what decides over money; `nocd` may be busy."""


@dataclass(frozen=True, slots=True)
class CoveredStatement:
    """A statement and the first signed head that covers it; None while there is none."""

    statement: Statement
    head: Head | None


@dataclass(frozen=True, slots=True)
class SignedPaper:
    """A file of a statement, with the signature of its bytes."""

    name: str
    content: bytes
    signature: bytes


@dataclass(slots=True)
class PaperMaker:
    """Makes papers, one request at a time: each takes a processor for a while."""

    context: Context
    _making: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def read(
        self, who: Caller, month: Month, tenants: Sequence[str]
    ) -> tuple[list[CoveredStatement], dict[str, str]]:
        """Return the statements that may leave, and of the other tenants why none does.

        Raises `Unavailable` where no signed head comes to cover them.
        """
        held = {one: word_refusal(who) for one in tenants if await self._is_held(one, month)}
        free = [one for one in dict.fromkeys(tenants) if one not in held]
        for _number in range(TRIES):
            found = await in_thread(self._read, month, free)
            if all(one.head is not None for one in found.values() if one is not None):
                break
            await self.context.clock.sleep(PAUSE)
        else:
            raise Unavailable(_("no signed head covers these statements yet: try again"))
        left = held | {
            tenant: why
            for tenant, one in found.items()
            if (why := _why_none(one, month, tenant)) is not None
        }
        return [one for tenant, one in found.items() if one and tenant not in left], left

    async def _is_held(self, tenant: str, month: Month) -> bool:
        return await is_month_held(self.context, tenant, month)

    def _read(self, month: Month, tenants: Sequence[str]) -> dict[str, CoveredStatement | None]:
        """One verification of the record, and the statements of its snapshot. Blocks."""
        config = self.context.config
        frame = StatementFrame(config.hoster.name, self.context.terms)
        heads = read_kept_heads(config)
        with closing(connect(config.database.path)) as db:
            check = check_month_snapshot(db, heads)

            async def question(view: Readable) -> dict[str, CoveredStatement | None]:
                found: dict[str, CoveredStatement | None] = {}
                for tenant in tenants:
                    made = await statement(view, tenant, month, frame, check)
                    head = None if made is None else await read_covering_head(view, made)
                    found[tenant] = None if made is None else CoveredStatement(made, head)
                return found

            return answer_from(db, question)

    def read_credits(self, month: Month) -> tuple[list[CreditExportRow], dict[str, str]]:
        """A row for each grant of the month that the record bears out, and of the other tenants
        why theirs are left out; one verification of the record. Blocks.
        """
        config, now = self.context.config, micros(self.context.clock.now())
        heads = read_kept_heads(config)
        with closing(connect(config.database.path)) as db:
            check = check_month_snapshot(db, heads)
            granted = answer_from(
                db, lambda view: read_granted_credits(view, month, now, self.context.terms)
            )
        rows = list_credit_rows(str(month), granted)
        doubted = {one.tenant: check.problems(one.tenant) for one in rows}
        left = {tenant: problems[0] for tenant, problems in doubted.items() if problems}
        return [one for one in rows if one.tenant not in left], left

    def read_digests(self, month: Month, tenants: Sequence[str]) -> dict[str, str]:
        """The digest that each statement has now, by its tenant. Blocks."""
        frame = StatementFrame(self.context.config.hoster.name, self.context.terms)

        async def question(view: Readable) -> dict[str, str]:
            made = [await statement(view, one, month, frame, INTACT_RECORD) for one in tenants]
            return {one.tenant: one.digest for one in made if one is not None}

        with closing(connect(self.context.config.database.path)) as db:
            return answer_from(db, question)

    async def print(
        self, covered: CoveredStatement, language: Language, kinds: Sequence[str]
    ) -> list[SignedPaper]:
        """Return a statement as files of these kinds (pdf, html, md). Raises `Unavailable` without
        a key.
        """
        key, sender = self.context.signing.require(), sender_of(self.context.config.hoster)
        async with self._making:
            return await in_thread(_print_signed, covered, sender, language, kinds, key)


def _print_signed(
    covered: CoveredStatement,
    sender: LetterSender,
    language: Language,
    kinds: Sequence[str],
    key: SigningKey,
) -> list[SignedPaper]:
    return [
        SignedPaper(name, content, key.sign(content))
        for name, content in _print(covered, sender, language, kinds)
    ]


def _print(
    covered: CoveredStatement, sender: LetterSender, language: Language, kinds: Sequence[str]
) -> Iterator[tuple[str, bytes]]:
    made = covered.statement
    stem = f"{made.month}-{made.tenant}"
    if "pdf" in kinds:
        # Its library takes a while to import, and is needed once a month.
        from noc_tui.statement.pdf import StatementPaper, print_pdf

        yield f"{stem}.pdf", print_pdf(StatementPaper(made, sender, covered.head), language)
    laid_out = page(made, language, i18n.translations(language).gettext)
    if "html" in kinds:
        yield f"{stem}.html", html(laid_out).encode()
    if "md" in kinds:
        yield f"{stem}.md", markdown(laid_out).encode()


def _why_none(covered: CoveredStatement | None, month: Month, tenant: str) -> str | None:
    if covered is None:
        return _("there is no tenant {tenant}").format(tenant=tenant)
    if not covered.statement.verified:
        return "; ".join(covered.statement.problems)
    if not covered.statement.final:
        return _("{month} is not over: its figures are not final").format(month=month)
    return None
