"""A case as a pack: a zip with its entries, its documents, the chain's part and a signed manifest.

    manifest.json   subject, count of its entries, range of the chain, head, keys, and every other
                    file with its size and SHA-256
    manifest.sig    the signature over manifest.json, by the key that signed the head
    entries.jsonl   the subject's entries in full
    links.jsonl     a hash for every entry in between, whoever it concerns
    documents/      what entries hold as texts of their own: mails, logs
    exhibits/       the files behind proofs, each under the SHA-256 of its content
    timeline.md     the entries as they are read
    key.pem         the signer's public key
    verify.py       a verifier, for who has no other

Blocks: the daemon makes packs in a thread.
"""

import base64
import io
import json
import sqlite3
import zipfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import date, datetime, time
from hashlib import sha256
from importlib import resources
from pathlib import Path

import msgspec

from noc_tui.contract.calendar import PARIS
from noc_tui.evidence import pack_verifier
from noc_tui.evidence.closure import Concern, Holding, Mention, concern, names_of
from noc_tui.evidence.readme import readme
from noc_tui.queries.record_check import RecordCheck, check_month_snapshot
from storage import chain, evidence_export
from storage.chain_reader import connect
from storage.evidence_export import Link, PackedEntry, PackedKey, RawMention
from storage.heads import Head, SigningKey, public_pem
from storage.times import micros
from storage.verdict import Verdict

FORMAT = "noc-pack-1"
# Entries whose payload holds something that people want as a file of its own: a mail, a log.
_DOCUMENTS = {"eml": "eml", "log": "log", "lines": "log"}
_EPOCH = (1980, 1, 1, 0, 0, 0)


class NotAsWritten(Exception):
    """The subject's part of the chain is not as it was written, and is not signed: why."""


class EntryCounts(msgspec.Struct, frozen=True):
    """How many entries are the subject's: `in_full` are in the pack, those of the numbers `shared`
    tell of other tenants too and are hashes alone. `count` is the sum."""

    count: int
    in_full: int
    shared: tuple[int, ...]


class Stretch(msgspec.Struct, frozen=True):
    """The numbers of the first and the last link; the hash of the entry before the first."""

    first: int
    last: int
    previous: str


class FileSum(msgspec.Struct, frozen=True):
    """A file of the pack: its size in bytes, its SHA-256 in hexadecimal."""

    name: str
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """What is signed. `things` are the names through which the entries were found; `keys` are those
    up to the head's signer, in the order in which they followed one another."""

    format: str
    subject: str
    entries: EntryCounts
    things: tuple[str, ...]
    chain: Stretch
    head: Head | None
    keys: tuple[PackedKey, ...]
    files: tuple[FileSum, ...]


class SubjectPart(msgspec.Struct, frozen=True):
    """A subject's part of the chain."""

    subject: str
    counted: EntryCounts
    things: tuple[str, ...]
    stretch: Stretch
    entries: tuple[PackedEntry, ...]
    links: tuple[Link, ...]
    head: Head | None
    keys: tuple[PackedKey, ...]
    exhibits: dict[str, bytes]


def pack_of(
    database: Path,
    subject: str,
    *,
    head: Head | None = None,
    sign: Callable[[bytes], bytes] | None = None,
    kept: Sequence[Head] = (),
) -> bytes | None:
    """The zip of a subject; None when no entry concerns it. The same bytes for the same head.

    With `head` the pack ends at it, and `sign` is the key that signed it. Without, the newest head
    that is kept is used, entries after it are in the pack too, and the manifest is not signed.
    `kept` are heads from outside the file, which are compared first.
    Errors: `sqlite3.Error` and `OSError` when the database cannot be read, `NotAsWritten` when
    entries cannot be read, or what would be signed is not intact.
    """
    try:
        with closing(connect(database)) as db:
            check = check_month_snapshot(db, kept)
            case = _case(db, subject, head)
        if case is None:
            return None
        _require_true_rows(check, case, signed=sign is not None)
        files = _signed(case, sign)
    except (ValueError, TypeError) as error:  # msgspec's own errors are ValueErrors too
        raise NotAsWritten(str(error)) from error
    if sign is not None:
        report = pack_verifier.verify_files(files)
        # A key that was replaced without the one before stays known to whoever checks the pack.
        if report.verdict not in {pack_verifier.INTACT, pack_verifier.KEY_CHANGED}:
            raise NotAsWritten(report.lines[-1])
    return _zipped(files)


