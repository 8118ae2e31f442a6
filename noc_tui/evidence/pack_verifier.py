"""Verifies an evidence pack with Python 3.9 or newer and nothing else.

usage: python3 -I pack_verifier.py PACK [--key FILE] [--head FILE] [--unsigned]

PACK is the zip, or the folder that it was unpacked into; without it, the folder of this program.
--key FILE   compares the signer's key with one that is known from elsewhere: a public key in PEM,
             or signed heads, one JSON line each
--head FILE  compares the chain with heads that were kept elsewhere, and the key with theirs
--unsigned   accepts a pack that has no signature: whoever had it in hand may have changed it

The first line of the output is one word; lines on standard error say why. Exit code 0 for the first
word, 1 for all others, 2 for bad usage.

intact       everything that the pack holds is as it was signed
altered      a file, an entry, an order or a signature is not as it was signed
incomplete   a file or one of the subject's entries is missing
truncated    the chain ends before the signed head
forked       a head that was kept elsewhere knows another history
unsigned     there is no signature
key-changed  a key follows that the one before did not endorse
wrong-key    the signer's key is none that --key or --head knows, nor endorsed by one
unreadable   it is neither a zip nor a folder that can be read

Nothing is imported from the folder of this program: a forger may have laid a `hashlib.py` there.
"""

# ruff: noqa: UP045 - Python 3.9 does not know `X | None`

import sys

if __name__ == "__main__" and not (sys.flags.isolated or getattr(sys.flags, "safe_path", False)):
    # Python put the folder of this program first: nothing but Python's own library may be found.
    del sys.path[0]

import base64
import hashlib
import io
import json
import os
import re
import stat
import struct
import subprocess
import tempfile
import zipfile
import zlib
from datetime import datetime, timedelta, timezone
from typing import Any, Callable, NamedTuple, Optional  # noqa: UP035

Document = dict[str, Any]
Files = dict[str, bytes]
Second = Callable[[bytes, bytes, bytes], Optional[bool]]
"""Whether a signature is the key's: of the public key, the message and the signature; None when it
cannot tell."""

INTACT, ALTERED, INCOMPLETE, TRUNCATED = "intact", "altered", "incomplete", "truncated"
UNSIGNED, KEY_CHANGED, WRONG_KEY = "unsigned", "key-changed", "wrong-key"
FORKED, UNREADABLE = "forked", "unreadable"

FORMAT = "noc-pack-1"
HEAD = {"count": int, "hash": str, "key_id": str, "at": str, "signature": str}
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
EXHIBITS = "exhibits/"
BRINGS_FILES = (
    "suspension.",
    "availability.attributed",
    "availability.excluded",
    "decision.proposed",
)
ALWAYS = ("README.txt", "entries.jsonl", "links.jsonl", "timeline.md", "verify.py")
LARGEST = 2 * 1024**3
"""Bytes of all files together: a small zip can claim to hold more than a machine has."""


class NotIntact(Exception):
    """The pack is not what was signed: one word, and why."""

    def __init__(self, verdict: str, reason: str) -> None:
        super().__init__(reason)
        self.verdict = verdict
        self.reason = reason


class PackReport(NamedTuple):
    """One word, and lines that say why or what was checked."""

    verdict: str
    lines: list[str]


class KnownKeys(NamedTuple):
    """What is known from elsewhere: the ids of keys (None: of none), and heads that were kept."""

    keys: Optional[frozenset[str]] = None
    heads: tuple[Document, ...] = ()


NOTHING = KnownKeys()


def verify_pack(path: str, known: KnownKeys = NOTHING, unsigned: bool = False) -> PackReport:
    """Check a zip or a folder."""
    try:
        files = read_files(path)
    except NotIntact as bad:
        return PackReport(bad.verdict, [bad.reason])
    return verify_files(files, known, unsigned, _openssl)


def verify_files(
    files: Files,
    known: KnownKeys = NOTHING,
    unsigned: bool = False,
    second: Optional[Second] = None,
) -> PackReport:
    """Check the files of a pack, by their names; `second` is asked for a second opinion."""
    lines: list[str] = []
    try:
        _check(files, known, unsigned, second, lines)
    except NotIntact as bad:
        return PackReport(bad.verdict, [*lines, bad.reason])
    except (KeyError, TypeError, ValueError, RecursionError, OverflowError, MemoryError) as error:
        return PackReport(
            ALTERED, [*lines, "the pack cannot be read to its end: " + _quoted(error)]
        )
    return PackReport(INTACT, lines)


