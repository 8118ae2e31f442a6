"""The manifest of a folder of statements: its bytes, its signature, and how a folder is checked.

`nocd` signs it, as it does that of a pack: over `E("noc-papers-2", the bytes of manifest.json)`.
All statements of a folder are of one closing of the month, which the manifest names.
"""

import base64
import binascii
import hashlib
from collections.abc import Collection, Iterator, Sequence
from enum import StrEnum
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from noc_tui.api.months import LeftOut
from noc_tui.statement.document import StatedClosing
from storage import chain
from storage.heads import is_signature_of, public_pem

FORMAT = "noc-papers-2"
MANIFEST, SIGNATURE, KEY = "manifest.json", "manifest.sig", "key.pem"


class PaperFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of the folder, its signature's name beside it; `closed_by` is the entry that closed or
    reopened the month last, as the statement itself says; None before the first closing. `digest`
    is the one over figures and entries that the statement states.
    """

    tenant: str
    closed_by: int | None
    digest: str
    name: str
    bytes: int
    sha256: str
    signature: str


class CreditsFile(msgspec.Struct, frozen=True, kw_only=True):
    """The export of the month's credits for accounting, its signature's name beside it."""

    name: str
    bytes: int
    sha256: str
    signature: str


class PaperManifest(msgspec.Struct, frozen=True, kw_only=True):
    """What the folder holds. `key_id` is the key's in `key.pem`; `closing` is the month's last one
    when the statements were made, None before the first.
    """

    format: str = FORMAT
    month: str
    closing: StatedClosing | None
    language: str
    key_id: str
    files: tuple[PaperFile, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    credits: CreditsFile | None = None

    @property
    def names(self) -> frozenset[str]:
        """Every file that the folder may hold."""
        export = () if self.credits is None else (self.credits.name, self.credits.signature)
        named = [name for one in self.files for name in (one.name, one.signature)]
        return frozenset((MANIFEST, SIGNATURE, KEY, *named, *export))

    @property
    def closed_by(self) -> int | None:
        """The entry that closed or reopened the month last."""
        return None if self.closing is None else self.closing.last_entry

    def digests_beside(self, tenants: Collection[str]) -> dict[str, str]:
        """The digest of each statement that is not of these tenants, by its tenant."""
        return {one.tenant: one.digest for one in self.files if one.tenant not in tenants}

    def extended(
        self, files: Sequence[PaperFile], left_out: Sequence[LeftOut], tenants: Sequence[str]
    ) -> "PaperManifest":
        """The manifest with what was made of these tenants, instead of what it said of them."""
        kept = [one for one in self.files if one.tenant not in tenants]
        left = [one for one in self.left_out if one.tenant not in tenants]
        return msgspec.structs.replace(self, files=(*kept, *files), left_out=(*left, *left_out))


_MANIFEST = msgspec.json.Decoder(PaperManifest)


def describe_file(
    tenant: str, closed_by: int | None, digest: str, name: str, content: bytes
) -> PaperFile:
    """A file as the manifest names it."""
    return PaperFile(
        tenant=tenant,
        closed_by=closed_by,
        digest=digest,
        name=name,
        bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        signature=f"{name}.sig",
    )


def credits_name(month: str) -> str:
    """The name of the export of a month's credits."""
    return f"avoirs-{month}.csv"


def describe_credits(month: str, content: bytes) -> CreditsFile:
    """The export of credits as the manifest names it."""
    name = credits_name(month)
    digest = hashlib.sha256(content).hexdigest()
    return CreditsFile(name=name, bytes=len(content), sha256=digest, signature=f"{name}.sig")


