"""A folder of signed papers: each file whole, its signature beside it, the key, a manifest."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

from noc_tui.api.months import LeftOut, SignedFile, SignedPapers

FILE_MODE, FOLDER_MODE = 0o640, 0o750


class PaperFile(msgspec.Struct, frozen=True):
    """A file of the folder, its signature's name beside it."""

    tenant: str
    name: str
    bytes: int
    sha256: str
    signature: str


class PaperManifest(msgspec.Struct, frozen=True):
    """What the folder holds. `key_id` is the SHA-256 of the public key in `key.pem`."""

    month: str
    language: str
    key_id: str
    files: tuple[PaperFile, ...]
    left_out: tuple[LeftOut, ...]


def write_papers(
    folder: Path, month: str, language: str, papers: Iterable[SignedPapers]
) -> PaperManifest:
    """Write everything that `nocd` answered about a month, and the manifest last. Raises `OSError`.

    What stands there under the same names is replaced.
    """
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    files: list[PaperFile] = []
    left: list[LeftOut] = []
    key_id = ""
    for some in papers:
        key_id = some.key_id
        write_file(folder / "key.pem", some.key.encode())
        files += [_write(folder, one) for one in some.files]
        left += some.left_out
    made = PaperManifest(month, language, key_id, tuple(files), tuple(left))
    content = msgspec.json.format(msgspec.json.encode(made), indent=2) + b"\n"
    write_file(folder / "manifest.json", content)
    return made


def _write(folder: Path, file: SignedFile) -> PaperFile:
    signature = f"{file.name}.sig"
    write_file(folder / file.name, file.content)
    write_file(folder / signature, file.signature)
    digest = hashlib.sha256(file.content).hexdigest()
    return PaperFile(file.tenant, file.name, len(file.content), digest, signature)


def write_file(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, for its owner and group alone. Raises `OSError`."""
    partial = path.with_name(f".{path.name}.partial")
    descriptor = os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, FILE_MODE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)
    partial.replace(path)