def _check(
    files: Files, known: KnownKeys, unsigned: bool, second: Optional[Second], lines: list[str]
) -> None:
    if MANIFEST not in files:
        raise NotIntact(INCOMPLETE, "manifest.json is missing")
    manifest = _manifest(files[MANIFEST])
    signers = _check_keys(manifest["keys"])
    lines.append(_check_signature(files, manifest, signers, unsigned, second))
    lines.append(_check_known(known, manifest["keys"]))
    if manifest["head"] is None:
        lines.append("head: NONE was signed over this part of the chain")
    else:
        lines.append(_check_head(manifest["head"], manifest["keys"][-1:]))
    _check_names(files, manifest)
    entries = [_entry(line) for line in _lines(files, "entries.jsonl")]
    links = [_link(line) for line in _lines(files, "links.jsonl")]
    _check_count(entries, manifest)
    hashes = _check_chain(links, manifest)
    for entry in entries:
        _check_entry(entry, links, manifest["chain"]["first"])
    erased = _check_erasures(entries)
    _check_documents(files, entries)
    _check_exhibits(files, entries)
    _check_key_file(files, manifest["keys"])
    _check_sums(files, manifest["files"])
    if manifest["head"] is not None:
        _check_against_head(manifest, hashes)
    lines.append(_check_kept(known.heads, manifest, hashes))
    if files["timeline.md"] != timeline(manifest["subject"], entries).encode():
        raise NotIntact(ALTERED, "timeline.md does not tell what the entries hold")
    lines += _told(manifest, entries, erased)


def _told(manifest: Document, entries: list[Document], erased: int) -> list[str]:
    shared = len(manifest["entries"]["shared"])
    lines = [
        "subject: " + _quoted(manifest["subject"]),
        f"entries: {len(entries)} in full, {shared} by their hash since they tell of others too",
        "chain: entries {first} to {last}".format(**manifest["chain"]),
        "files: {}".format(len(manifest["files"])),
    ]
    if erased:
        lines.append(f"erased: {erased} contents, each by an entry that is here")
    head, last = manifest["head"], manifest["chain"]["last"]
    if head is not None and head["count"] < last:
        lines.append(f"not covered by it: entries {head['count'] + 1} to {last}")
    return lines


# The container


def read_files(path: str) -> Files:
    """Return the files of a zip or a folder, by their names. Errors: `NotIntact`."""
    try:
        if os.path.isdir(path):
            return _folder(path)
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode) or size > LARGEST:
                raise NotIntact(UNREADABLE, "this is no pack, or one that is too large")
            return _zip(file.read())
    except OSError as error:
        raise NotIntact(UNREADABLE, "the pack cannot be read: " + _quoted(error)) from None


def _folder(root: str) -> Files:
    found: Files = {}
    left = LARGEST
    for folder, folders, names in os.walk(root, onerror=_fail):
        for name in [*folders, *names]:
            path = os.path.join(folder, name)
            inside = os.path.relpath(path, root).replace(os.sep, "/")
            mode = os.lstat(path).st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                raise NotIntact(ALTERED, _quoted(inside) + " is neither a file nor a folder")
            if stat.S_ISREG(mode):
                left -= os.path.getsize(path)
                if left < 0:
                    raise NotIntact(UNREADABLE, "the folder holds more than a pack may")
                with open(path, "rb") as file:
                    found[inside] = file.read()
    return found


def _fail(error: OSError) -> None:
    raise error