def encode_manifest(manifest: PaperManifest) -> bytes:
    """The bytes of manifest.json."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=2) + b"\n"


def decode_manifest(content: bytes) -> PaperManifest:
    """Errors: `ValueError` for what is none."""
    found = _MANIFEST.decode(content)
    if found.format != FORMAT:
        raise ValueError(f"another format: {found.format:.40}")
    for one in found.files:
        if Path(one.name).name != one.name or one.signature != f"{one.name}.sig":
            raise ValueError(f"no file of the folder: {one.name:.40}")
    export = found.credits
    if export is not None:
        name = credits_name(found.month)
        if Path(name).name != name or (export.name, export.signature) != (name, f"{name}.sig"):
            raise ValueError(f"no export of the month's credits: {export.name:.40}")
    return found


def manifest_message(content: bytes) -> bytes:
    """What is signed of the bytes of manifest.json."""
    return chain.encode([FORMAT.encode(), content])


class FolderVerdict(StrEnum):
    """What a folder is found to be; the words are those of packs."""

    INTACT = "intact"
    ALTERED = "altered"
    INCOMPLETE = "incomplete"
    UNSIGNED = "unsigned"
    WRONG_KEY = "wrong-key"
    UNREADABLE = "unreadable"


class FolderReport(msgspec.Struct, frozen=True):
    """The verdict, the names that decided it, what the manifest says where it is one, and the files
    that nobody signs.
    """

    verdict: FolderVerdict
    names: tuple[str, ...] = ()
    manifest: PaperManifest | None = None
    unsigned: tuple[str, ...] = ()


def is_folder(path: Path) -> bool:
    """Whether a path is a folder of statements, and not a pack that was unpacked."""
    try:
        decode_manifest((path / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return False
    return True


def verify_folder(
    folder: Path, known: Collection[str] = (), *, unsigned: bool = False
) -> FolderReport:
    """Compare a folder with its manifest, and that with its signature by the key in `key.pem`,
    which is one of the `known` ids where there are any. Blocks.

    A statement of another closing than the manifest's is `altered`, and so is any file that the
    manifest does not name. An export of credits that it does not name, which earlier versions
    wrote, is `unsigned`; where `unsigned` accepts it, the report still names it.
    """
    try:
        content = (folder / MANIFEST).read_bytes()
        manifest = decode_manifest(content)
        pem = (folder / KEY).read_bytes()
        public = read_public(pem)
    except (OSError, ValueError):
        return FolderReport(FolderVerdict.UNREADABLE, (MANIFEST, KEY))
    # What a reader would see of another file, or beside the key, nobody signed.
    if links := tuple(sorted(one.name for one in folder.iterdir() if one.is_symlink())):
        return FolderReport(FolderVerdict.ALTERED, links, manifest)
    if chain.key_id(public) != manifest.key_id or pem != public_pem(public).encode():
        return FolderReport(FolderVerdict.ALTERED, (KEY,), manifest)
    if known and manifest.key_id not in known:
        return FolderReport(FolderVerdict.WRONG_KEY, (manifest.key_id,), manifest)
    signature = _signature(folder)
    if signature is None and not unsigned:
        return FolderReport(FolderVerdict.UNSIGNED, (SIGNATURE,), manifest)
    if signature is not None and not is_signature_of(public, signature, manifest_message(content)):
        return FolderReport(FolderVerdict.ALTERED, (MANIFEST,), manifest)
    if missing := tuple(_missing(folder, manifest)):
        return FolderReport(FolderVerdict.INCOMPLETE, missing, manifest)
    export = credits_name(manifest.month)
    added = _added(folder, manifest)
    altered = (*_altered(folder, manifest, public), *(one for one in added if one != export))
    if altered:
        return FolderReport(FolderVerdict.ALTERED, altered, manifest)
    loose = tuple(one for one in added if one == export)
    if loose and not unsigned:
        return FolderReport(FolderVerdict.UNSIGNED, loose, manifest)
    return FolderReport(FolderVerdict.INTACT, (), manifest, loose)


def read_public(pem: bytes) -> bytes:
    """The raw public key of a PEM file. Errors: `ValueError` for what is no Ed25519 key."""
    key = serialization.load_pem_public_key(pem)
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("this is no Ed25519 public key")
    return key.public_bytes_raw()


def _signature(folder: Path) -> bytes | None:
    try:
        written = (folder / SIGNATURE).read_bytes()
        signature = base64.b64decode(written.removesuffix(b"\n"), validate=True)
    except OSError:
        return None
    except binascii.Error:
        return b""
    return signature


def _missing(folder: Path, manifest: PaperManifest) -> Iterator[str]:
    for name in sorted(manifest.names - {MANIFEST, SIGNATURE, KEY}):
        if not (folder / name).is_file():
            yield name


def _added(folder: Path, manifest: PaperManifest) -> list[str]:
    named = manifest.names
    return sorted(one.name for one in folder.iterdir() if one.name not in named)


def _altered(folder: Path, manifest: PaperManifest, public: bytes) -> Iterator[str]:
    for file in manifest.files:
        content = (folder / file.name).read_bytes()
        closed_by = manifest.closed_by
        said = describe_file(file.tenant, closed_by, file.digest, file.name, content)
        if said != file:
            yield file.name
        elif not is_signature_of(public, (folder / file.signature).read_bytes(), content):
            yield file.signature
    if manifest.credits is not None:
        yield from _altered_credits(folder, manifest.month, manifest.credits, public)


def _altered_credits(folder: Path, month: str, export: CreditsFile, public: bytes) -> Iterator[str]:
    content = (folder / export.name).read_bytes()
    if describe_credits(month, content) != export:
        yield export.name
    elif not is_signature_of(public, (folder / export.signature).read_bytes(), content):
        yield export.signature
