"""Stores the hoster's official text with its SHA-256, its author and its date."""

import hashlib

from noc_tui.api.contract import Imported, OfficialText
from noc_tui.contract.official_text import split_clauses
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import BadRequest
from noc_tui.daemon.core.identity import actor
from noc_tui.i18n import _
from noc_tui.roles import Caller
from storage.suspension import CONTRACT_TEXTS, ContractText


async def import_text(context: Context, asked: OfficialText, who: Caller) -> Imported:
    """Store the text; raises `BadRequest` if no article is found in it."""
    clauses = split_clauses(asked.text)
    if not clauses:
        raise BadRequest(_("{name}: no article was found in this text").format(name=asked.name))
    sha256 = hashlib.sha256(asked.text.encode()).hexdigest()
    async with context.writer.change(actor(who)) as change:
        row = ContractText(sha256, asked.name, change.at, who.name, asked.text)
        await change.put(CONTRACT_TEXTS, [row])
        await change.record(
            "contract.imported",
            ["contract"],
            {"name": asked.name, "sha256": sha256, "clauses": len(clauses)},
        )
    return Imported(sha256, tuple(clauses))
