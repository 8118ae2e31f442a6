"""What somebody gives as a proof of a breach: words, a task of a cluster, or a file (R19).

Of a file, its path and its SHA-256 are kept, and not its content.
"""

import hashlib
from pathlib import Path

from noc_tui.contract.suspension.values import TickEvidence

TASK = "UPID:"


def text_evidence(text: str) -> TickEvidence:
    """Words, or the id of a task."""
    return TickEvidence(kind="task" if text.startswith(TASK) else "text", text=text)


def file_evidence(path: Path) -> TickEvidence:
    """A file as it is now, `~` being the account's own; `OSError` when it cannot be read."""
    path = path.expanduser()
    with path.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    return TickEvidence(kind="file", text=str(path.resolve()), sha256=digest)
