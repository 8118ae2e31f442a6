"""Builds the evidence of a breach from what an operator enters: a text, a task id, or a file
(R19); writes what a case holds to the disk.
"""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from noc_tui.api.suspension import FileContent
from noc_tui.contract.suspension.values import TickEvidence

TASK = "UPID:"
FILE_BYTES = 8 * 1024 * 1024
"""How large a file of a case may be."""
CASE_BYTES = 64 * 1024 * 1024
"""How large all files of a case together may be."""


def text_evidence(text: str) -> TickEvidence:
    """Return a text, or the id of a task, as evidence."""
    return TickEvidence(kind="task" if text.startswith(TASK) else "text", text=text)


def read_file(path: Path) -> FileContent:
    """Return a file as it is sent to `nocd`; `~` is the account's home.

    Of one that is too large no more is read than shows it. Raises `OSError` if it cannot be read.
    """
    with path.expanduser().open("rb") as file:
        return FileContent(path.name, file.read(FILE_BYTES + 1))


def write_private(path: Path, content: bytes) -> None:
    """Write to a new file that its owner alone reads: what stands in a case is not for every
    account of the machine. Raises `OSError`, also where there is such a file already.
    """
    descriptor = os.open(path.expanduser(), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def file_evidence(file: FileContent) -> TickEvidence:
    """Return a file as evidence: its name, and the SHA-256 under which its content is kept."""
    digest = hashlib.sha256(file.content).hexdigest()
    return TickEvidence(kind="file", text=file.name, sha256=digest)


def report_evidence(file: FileContent) -> TickEvidence:
    """Return a third party's report as evidence: kept whole like a file, and quoted in no letter,
    as it says who reported.
    """
    return replace(file_evidence(file), kind="report")


def attach_files(grounds: Sequence[str]) -> tuple[tuple[str, ...], tuple[FileContent, ...]]:
    """Return grounds and the files that they name by a whole path (`file:/…`, `file:~/…`), each
    then named without its folder. Blocks; raises `OSError` for one that cannot be read.
    """
    named: list[str] = []
    files: list[FileContent] = []
    for ground in grounds:
        path = Path(ground.removeprefix("file:").strip())
        if not ground.startswith("file:") or path.parts[:1] not in (("/",), ("~",)):
            named.append(ground)
            continue
        files.append(read_file(path))
        named.append(f"file:{path.name}")
    return tuple(named), tuple(files)