def _zip(data: bytes) -> Files:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            _check_layout(data, archive, members)
            if sum(member.file_size for member in members) > LARGEST:
                raise NotIntact(UNREADABLE, "the zip claims to hold more than a pack may")
            for member in members:
                _check_stream(data, member)
            return {member.filename: archive.read(member) for member in members}
    except (
        zipfile.BadZipFile,
        zlib.error,
        struct.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise NotIntact(UNREADABLE, "this is no zip, or a broken one: " + _quoted(error)) from None


def _check_layout(data: bytes, archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
    """Every program reads the same files out of this zip: each name once, plain, in its place,
    nothing before, between and after, and every header as the one other tells it."""
    names = [member.filename for member in members]
    for member in members:
        name = member.filename
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*", name):
            raise NotIntact(ALTERED, "the zip has a file of a strange name: " + _quoted(name))
        if not stat.S_ISREG(member.external_attr >> 16) or member.flag_bits:
            raise NotIntact(ALTERED, _quoted(name) + " is not a plain file in the zip")
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise NotIntact(ALTERED, _quoted(name) + " is packed in a strange way")
    if len(set(names)) != len(names):
        raise NotIntact(ALTERED, "the zip has two files of one name")
    place, parts = 0, []
    for member in sorted(members, key=lambda one: one.header_offset):
        local, central = _headers(member)
        if member.header_offset != place or data[place : place + len(local)] != local:
            raise NotIntact(ALTERED, "the zip holds something beside its files")
        place += len(local) + member.compress_size
        parts.append(central)
    directory = b"".join(parts)
    if data[place:] != directory + _end(len(members), len(directory), place):
        raise NotIntact(ALTERED, "the zip holds something beside its files")


def _headers(member: zipfile.ZipInfo) -> tuple[bytes, bytes]:
    """The two headers of a file, as they are written by whoever makes a pack."""
    name = member.filename.encode("ascii")
    year, month, day, hour, minute, second = member.date_time
    common = struct.pack(
        "<HHHHHLLLHH",
        20,
        0,
        member.compress_type,
        hour << 11 | minute << 5 | second // 2,
        (year - 1980) << 9 | month << 5 | day,
        member.CRC,
        member.compress_size,
        member.file_size,
        len(name),
        0,
    )
    made = struct.pack("<BB", 20, member.create_system)
    place = struct.pack("<HHHLL", 0, 0, 0, member.external_attr, member.header_offset)
    return b"PK\3\4" + common + name, b"PK\1\2" + made + common + place + name


def _end(count: int, size: int, place: int) -> bytes:
    """What ends a zip after its directory; one of many files says it in a longer form first."""
    long = b""
    if count > zipfile.ZIP_FILECOUNT_LIMIT:
        numbers = struct.pack("<QHHLLQQQQ", 44, 45, 45, 0, 0, count, count, size, place)
        long = b"PK\6\6" + numbers + b"PK\6\7" + struct.pack("<LQL", 0, place + size, 1)
    few = min(count, 0xFFFF)
    return long + b"PK\5\6" + struct.pack("<HHHHLLH", 0, 0, few, few, size, place, 0)


def _check_stream(data: bytes, member: zipfile.ZipInfo) -> None:
    """Nothing follows a file within the room that it has in the zip."""
    if member.compress_type == zipfile.ZIP_STORED:
        plain = member.compress_size == member.file_size
    else:
        begin = member.header_offset + 30 + len(member.filename)
        stream = zlib.decompressobj(-zlib.MAX_WBITS)
        size = len(stream.decompress(data[begin : begin + member.compress_size], LARGEST))
        plain = stream.eof and not stream.unused_data and size == member.file_size
    if not plain:
        raise NotIntact(ALTERED, _quoted(member.filename) + " is not all that is in its place")


# What is signed


def _manifest(data: bytes) -> Document:
    manifest = _fields(
        _json(data),
        {
            "format": str,
            "subject": str,
            "entries": dict,
            "things": list,
            "chain": dict,
            "head": (dict, type(None)),
            "keys": list,
            "files": list,
        },
    )
    if manifest["format"] != FORMAT:
        raise NotIntact(UNREADABLE, f"this verifier reads {FORMAT} alone")
    if not manifest["subject"] or not all(isinstance(one, str) for one in manifest["things"]):
        raise ValueError("the manifest has no subject, or strange things")
    entries = _fields(manifest["entries"], {"count": int, "in_full": int, "shared": list})
    _fields(manifest["chain"], {"first": int, "last": int, "previous": str})
    if not all(type(seq) is int for seq in entries["shared"]):
        raise ValueError("the manifest names entries by what are no numbers")
    if manifest["head"] is not None:
        _fields(manifest["head"], HEAD)
    for key in manifest["keys"]:
        _fields(key, {"key_id": str, "public_key": str, "endorsement": (str, type(None))})
    for file in manifest["files"]:
        _fields(file, {"name": str, "size": int, "sha256": str})
    return manifest


def _check_keys(keys: list[Document]) -> list[bytes]:
    """The public keys: each is the one that its name says, and endorsed by the one before."""
    public = [_base64(key["public_key"]) for key in keys]
    for key, raw in zip(keys, public):  # noqa: B905 - Python 3.9 has no `strict`
        if key_id(raw) != key["key_id"]:
            raise NotIntact(ALTERED, "a key is not the one that its name says")
    for place in range(1, len(keys)):
        endorsement = keys[place]["endorsement"]
        message = encode([b"noc-key-1", public[place]])
        if endorsement is None or not is_signature_of(
            public[place - 1], message, _base64(endorsement)
        ):
            reason = "the key {} is not endorsed by the one before".format(keys[place]["key_id"])
            raise NotIntact(KEY_CHANGED, reason)
    return public


def _check_signature(
    files: Files,
    manifest: Document,
    public: list[bytes],
    unsigned: bool,
    second: Optional[Second],
) -> str:
    if SIGNATURE not in files:
        if not unsigned:
            raise NotIntact(UNSIGNED, "manifest.sig is missing: anybody may have made this pack")
        return "signature: NONE, as --unsigned accepts: anybody may have made or changed this pack"
    if not public or manifest["head"] is None:
        raise NotIntact(ALTERED, "the pack is signed, and has no head or no key")
    signature = _base64(files[SIGNATURE].decode("ascii").rstrip("\n"))
    message = encode([b"noc-manifest-1", files[MANIFEST]])
    if not is_signature_of(public[-1], message, signature):
        raise NotIntact(ALTERED, "manifest.json is not the one that manifest.sig signs")
    opinion = second(public[-1], message, signature) if second else None
    if opinion is False:
        raise NotIntact(ALTERED, "openssl refuses manifest.sig")
    by = "this program and openssl" if opinion else "this program alone: no openssl can check it"
    return "signature: good, by the key {}; checked by {}".format(
        manifest["keys"][-1]["key_id"], by
    )


def _check_known(known: KnownKeys, keys: list[Document]) -> str:
    if known.keys is None:
        return "key: NOT COMPARED with one that is known: anybody can make a key (--key FILE)"
    if not any(key["key_id"] in known.keys for key in keys):
        raise NotIntact(WRONG_KEY, "the key is none of those that are known")
    return "key: known, or endorsed by one that is"


def read_known(key: Optional[str], head: Optional[str]) -> KnownKeys:
    """Return what the files of --key and --head hold. Errors: `UsageError`."""
    if key is None and head is None:
        return NOTHING
    heads = () if head is None else _read_heads("--head", _text("--head", head))
    names = {one["key_id"] for one in heads}
    return KnownKeys(frozenset(names if key is None else names | _key_names(key)), heads)


def _key_names(path: str) -> set[str]:
    """The ids of the keys in a file: a public key in PEM, or those of heads."""
    text = _text("--key", path)
    if not text.startswith("-----BEGIN PUBLIC KEY-----"):
        return {head["key_id"] for head in _read_heads("--key", text)}
    try:
        raw = base64.b64decode("".join(text.splitlines()[1:-1]), validate=True)
    except ValueError:
        raw = b""
    if raw[:-32] != PEM_PREFIX:
        raise UsageError("--key: this is no Ed25519 public key")
    return {key_id(raw[-32:])}


def _read_heads(option: str, text: str) -> tuple[Document, ...]:
    try:
        heads = [_fields(_json(line.encode()), HEAD) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError) as error:
        raise UsageError(option + ": neither a public key nor heads: " + _quoted(error)) from None
    if not heads:
        raise UsageError(option + ": there is nothing in it")
    return tuple(heads)


def _text(option: str, path: str) -> str:
    try:
        with open(path, encoding="ascii") as file:
            return file.read().strip()
    except (OSError, ValueError) as error:
        raise UsageError(option + ": " + _quoted(error)) from None


class UsageError(Exception):
    """What was given on the command line cannot be used; the text says why."""


def _check_head(head: Document, signers: list[Document]) -> str:
    """The head is signed by one of these keys."""
    for key in signers:
        if key["key_id"] == head["key_id"]:
            message = encode(
                [
                    b"noc-head-1",
                    _number(head["count"]),
                    _hex(head["hash"]),
                    head["key_id"].encode(),
                    head["at"].encode(),
                ]
            )
            if is_signature_of(_base64(key["public_key"]), message, _base64(head["signature"])):
                return "head: over {} entries, signed at {}".format(
                    head["count"], _quoted(head["at"])
                )
    raise NotIntact(ALTERED, "the head is not the one that its key signed")


def _check_kept(kept: tuple[Document, ...], manifest: Document, hashes: list[bytes]) -> str:
    """The heads that were kept elsewhere know the same chain."""
    compared, first = 0, manifest["chain"]["first"]
    for head in kept:
        place = head["count"] - first + 1
        if 0 <= place < len(hashes):
            if hashes[place] != _hex(head["hash"]):
                reason = "the head of {} over {} entries, kept elsewhere, knows another history"
                raise NotIntact(FORKED, reason.format(_quoted(head["at"]), head["count"]))
            compared += 1
    if not kept:
        return "heads kept elsewhere: NONE was compared (--head FILE)"
    return f"heads kept elsewhere: {compared} of {len(kept)} lie within this part, and agree"


# The files


def _check_names(files: Files, manifest: Document) -> None:
    listed = [file["name"] for file in manifest["files"]]
    if len(set(listed)) != len(listed):
        raise NotIntact(ALTERED, "the manifest lists a file twice")
    for name in [*ALWAYS, *listed]:
        if name not in files:
            raise NotIntact(INCOMPLETE, _quoted(name) + " is missing")
    for name in files:
        if name not in listed and name not in (MANIFEST, SIGNATURE):
            raise NotIntact(ALTERED, _quoted(name) + " is not in the manifest")
    if set(ALWAYS) - set(listed):
        raise NotIntact(ALTERED, "the manifest does not list " + min(set(ALWAYS) - set(listed)))


def _check_sums(files: Files, listed: list[Document]) -> None:
    for file in listed:
        data = files[file["name"]]
        if (len(data), hashlib.sha256(data).hexdigest()) != (file["size"], file["sha256"]):
            raise NotIntact(ALTERED, _quoted(file["name"]) + " is not the one that was listed")


def _check_documents(files: Files, entries: list[Document]) -> None:
    expected: Files = {}
    for entry in entries:
        expected.update(_documents(entry))
    for name, data in expected.items():
        if name not in files:
            raise NotIntact(INCOMPLETE, _quoted(name) + " is missing")
        if files[name] != data:
            raise NotIntact(ALTERED, _quoted(name) + " is not what its entry holds")
    for name in files:
        if name.startswith("documents/") and name not in expected:
            raise NotIntact(ALTERED, _quoted(name) + " is in no entry")


def _check_exhibits(files: Files, entries: list[Document]) -> None:
    """Every file that an entry brought is there, and is the one that it names."""
    expected = {name for entry in entries for name in _exhibits(entry)}
    for name in sorted(expected):
        if name not in files:
            raise NotIntact(INCOMPLETE, _quoted(name) + " is missing")
        if hashlib.sha256(files[name]).hexdigest() != name[len(EXHIBITS) :]:
            raise NotIntact(ALTERED, _quoted(name) + " is not the file of that SHA-256")
    for name in files:
        if name.startswith(EXHIBITS) and name not in expected:
            raise NotIntact(ALTERED, _quoted(name) + " is in no entry")


def _exhibits(entry: Document) -> list[str]:
    """The files that an entry of a case, or of a decision about downtime, brought."""
    if entry["payload"] is None or not entry["kind"].startswith(BRINGS_FILES):
        return []
    payload = json.loads(entry["payload"])
    rows = payload.get("rows") if isinstance(payload, dict) else None
    kept = rows.get("exhibit") if isinstance(rows, dict) else None
    if not isinstance(kept, dict):
        return []
    keys = [json.loads(key) for key, digest in kept.items() if digest is not None]
    return [
        EXHIBITS + key[1]
        for key in keys
        if isinstance(key, list) and len(key) == 2 and isinstance(key[1], str)
    ]


def _documents(entry: Document) -> Files:
    """The texts that an entry holds, as files of their own."""
    found: Files = {}
    payload = None if entry["payload"] is None else json.loads(entry["payload"])
    for key, ending in (("eml", "eml"), ("log", "log"), ("lines", "log")):
        value = payload.get(key) if isinstance(payload, dict) else None
        if isinstance(value, list) and all(isinstance(line, str) for line in value):
            value = "\n".join(value)
        if isinstance(value, str):
            found[f"documents/{entry['seq']:06d}-{key}.{ending}"] = value.encode()
    return found


def timeline(subject: str, entries: list[Document]) -> str:
    """The entries as they are read: timeline.md."""
    known = {entry["seq"]: entry for entry in entries}
    lines = ["# " + _escaped(subject), ""]
    for entry in entries:
        kind, account = _escaped(entry["kind"]), _escaped(entry["account"])
        lines += [f"## {entry['seq']} · {_at(entry)} · {kind} · {account}", ""]
        lines += [*_content(entry, known), ""]
    return "\n".join(lines)


def _at(entry: Document) -> str:
    at = datetime(1970, 1, 1, tzinfo=timezone.utc)  # noqa: UP017 - Python 3.9
    at += timedelta(microseconds=entry["at"])
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def _content(entry: Document, known: dict[int, Document]) -> list[str]:
    if entry["payload"] is not None:
        text = json.dumps(json.loads(entry["payload"]), ensure_ascii=False, indent=1)
        shown = _HARMFUL_IN_LINES.sub(_mark, text.replace("\r\n", "\n"))
        return ["    " + line for line in shown.splitlines()]
    number = entry["erased_by"]
    by = known.get(number)
    if by is None or by["payload"] is None:
        return [f"(effacé par l’entrée {number} · erased by entry {number})"]
    said = json.loads(by["payload"])
    reason = _escaped("; ".join(str(said[key]) for key in ("reason", "under") if said.get(key)))
    when, who = _at(by), _escaped(by["account"])
    return [
        f"Effacé le {when} par {who} (entrée {number}) : {reason}",
        "",
        f"Erased on {when} by {who} (entry {number}): {reason}",
    ]


# Foreign text as it is shown: what controls, what turns the direction and what has no width gets a
# stand-in that can be seen, and nothing is read as markup.

_MARKS = {code: chr(0x2400 + code) for code in range(0x20)}
_MARKS.update({0x7F: "\u2421", 0x2028: "\u2424", 0x2029: "\u2424"})
_MARKS.update(dict.fromkeys(range(0x80, 0xA0), "\u241b"))
_MARKS.update(dict.fromkeys((0x61C, 0x200E, 0x200F), "\u21c4"))
_MARKS.update(dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A)), "\u21c4"))
_MARKS.update(dict.fromkeys((0xAD, 0x34F, 0x180E, 0xFEFF), "\u00b7"))
_MARKS.update(dict.fromkeys((*range(0x200B, 0x200E), *range(0x2060, 0x2065)), "\u00b7"))