def names_in_pack(database: Path, subject: str) -> frozenset[str]:
    """What the entries name that a pack of the subject holds in full, itself among them.

    Errors: `sqlite3.Error` and `OSError` when the database cannot be read, `NotAsWritten` when
    entries cannot be.
    """
    try:
        with closing(connect(database)) as db:
            every = evidence_export.raw_mentions(db, evidence_export.count(db))
            mentions = [_mention(one) for one in every]
            found = concern(subject, mentions, _holdings(db))
    except (ValueError, TypeError) as error:  # msgspec's own errors are ValueErrors too
        raise NotAsWritten(str(error)) from error
    return frozenset({subject}).union(*(one.names for one in mentions if one.seq in found.full))


def missing_from_pack(files: Mapping[str, bytes], database: Path) -> str:
    """What the pack, found intact, lacks of the entries that the database has about its subject up
    to its head; empty where it lacks none. Who holds the key can sign a pack that leaves one out.

    Errors: `sqlite3.Error` and `OSError` when the database cannot be read.
    """
    manifest = msgspec.json.decode(files["manifest.json"], type=Manifest)
    if manifest.head is None:
        return "the pack has no head: how far it goes is not known"
    with closing(connect(database)) as db:
        if evidence_export.hash_of(db, manifest.head.count).hex() != manifest.head.hash:
            return (
                f"entry {manifest.head.count} of the database is another than the pack's head knew"
            )
        case = _case(db, manifest.subject, manifest.head)
    here = {msgspec.json.decode(line)["seq"] for line in files["entries.jsonl"].splitlines()}
    wanted = set() if case is None else {one.seq for one in case.entries}
    shared = set() if case is None else set(case.counted.shared)
    if left_out := sorted((wanted - here) | (shared - set(manifest.entries.shared) - here)):
        return f"entry {left_out[0]} is about {manifest.subject}, and not in the pack"
    if foreign := sorted(here - wanted):
        return f"entry {foreign[0]} is in the pack, and not about {manifest.subject}"
    return ""


def _require_true_rows(check: RecordCheck, case: SubjectPart, *, signed: bool) -> None:
    """No pack is made of a tenant whose rows are not as its entries hold them, and none is signed
    where that cannot be said.
    """
    # A key that was replaced stays known to whoever checks the pack; so does a broken chain.
    said = {Verdict.INTACT, Verdict.KEY_CHANGED, Verdict.RESTORED, Verdict.ALTERED_ROWS}
    if check.verdict not in said and (signed or check.verdict not in _SEEN_IN_A_PACK):
        raise NotAsWritten(f"{check.verdict}: {check.reason}")
    concerned = {one.removeprefix("tenant:") for one in case.things if one.startswith("tenant:")}
    for row in check.altered:
        if not concerned or any(row.concerns(tenant) for tenant in concerned):
            raise NotAsWritten(f"altered-rows: {row.line()}")
    if check.unnamed:
        raise NotAsWritten(f"altered-rows: {check.unnamed} more than are named")
    if signed and check.unsigned:
        raise NotAsWritten(f"{Verdict.UNSIGNED}: {check.unsigned}")


_SEEN_IN_A_PACK = {
    Verdict.ALTERED,
    Verdict.FORKED,
    Verdict.TRUNCATED,
    Verdict.EMPTY,
    Verdict.UNSIGNED,
}
"""What an unsigned pack shows to whoever checks it: a damaged chain, and that nobody signed it."""


def manifest_signer(key: SigningKey) -> Callable[[bytes], bytes]:
    """Return what `pack_of` signs a manifest with."""
    return lambda manifest: key.sign(manifest_message(manifest))


def manifest_message(manifest: bytes) -> bytes:
    """Return what is signed of the bytes of manifest.json."""
    return chain.encode([b"noc-manifest-1", manifest])


