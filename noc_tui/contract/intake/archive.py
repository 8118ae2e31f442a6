"""What a mail brings packed: the files of a ZIP or behind gzip, such as the daily rows of a CERT.

Work is bounded whatever the archive holds: one allowance of files and bytes stands for a whole
mail with all that is packed or forwarded within it, and nothing is unpacked beyond it. What is
encrypted, damaged or packed by another method is left out; nothing is ever raised for bad input.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

_MEMBERS = 100
_ROOM = 8 << 20
_LONGEST = 1 << 20
_DIRECTORY = 2_000
_ENTRY = b"PK\x01\x02"
_ZIP, _GZIP = b"PK\x03\x04", b"\x1f\x8b"
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_TYPES = {".csv": "text/csv", ".json": "application/json", ".eml": "message/rfc822"}
_PACKED = (".zip", ".gz")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError)


@dataclass(slots=True)
class Allowance:
    """What may still be unpacked: files, and bytes of all of them together."""

    members: int = _MEMBERS
    room: int = _ROOM


@dataclass(frozen=True, slots=True)
class PackedFile:
    """A file out of an archive: `kind` is its media type by its name."""

    name: str
    kind: str
    raw: bytes


def unpack(name: str, raw: bytes, left: Allowance, nested: int = 1) -> Iterator[PackedFile]:
    """Yield the tables, JSON documents and mails in an archive, or in one within it.

    Each is cut at a megabyte. Yields nothing for what is no archive.
    """
    for inner, content in _files(name, raw, left):
        kind = _TYPES.get(inner[inner.rfind(".") :].lower())
        if kind is not None:
            yield PackedFile(inner, kind, content)
        elif nested and inner.lower().endswith(_PACKED):
            yield from unpack(inner, content, left, nested - 1)


def _files(name: str, raw: bytes, left: Allowance) -> Iterator[tuple[str, bytes]]:
    if raw.startswith(_GZIP):
        plain = name[: -len(".gz")] if name.lower().endswith(".gz") else name
        content = _inflated(raw, left)
        if content:
            yield plain, content
    elif raw.startswith(_ZIP) and raw.count(_ENTRY) <= _DIRECTORY:
        yield from _members(raw, left)


def _inflated(raw: bytes, left: Allowance) -> bytes:
    most = _take(left)
    if not most:
        return b""
    try:
        content = zlib.decompressobj(wbits=31).decompress(raw, most)
    except zlib.error:
        return b""
    left.room -= len(content)
    return content


def _members(raw: bytes, left: Allowance) -> Iterator[tuple[str, bytes]]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(raw))
    except _BROKEN:
        return
    for member in archive.infolist():
        wanted = member.filename.lower().endswith((*_TYPES, *_PACKED))
        readable = not member.flag_bits & 1 and member.compress_type in _METHODS
        most = _take(left) if wanted and readable else 0
        if not most:
            continue
        try:
            with archive.open(member) as file:
                content = file.read(most)
        except (*_BROKEN, RuntimeError):
            continue
        left.room -= len(content)
        yield member.filename, content


def _take(left: Allowance) -> int:
    """Take one file from the allowance; returns how many bytes of it may be unpacked."""
    if left.members <= 0:
        return 0
    left.members -= 1
    return min(left.room, _LONGEST)