def _any_of(codes: set[int]) -> "re.Pattern[str]":
    return re.compile("[" + re.escape("".join(map(chr, sorted(codes)))) + "\ud800-\udfff]")


_HARMFUL, _HARMFUL_IN_LINES = _any_of(set(_MARKS)), _any_of(set(_MARKS) - {0x09, 0x0A})


def _mark(found: "re.Match[str]") -> str:
    return _MARKS.get(ord(found[0]), "\ufffd")


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_{}\[\]<>#|!~&])", r"\\\1", _HARMFUL.sub(_mark, text))


def _check_key_file(files: Files, keys: list[Document]) -> None:
    if not keys:
        return  # A key.pem that is listed all the same is compared with its sum, and says nothing.
    if "key.pem" not in files:
        raise NotIntact(INCOMPLETE, "key.pem is missing")
    if files["key.pem"].decode("ascii") != pem(_base64(keys[-1]["public_key"])):
        raise NotIntact(ALTERED, "key.pem is not the key of the manifest")


# The entries and the chain


def _entry(line: bytes) -> Document:
    entry = _fields(
        _json(line),
        {
            "seq": int,
            "at": int,
            "kind": str,
            "uid": int,
            "account": str,
            "subjects": list,
            "payload_hash": str,
            "key_id": str,
            "salt": (str, type(None)),
            "payload": (str, type(None)),
            "erased_by": (int, type(None)),
        },
    )
    if not all(isinstance(subject, str) for subject in entry["subjects"]):
        raise ValueError("entry {} has a strange subject".format(entry["seq"]))
    return entry


