"""The termination file: what a lead needs in hand before writing the letter (R22), in Markdown.

The facts, the days, the mails with the server's answers, and every entry of the evidence log. It
ends nothing: the letter is a person's.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from noc_tui.commands.reading import read
from noc_tui.config import Configuration
from noc_tui.i18n import _
from noc_tui.text import visible
from storage import evidence, outbox
from storage.connection import Readable
from storage.outbox import Message

LIMIT = 100_000


def file_lines(config: Configuration, case: dict[str, Any]) -> Iterator[str]:
    """The file, line by line."""
    messages, entries = _read(config, case["id"])
    yield f"# {case['id']} · {visible(case['tenant_name'])}"
    yield ""
    count = case["countdown"]
    facts = {
        _("ground"): case["ground"],
        _("state"): case["state"],
        _("ordered by"): case["ordered_by"]["name"] if case["ordered_by"] else "-",
        _("in force since"): case["started_at"] or "-",
        _("deadline"): count["deadline"] if count else "-",
        _("right to terminate"): count["right"] if count else "-",
        _("opened on"): case["termination_open_at"] or "-",
        _("letter"): case["letter"]["reference"] if case["letter"] else "-",
    }
    facts |= case["facts"]
    for name, value in facts.items():
        yield f"- {visible(name)}: {visible(str(value))}"
    yield from ("", f"## {_('Guests')}", "")
    for guest in case["plan"]["guests"]:
        yield f"- {guest['ref']['cluster']}/{guest['ref']['vmid']} {visible(guest['name'])}"
    yield from ("", f"## {_('Mails')}", "")
    for mail in messages:
        yield f"- {mail.queued_at:%Y-%m-%dT%H:%M:%SZ} {mail.purpose}: {visible(mail.recipient)}"
        yield f"  {mail.state} {visible(mail.answer)} {mail.id}"
    yield from ("", f"## {_('Evidence')}", "")
    for entry in entries:
        yield f"- {entry.seq} {entry.at:%Y-%m-%dT%H:%M:%SZ} {entry.account} {entry.kind}"
        yield f"  sha256 {entry.hash}"


def _read(config: Configuration, identifier: str) -> tuple[list[Message], list[evidence.Entry]]:
    subject = f"suspension:{identifier}"

    async def question(db: Readable) -> tuple[list[Message], list[evidence.Entry]]:
        found = await evidence.search(db, evidence.Query(subject=subject, limit=LIMIT))
        return await outbox.about(db, subject), found[::-1]

    return read(config, question)


def document(config: Configuration, case: dict[str, Any]) -> dict[str, Any]:
    """The same for scripts: the case, its mails without their bytes, its entries."""
    messages, entries = _read(config, case["id"])
    return {
        "case": case,
        "messages": [
            {"id": one.id, "purpose": one.purpose, "state": one.state, "answer": one.answer}
            for one in messages
        ],
        "evidence": msgspec.to_builtins(entries),
    }
