"""Keeps the files that proofs and answers of a case rest on."""

from collections.abc import Iterable, Mapping

from noc_tui.api.suspension import FileContent
from noc_tui.breach_evidence import CASE_BYTES
from noc_tui.contract.suspension.values import Case, Tick
from noc_tui.daemon.core.errors import BadRequest, NotFound
from noc_tui.daemon.core.sent_files import Files
from noc_tui.i18n import _
from noc_tui.labels import formats
from storage.change import Change
from storage.connection import Readable
from storage.exhibits import EXHIBITS, Exhibit, exhibit_sizes, find_exhibits


async def read_file(db: Readable, case: str, digest: str) -> FileContent:
    """The file of a case whose SHA-256 begins like this. Raises `NotFound` unless it is one, whose
    content was not erased.
    """
    found = [one for one in await find_exhibits(db, case, digest) if one.content]
    if len(found) != 1:
        raise NotFound(_("{case} has no such file").format(case=case))
    return FileContent(found[0].sha256, found[0].content)


async def keep_files(change: Change, case: Case, ticks: Iterable[Tick], files: Files) -> None:
    """Keep the files that these ticks name. Raises `BadRequest` for a name without its file, and
    for a file that nothing names.
    """
    named = {
        proof.sha256: proof.text for tick in ticks for proof in tick.evidence if proof.has_file
    }
    if stray := [file.name for digest, file in files.items() if digest not in named]:
        raise BadRequest(_("{name}: no proof names this file").format(name=stray[0]))
    await _keep(change, case, named, files)


async def keep_answer(change: Change, case: Case, files: Files) -> None:
    """Keep the file of an answer."""
    await _keep(change, case, {digest: file.name for digest, file in files.items()}, files)


async def _keep(change: Change, case: Case, named: Mapping[str, str], files: Files) -> None:
    sizes = await exhibit_sizes(change, case.id)
    for digest, name in named.items():
        if digest not in files and digest not in sizes:
            text = _("{name}: the file itself is missing: send it with its proof")
            raise BadRequest(text.format(name=name))
    new = {digest: file for digest, file in files.items() if digest not in sizes}
    total = sum(sizes.values()) + sum(len(file.content) for file in new.values())
    if total > CASE_BYTES:
        limit = formats.size(CASE_BYTES)
        raise BadRequest(_("the files of a case have at most {limit}").format(limit=limit))
    rows = [
        Exhibit(
            suspension=case.id,
            sha256=digest,
            size=len(file.content),
            content=file.content,
            kept_at=change.at,
            account=change.actor.name,
        )
        for digest, file in new.items()
    ]
    await change.put(EXHIBITS, rows)
