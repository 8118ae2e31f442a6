"""Keeps the files that a decision about downtime rests on, under the SHA-256 of their content.

A ground `file:NAME` whose file was sent with the decision names the content that is kept; packs
hold it, and an erasure of the decision's entry empties it.
"""

import hashlib
from collections.abc import Sequence

from noc_tui.api.suspension import FileContent
from noc_tui.daemon.core.errors import BadRequest
from noc_tui.daemon.core.sent_files import by_digest
from noc_tui.i18n import _
from storage.change import Change
from storage.exhibits import EXHIBITS, Exhibit, exhibit_sizes

FILE = "file:"


def name_files(grounds: Sequence[str], files: Sequence[FileContent]) -> tuple[str, ...]:
    """Return the grounds, each that names a file with the SHA-256 of its content.

    Raises `BadRequest` for a file that is empty, too large, or named by no ground.
    """
    by_digest(files)
    digests = {file.name: hashlib.sha256(file.content).hexdigest() for file in files}
    named = {one.removeprefix(FILE).strip() for one in grounds if one.startswith(FILE)}
    if stray := sorted(digests.keys() - named):
        raise BadRequest(_("{name}: no evidence names this file").format(name=stray[0]))
    return tuple(_with_digest(one, digests) for one in grounds)


def _with_digest(ground: str, digests: dict[str, str]) -> str:
    name = ground.removeprefix(FILE).strip()
    if not ground.startswith(FILE) or name not in digests:
        return ground
    return f"{FILE}{name} (SHA-256 {digests[name]})"


async def keep_decision_files(
    change: Change, tenant: str, files: Sequence[FileContent], entry: int
) -> None:
    """Keep the files with the entry of the decision; one that is kept of that tenant stays."""
    about = f"tenant:{tenant}"
    known = await exhibit_sizes(change, about)
    rows = [
        Exhibit(
            suspension=about,
            sha256=digest,
            size=len(file.content),
            content=file.content,
            kept_at=change.at,
            account=change.actor.name,
        )
        for digest, file in by_digest(files).items()
        if digest not in known
    ]
    await change.put(EXHIBITS, rows, by=entry)