def _link(line: bytes) -> Document:
    return _fields(_json(line), {"seq": int, "body": str})


def _check_count(entries: list[Document], manifest: Document) -> None:
    counted = manifest["entries"]
    numbers, shared = [entry["seq"] for entry in entries], counted["shared"]
    for given in (numbers, shared):
        if given != sorted(set(given)):
            raise NotIntact(ALTERED, "entries are doubled or out of their order")
    if set(numbers) & set(shared):
        raise NotIntact(ALTERED, "an entry that is said to be by its hash alone is here in full")
    if not counted["count"]:
        raise NotIntact(INCOMPLETE, "the pack has no entry")
    if counted["count"] != counted["in_full"] + len(shared):
        raise NotIntact(ALTERED, "the manifest's counts do not agree")
    if len(numbers) != counted["in_full"]:
        few = len(numbers) < counted["in_full"]
        reason = "{} entries are here, {} were signed".format(len(numbers), counted["in_full"])
        raise NotIntact(INCOMPLETE if few else ALTERED, reason)
    first, last = manifest["chain"]["first"], manifest["chain"]["last"]
    if any(not first <= seq <= last for seq in [*numbers, *shared]):
        raise NotIntact(ALTERED, "an entry lies outside of the chain that is here")


def _check_chain(links: list[Document], manifest: Document) -> list[bytes]:
    """The hash before the first link, and that of each."""
    first, last = manifest["chain"]["first"], manifest["chain"]["last"]
    hashes = [_hex(manifest["chain"]["previous"])]
    if first < 1 or (first == 1 and hashes[0] != bytes(32)):
        raise NotIntact(ALTERED, "the chain does not begin as a chain does")
    for expected, link in enumerate(links, first):
        if link["seq"] != expected:
            raise NotIntact(ALTERED, f"the link of entry {expected} is missing or out of place")
        parts = [b"noc-entry-1", hashes[-1], _number(expected), _hex(link["body"])]
        hashes.append(hashlib.sha256(encode(parts)).digest())
    if len(links) < last - first + 1:
        reason = f"the chain ends at entry {first + len(links) - 1}, and {last} was signed"
        raise NotIntact(TRUNCATED, reason)
    if len(links) > last - first + 1:
        raise NotIntact(ALTERED, "the chain goes on after its end")
    return hashes


