"""The termination file: what a lead needs before writing the termination letter (R22), in
Markdown.

The facts, the days, the clauses with what proves their breach, the mails with the server's answers,
and every entry of the evidence log. It ends nothing: the letter is a person's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from noc_tui.api.suspension import CaseDocument
from noc_tui.i18n import _
from noc_tui.text import escape_markdown
from storage import evidence, outbox
from storage.connection import Readable
from storage.outbox import Message

LIMIT = 100_000


@dataclass(frozen=True, slots=True)
class TerminationFile:
    """`case` is as `nocd` answers it; beside it the mails, and the entries from the oldest on."""

    case: CaseDocument
    mails: list[Message]
    entries: list[evidence.Entry]

    def lines(self) -> Iterator[str]:
        """Yield the file, line by line."""
        case = self.case
        yield f"# {case.id} · {escape_markdown(case.tenant_name)}"
        yield from _titled("", _facts(case))
        yield from _titled(_("Guests"), _guests(case))
        yield from _titled(_("Clauses and proofs"), _ticks(case))
        yield from _titled(_("Mails"), _mails(self.mails))
        yield from _titled(_("Evidence"), _entries(self.entries))

    def document(self) -> dict[str, Any]:
        """The same for scripts: the case, its mails without their bytes, its entries."""
        return {
            "case": msgspec.to_builtins(self.case),
            "messages": [
                {"id": one.id, "purpose": one.purpose, "state": one.state, "answer": one.answer}
                for one in self.mails
            ],
            "evidence": msgspec.to_builtins(self.entries),
        }


async def read_termination_file(db: Readable, case: CaseDocument) -> TerminationFile:
    """Return the termination file of a case."""
    subject = f"suspension:{case.id}"
    found = await evidence.search(db, evidence.Query(subject=subject, limit=LIMIT))
    return TerminationFile(case, await outbox.messages_about(db, subject), found[::-1])


def _titled(title: str, lines: Iterator[str]) -> Iterator[str]:
    yield ""
    if title:
        yield from (f"## {title}", "")
    yield from lines


def _facts(case: CaseDocument) -> Iterator[str]:
    count = case.countdown
    facts = {
        _("ground"): case.ground,
        _("terms"): case.terms_version,
        _("state"): case.state,
        _("ordered by"): case.ordered_by.name if case.ordered_by else "-",
        _("in force since"): _instant(case.started_at),
        _("deadline"): _instant(count.deadline if count else None),
        _("right to terminate"): count.right if count else "-",
        _("opened on"): _instant(case.termination_open_at),
        _("letter"): case.letter.reference if case.letter else "-",
    }
    for name, value in (facts | dict(case.facts)).items():
        yield f"- {escape_markdown(name)}: {escape_markdown(value)}"


def _instant(at: datetime | None) -> str:
    """RFC 3339 in UTC."""
    return "-" if at is None else str(msgspec.to_builtins(at))


def _guests(case: CaseDocument) -> Iterator[str]:
    for guest in case.plan.guests:
        yield f"- {guest.ref} {escape_markdown(guest.name)}"


def _ticks(case: CaseDocument) -> Iterator[str]:
    for tick in case.ticks:
        yield f"- {escape_markdown(tick.target)}"
        for proof in tick.evidence:
            yield f"  {proof.kind}: {escape_markdown(proof.text)}"
            if proof.sha256:
                yield f"  sha256 {escape_markdown(proof.sha256)}"


def _mails(mails: list[Message]) -> Iterator[str]:
    for mail in mails:
        to = escape_markdown(mail.recipient)
        yield f"- {mail.queued_at:%Y-%m-%dT%H:%M:%SZ} {mail.purpose}: {to}"
        yield f"  {mail.state} {escape_markdown(mail.answer)} {mail.id}"


def _entries(entries: list[evidence.Entry]) -> Iterator[str]:
    for entry in entries:
        yield f"- {entry.seq} {entry.at:%Y-%m-%dT%H:%M:%SZ} {entry.account} {entry.kind}"
        yield f"  sha256 {entry.hash}"
