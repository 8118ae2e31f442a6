"""A folder of signed papers: each file whole with its signature, the key, a signed manifest."""

import base64
import os
from collections.abc import Iterable
from pathlib import Path

from noc_tui.api.months import SignedPapers
from noc_tui.statement.manifest import KEY, MANIFEST, SIGNATURE, PaperManifest, decode_manifest

FILE_MODE, FOLDER_MODE = 0o640, 0o750


def write_papers(folder: Path, papers: Iterable[SignedPapers]) -> PaperManifest:
    """Write everything that `nocd` answered about a month, and the manifest last: that of the last
    answer, which names the files of all. Raises `OSError`.

    What stands there under the same names is replaced.
    """
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    last: SignedPapers | None = None
    for last in papers:
        write_file(folder / KEY, last.key.encode())
        for one in last.files:
            write_file(folder / one.name, one.content)
            write_file(folder / f"{one.name}.sig", one.signature)
    if last is None:
        raise ValueError("there are no papers")
    write_file(folder / MANIFEST, last.manifest)
    write_file(folder / SIGNATURE, base64.b64encode(last.manifest_signature) + b"\n")
    return decode_manifest(last.manifest)


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, for its owner and group alone. Raises `OSError`."""
    partial = path.with_name(f".{path.name}.partial")
    descriptor = os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, FILE_MODE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)
    partial.replace(path)