def _check_against_head(manifest: Document, hashes: list[bytes]) -> None:
    head, first, last = manifest["head"], manifest["chain"]["first"], manifest["chain"]["last"]
    if not first - 1 <= head["count"] <= last:
        raise NotIntact(
            TRUNCATED, "the chain does not reach the head over {}".format(head["count"])
        )
    if hashes[head["count"] - first + 1] != _hex(head["hash"]):
        reason = "the chain does not lead to the head over {} entries".format(head["count"])
        raise NotIntact(ALTERED, reason)


def _check_entry(entry: Document, links: list[Document], first: int) -> None:
    body = hashlib.sha256(
        encode(
            [
                b"noc-body-1",
                _number(entry["at"]),
                entry["kind"].encode(),
                _number(entry["uid"]),
                entry["account"].encode(),
                _number(len(entry["subjects"])),
                *(subject.encode() for subject in entry["subjects"]),
                _hex(entry["payload_hash"]),
                entry["key_id"].encode(),
            ]
        )
    )
    if body.hexdigest() != links[entry["seq"] - first]["body"]:
        raise NotIntact(ALTERED, "entry {} is not the one of the chain".format(entry["seq"]))
    here = [entry["salt"] is not None, entry["payload"] is not None, entry["erased_by"] is None]
    if any(here) != all(here):
        raise NotIntact(ALTERED, "entry {} is half erased".format(entry["seq"]))
    if not all(here):
        return
    parts = [b"noc-payload-1", _hex(entry["salt"]), entry["payload"].encode()]
    if hashlib.sha256(encode(parts)).hexdigest() != entry["payload_hash"]:
        raise NotIntact(ALTERED, "the content of entry {} was changed".format(entry["seq"]))


