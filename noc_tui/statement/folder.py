"""A folder of signed papers: each file whole with its signature, the key, a signed manifest."""

import base64
import binascii
import os
from collections.abc import Iterable
from pathlib import Path

from noc_tui.api.months import SignedCredits, SignedPapers
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
    return _write_manifest(folder, last.manifest, last.manifest_signature)


def write_credits(folder: Path, export: SignedCredits) -> PaperManifest:
    """Write the export of credits beside statements, the manifest last. Raises `OSError`."""
    write_file(folder / export.name, export.content)
    write_file(folder / f"{export.name}.sig", export.signature)
    return _write_manifest(folder, export.manifest, export.manifest_signature)


def read_manifest(folder: Path) -> tuple[bytes, bytes]:
    """The bytes of manifest.json and its signature, empty where there is none. Raises `OSError`
    without a manifest.
    """
    try:
        signature = base64.b64decode((folder / SIGNATURE).read_bytes())
    except (FileNotFoundError, binascii.Error):
        signature = b""
    return (folder / MANIFEST).read_bytes(), signature


def _write_manifest(folder: Path, content: bytes, signature: bytes) -> PaperManifest:
    write_file(folder / MANIFEST, content)
    write_file(folder / SIGNATURE, base64.b64encode(signature) + b"\n")
    return decode_manifest(content)


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, for its owner and group alone. Raises `OSError`."""
    partial = path.with_name(f".{path.name}.partial")
    descriptor = os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, FILE_MODE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)
    partial.replace(path)