def _case(db: sqlite3.Connection, subject: str, signed: Head | None) -> SubjectPart | None:
    until = signed.count if signed else evidence_export.count(db)
    found = concern(
        subject, [_mention(one) for one in evidence_export.raw_mentions(db, until)], _holdings(db)
    )
    own = found.full | found.shared
    if not own:
        return None
    head = signed or evidence_export.newest_head(db)
    first, last = min(own), max(own)
    if head is not None:
        first, last = min(first, head.count + 1), max(last, head.count)
    entries = _in_full(db, found)
    return SubjectPart(
        subject=subject,
        counted=EntryCounts(len(own), len(found.full), tuple(sorted(found.shared))),
        things=tuple(sorted(found.things)),
        stretch=Stretch(first, last, evidence_export.hash_of(db, first - 1).hex()),
        entries=entries,
        links=tuple(evidence_export.links(db, first, last)),
        head=head,
        keys=evidence_export.keys_up_to(db, head.key_id) if head else (),
        exhibits=dict(evidence_export.exhibits(db, entries)),
    )


def _in_full(db: sqlite3.Connection, found: Concern) -> tuple[PackedEntry, ...]:
    return tuple(evidence_export.packed_entries(db, found.full)) if found.full else ()


def _mention(raw: RawMention) -> Mention:
    payload = None if raw.payload is None else msgspec.json.decode(raw.payload)
    return Mention(raw.seq, raw.at, raw.kind, names_of(raw.subjects, payload))


def _holdings(db: sqlite3.Connection) -> list[Holding]:
    pools = [
        Holding(pool, micros(datetime.combine(date.fromisoformat(day), time(), PARIS)), tenant)
        for pool, day, tenant in evidence_export.held_pools(db)
    ]
    return [*pools, *(Holding(*row) for row in evidence_export.held_sources(db))]


def _signed(case: SubjectPart, sign: Callable[[bytes], bytes] | None) -> dict[str, bytes]:
    """The files, the manifest first."""
    contents = _files(case, sign is not None)
    manifest = msgspec.json.encode(_manifest(case, contents), order="sorted")
    files = {"manifest.json": manifest}
    if sign is not None:
        files["manifest.sig"] = base64.b64encode(sign(manifest)) + b"\n"
    return files | contents


def _zipped(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            member = zipfile.ZipInfo(name, _EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o100644 << 16
            archive.writestr(member, data)
    return made.getvalue()


def _manifest(case: SubjectPart, contents: dict[str, bytes]) -> Manifest:
    return Manifest(
        format=FORMAT,
        subject=case.subject,
        entries=case.counted,
        things=case.things,
        chain=case.stretch,
        head=case.head,
        keys=case.keys,
        files=tuple(
            FileSum(name, len(data), sha256(data).hexdigest()) for name, data in contents.items()
        ),
    )


def _files(case: SubjectPart, signed: bool) -> dict[str, bytes]:
    contents = {
        "README.txt": readme(
            case.subject,
            count=case.counted.count,
            shared=len(case.counted.shared),
            signed=signed,
            uncovered=_uncovered(case),
        ).encode(),
        "timeline.md": _timeline(case).encode(),
        "entries.jsonl": _json_lines(case.entries),
        "links.jsonl": _json_lines(case.links),
        "verify.py": verifier_source(),
    }
    if case.keys:
        contents["key.pem"] = public_pem(case.keys[-1].public_key).encode()
    for entry in case.entries:
        contents.update(_documents(entry))
    for digest, content in case.exhibits.items():
        contents[f"exhibits/{digest}"] = content
    return contents


def _timeline(case: SubjectPart) -> str:
    return pack_verifier.timeline(case.subject, [msgspec.to_builtins(one) for one in case.entries])


def verifier_source() -> bytes:
    """The text of the verifier."""
    return resources.files("noc_tui.evidence").joinpath("pack_verifier.py").read_bytes()


def _uncovered(case: SubjectPart) -> int:
    """Return how many entries of the subject came after the head."""
    signed = case.head.count if case.head else 0
    return sum(entry.seq > signed for entry in case.entries) + sum(
        seq > signed for seq in case.counted.shared
    )


def _json_lines(rows: tuple[msgspec.Struct, ...]) -> bytes:
    return b"".join(msgspec.json.encode(row) + b"\n" for row in rows)


def _documents(entry: PackedEntry) -> dict[str, bytes]:
    payload = json.loads(entry.payload) if entry.payload else {}
    found = {}
    for key, ending in _DOCUMENTS.items():
        value = payload.get(key) if isinstance(payload, dict) else None
        if isinstance(value, list) and all(isinstance(line, str) for line in value):
            value = "\n".join(value)
        if isinstance(value, str):
            found[f"documents/{entry.seq:06}-{key}.{ending}"] = value.encode()
    return found