def _check_erasures(entries: list[Document]) -> int:
    """Return how many contents are gone: each by an entry here that says so."""
    known = {entry["seq"]: entry for entry in entries}
    gone = [entry for entry in entries if entry["payload"] is None]
    for entry in gone:
        by = known.get(entry["erased_by"])
        if by is None:
            reason = "entry {} is said to be erased by entry {}, which is not here".format(
                entry["seq"], entry["erased_by"]
            )
            raise NotIntact(INCOMPLETE, reason)
        named = "entry:{}".format(entry["seq"]) in by["subjects"]
        if by["kind"] != "evidence.erased" or not named or by["payload"] is None:
            reason = "entry {} was emptied: entry {} does not erase it".format(
                entry["seq"], entry["erased_by"]
            )
            raise NotIntact(ALTERED, reason)
    return len(gone)


# Forms: JSON, numbers, the canonical encoding


def _lines(files: Files, name: str) -> list[bytes]:
    data = files[name]
    if data and not data.endswith(b"\n"):
        raise ValueError(name + " does not end with a line's end")
    return data.split(b"\n")[:-1]


def _json(data: bytes) -> Any:
    """A JSON document without doubled fields, fractions and numbers beyond 64 bits."""
    return json.loads(
        data.decode("utf-8"),
        object_pairs_hook=_object,
        parse_int=_whole,
        parse_float=_refused,
        parse_constant=_refused,
    )


def _object(pairs: list[tuple[str, Any]]) -> Document:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a field is given twice")
    return made


def _whole(text: str) -> int:
    if len(text) > 20 or not -(2**63) <= int(text) < 2**63:
        raise ValueError("a number is beyond 64 bits")
    return int(text)


def _refused(text: str) -> Any:
    raise ValueError("a number is not a whole one: " + text[:40])


def _fields(value: Any, shape: dict[str, Any]) -> Document:
    """The object, when it has these fields and no other, each of its type."""
    if not isinstance(value, dict) or value.keys() != shape.keys():
        raise ValueError("an object has other fields than {}".format(", ".join(shape)))
    for name, kinds in shape.items():
        if not isinstance(value[name], kinds) or isinstance(value[name], bool):
            raise ValueError(f"the field {name} is of another type")
    return value


def _hex(text: str) -> bytes:
    if not re.fullmatch(r"[0-9a-f]{64}", text):
        raise ValueError("this is no hash: " + text[:80])
    return bytes.fromhex(text)


