"""Builds the evidence of a breach from what an operator enters: a text, a task id, or a file
(R19).

Of a file, its path and its SHA-256 are kept, and not its content.
"""

import hashlib
from pathlib import Path

from noc_tui.contract.suspension.values import TickEvidence

TASK = "UPID:"


def text_evidence(text: str) -> TickEvidence:
    """Return a text, or the id of a task, as evidence."""
    return TickEvidence(kind="task" if text.startswith(TASK) else "text", text=text)


def file_evidence(path: Path) -> TickEvidence:
    """Return a file's path and SHA-256 as evidence; `~` is the account's home. Raises `OSError` if
    it cannot be read.
    """
    path = path.expanduser()
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    return TickEvidence(kind="file", text=str(path.resolve()), sha256=digest)
