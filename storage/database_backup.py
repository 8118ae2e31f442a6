"""Backups of the database as files: dated names, a signed manifest beside each, the oldest removed.

`noc-20261130T102500Z.db` comes with `noc-20261130T102500Z.json`. Beside the database stands
`noc.db.backup`, which says of the last one when it was made and whether it reached the other site.
"""

import os
import re
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec.structs import replace

from storage import files
from storage.chain_reader import connect, kept_heads, keys
from storage.errors import StorageError, translate_errors
from storage.heads import SigningKey, is_signature_of
from storage.restoration import digest_of
from storage.sealed import salted_digest, sealed_copy_path, sealed_path
from storage.verify import verify

_DATED = re.compile(r"-(\d{8}T\d{6}Z)(?:-(\d+))?\.db")
_MESSAGE = b"noc-tui backup manifest 1\n"


class BackupManifest(msgspec.Struct, frozen=True):
    """What a backup is. `size` is in bytes, `digest` SHA-256 in hexadecimal; `count` and `hash` are
    those of the last entry, `head` the line of the newest signed head, `verdict` that of `verify`.

    `sealed` is a salt and a digest of the sealed file's copy (`storage.sealed.sealed_copy_path`),
    empty without one: two manifests do not tell whether it changed. `keys` are the ids of the
    evidence's keys, `key_file` where the private one was kept, which is not in the backup.
    `signature` (hexadecimal) is by the key `signed_by`; empty without one.
    """

    file: str
    at: str
    size: int
    digest: str
    schema: str
    version: str
    count: int
    hash: str
    head: str
    verdict: str
    keys: tuple[str, ...]
    key_file: str
    sealed: str = ""
    signed_by: str = ""
    signature: str = ""

    def message(self) -> bytes:
        """The bytes that are signed."""
        return _MESSAGE + msgspec.json.encode(replace(self, signature=""), order="sorted")


class LastBackup(msgspec.Struct, frozen=True):
    """The last backup: `sent` is None where no other site is configured, `said` why it failed."""

    at: datetime
    file: str
    digest: str
    count: int
    verdict: str
    signed: bool
    sent: bool | None = None
    said: str = ""


def make_backup(
    database: Path,
    directory: Path,
    now: datetime,
    *,
    version: str,
    key_file: Path,
    key: SigningKey | None,
) -> tuple[Path, BackupManifest]:
    """A copy of a database that may be in use, with its manifest; returns both. Blocks.

    Errors: `StorageError`; a file that is there is never overwritten.
    """
    target = _free(directory, database.stem, now)
    files.copy(database, target)
    sealed = _copy_sealed(database, target)
    report = verify(target)
    with translate_errors(target), closing(connect(target)) as copied:
        heads = kept_heads(copied)
        schema = copied.execute("SELECT name FROM migration ORDER BY number DESC").fetchone()
        known = tuple(keys(copied))
    manifest = BackupManifest(
        file=target.name,
        at=now.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        size=target.stat().st_size,
        digest=digest_of(target),
        schema=schema[0] if schema else "",
        version=version,
        count=report.count,
        hash=report.last_hash,
        head=heads[-1].line() if heads else "",
        verdict=report.verdict.value,
        keys=known,
        key_file=str(key_file),
        sealed=sealed,
        signed_by=key.key_id if key else "",
    )
    if key is not None:
        manifest = replace(manifest, signature=key.sign(manifest.message()).hex())
    _write(manifest_of(target), msgspec.json.format(msgspec.json.encode(manifest)))
    return target, manifest


def _copy_sealed(database: Path, target: Path) -> str:
    """Copy the sealed file, after the database, so that it has every digest that is on record
    there; a salt and a digest of the copy, empty where there is none.
    """
    source, copied = sealed_path(database), sealed_copy_path(target)
    if not source.exists():
        return ""
    files.prepare_directory(copied)
    files.copy(source, copied)
    return salted_digest(copied)


def _free(directory: Path, stem: str, now: datetime) -> Path:
    name = f"{stem}-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    target, number = directory / f"{name}.db", 2
    while os.path.lexists(target):
        target, number = directory / f"{name}-{number}.db", number + 1
    return target


def manifest_of(backup: Path) -> Path:
    """The manifest's name."""
    return backup.with_suffix(".json")


def check_manifest(backup: Path) -> str:
    """What is wrong with a backup by its manifest, in a sentence; empty if nothing, or without one.

    The signature is checked against the keys in the copy: it shows damage and mistakes. Whether
    those are the right keys, a head from outside shows.
    """
    path = manifest_of(backup)
    if not path.is_file():
        return ""
    try:
        manifest = msgspec.json.decode(path.read_bytes(), type=BackupManifest)
        digest = digest_of(backup)
    except (OSError, msgspec.DecodeError) as error:
        return f"{path}: {error}"
    if digest != manifest.digest:
        return f"{backup}: this is not the file of its manifest: its SHA-256 is {digest}"
    if wrong := _wrong_sealed(backup, manifest):
        return wrong
    if not manifest.signature:
        return ""
    with translate_errors(backup), closing(connect(backup)) as copied:
        key = keys(copied).get(manifest.signed_by)
    try:
        signature = bytes.fromhex(manifest.signature)
    except ValueError:
        signature = b""
    if key is None or not is_signature_of(key.public, signature, manifest.message()):
        return f"{path}: the manifest is not signed by a key of this database"
    return ""


def _wrong_sealed(backup: Path, manifest: BackupManifest) -> str:
    copied = sealed_copy_path(backup)
    if not manifest.sealed or not os.access(copied.parent, os.X_OK):
        return ""  # it was not there, or this account may not look
    if not copied.is_file():
        return f"{copied}: the sealed file of this backup is not there"
    if salted_digest(copied, manifest.sealed.partition(":")[0]) != manifest.sealed:
        return f"{copied}: this is not the file of its manifest"
    return ""


def prune(directory: Path, stem: str, keep: int) -> list[Path]:
    """Remove all but the newest `keep` backups of that stem; returns those that went."""
    found = [
        (matched[1], int(matched[2] or 1), path)
        for path in directory.glob(f"{stem}-*.db")
        if (matched := _DATED.fullmatch(path.name.removeprefix(stem)))
    ]
    gone = [path for _at, _number, path in sorted(found)[:-keep]] if keep else []
    for path in gone:
        path.unlink()
        manifest_of(path).unlink(missing_ok=True)
        sealed_copy_path(path).unlink(missing_ok=True)
    return gone


def last_backup(database: Path) -> LastBackup | None:
    """What is said of the last backup; None where none was made, or that cannot be read."""
    try:
        return msgspec.json.decode(_state(database).read_bytes(), type=LastBackup)
    except (OSError, msgspec.DecodeError):
        return None


def put_last_backup(database: Path, last: LastBackup) -> None:
    """Say when the last backup was made, for `nocd` and `doctor`. Errors: `StorageError`."""
    _write(_state(database), msgspec.json.encode(last))
    if os.geteuid() == 0:
        owner = database.stat()
        os.chown(_state(database), owner.st_uid, owner.st_gid)


def _state(database: Path) -> Path:
    return database.with_name(database.name + ".backup")


def _write(path: Path, content: bytes) -> None:
    """The whole file or the one before, readable by its group."""
    partial = path.with_name(path.name + ".partial")
    try:
        partial.write_bytes(content)
        partial.chmod(files.FILE_MODE)
        files.sync(partial)
        partial.replace(path)
        files.sync(path.parent)
    except OSError as error:
        raise StorageError(f"{path}: this cannot be written: {error.strerror}") from error