def _base64(text: str) -> bytes:
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError("this is not the base64 of anything")
    return raw


def _number(value: int) -> bytes:
    return str(value).encode("ascii")


def encode(parts: list[bytes]) -> bytes:
    """The canonical encoding of a list of byte strings: each after its length, in eight bytes."""
    return b"".join(len(part).to_bytes(8, "big") + part for part in parts)


def key_id(public: bytes) -> str:
    """A key's name: 32 hexadecimal digits of its hash."""
    return hashlib.sha256(encode([b"noc-public-key-1", public])).hexdigest()[:32]


PEM_PREFIX = bytes.fromhex("302a300506032b6570032100")
"""What stands before the 32 bytes of a public key in its file (RFC 8410)."""


def pem(public: bytes) -> str:
    """A public key as its file."""
    text = base64.b64encode(PEM_PREFIX + public).decode()
    return "-----BEGIN PUBLIC KEY-----\n" + text + "\n-----END PUBLIC KEY-----\n"


# Ed25519 (RFC 8032, section 5.1). The command line of OpenSSL 1.1.1 cannot verify such a signature
# and that of 3 can: so it is worked out here, and `openssl` is asked for a second opinion. Nothing
# here is secret, so that the time it takes may tell anything.

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]


def is_signature_of(public: bytes, message: bytes, signature: bytes) -> bool:
    """Return whether the signature is the key's, over the message."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, s = _point(public), int.from_bytes(signature[32:], "little")
    if key is None or s >= ORDER:
        return False
    digest = hashlib.sha512(signature[:32] + public + message).digest()
    h = int.from_bytes(digest, "little") % ORDER
    minus = (P - key[0], key[1], key[2], P - key[3])
    return _packed(_sum(_times(s, BASE), _times(h, minus))) == signature[:32]


def _point(packed: bytes) -> Optional[Point]:
    y = int.from_bytes(packed, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def _packed(point: Point) -> bytes:
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _sum(one: Point, other: Point) -> Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c, d = 2 * one[3] * other[3] * D % P, 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(factor: int, point: Point) -> Point:
    made = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            made = _sum(made, point)
        point = _sum(point, point)
        factor >>= 1
    return made


_BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
assert _BASE is not None  # noqa: S101 - the curve's base point is on the curve
BASE: Point = _BASE


def _openssl(public: bytes, message: bytes, signature: bytes) -> Optional[bool]:
    """Return whether `openssl` says that the signature is the key's; None when it cannot tell."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [os.path.join(folder, name) for name in ("key", "message", "signature")]
        for path, data in zip(paths, (pem(public).encode(), message, signature)):  # noqa: B905
            with open(path, "wb") as file:
                file.write(data)
        command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", paths[0], "-rawin"]
        command += ["-in", paths[1], "-sigfile", paths[2]]
        try:
            done = subprocess.run(command, capture_output=True, check=False, timeout=60)  # noqa: S603
        except (OSError, subprocess.SubprocessError):
            return None
    told = done.stdout + done.stderr
    if done.returncode == 0:
        return True
    return False if b"Signature Verification Failure" in told else None


# The command line


def main(arguments: list[str]) -> int:
    """Check the pack that the arguments name; prints the verdict and returns the exit code."""
    try:
        path, options, unsigned = _arguments(arguments)
        known = read_known(options.get("--key"), options.get("--head"))
    except UsageError as error:
        sys.stderr.write(str(error) + "\n")
        return 2
    return print_verdict(verify_pack(path, known, unsigned))


def print_verdict(report: PackReport) -> int:
    """Print the verdict, and on standard error why; returns the exit code."""
    sys.stdout.write(report.verdict + "\n")
    sys.stdout.flush()
    sys.stderr.write("".join(line + "\n" for line in report.lines))
    return 0 if report.verdict == INTACT else 1


def _arguments(given: list[str]) -> tuple[str, dict[str, str], bool]:
    path, options, unsigned, left = None, {}, False, list(given)
    while left:
        word = left.pop(0)
        if word == "--unsigned":
            unsigned = True
        elif word in ("--key", "--head") and left:
            options[word] = left.pop(0)
        elif word.startswith("-") or path is not None:
            raise UsageError((__doc__ or "").strip())
        else:
            path = word
    return path or os.path.dirname(os.path.abspath(__file__)), options, unsigned


def _quoted(what: object) -> str:
    """Foreign text in one line of plain characters, of bearable length."""
    text = what if isinstance(what, str) else str(what)
    return ascii(text)[1:-1][:300]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
