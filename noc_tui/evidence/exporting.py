"""A case as a pack: a zip with its timeline, its entries, the chain's part and a verifier."""

import io
import json
import zipfile
from hashlib import sha256
from importlib import resources

import msgspec

from noc_tui.i18n import _
from noc_tui.text import markdown_safe, visible, visible_lines
from storage.evidence_export import Pack, PackedEntry
from storage.heads import public_pem
from storage.times import instant

# Entries whose payload holds something that people want as a file of its own: a mail, a log.
_DOCUMENTS = {"eml": "eml", "log": "log", "lines": "log"}
_EPOCH = (1980, 1, 1, 0, 0, 0)


def pack_bytes(pack: Pack) -> bytes:
    """The zip; the same bytes for the same case."""
    contents = _files(pack)
    sums = "".join(f"{sha256(data).hexdigest()}  {name}\n" for name, data in contents.items())
    contents["SHA256SUMS"] = sums.encode()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in contents.items():
            member = zipfile.ZipInfo(name, _EPOCH)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            archive.writestr(member, data)
    return made.getvalue()


def _files(pack: Pack) -> dict[str, bytes]:
    described = {
        "subject": pack.subject,
        "previous": pack.previous,
        "head": pack.head,
        "keys": pack.keys,
    }
    contents = {
        "README.txt": _readme(pack).encode(),
        "timeline.md": _timeline(pack).encode(),
        "pack.json": msgspec.json.encode(described),
        "entries.jsonl": _json_lines(pack.entries),
        "links.jsonl": _json_lines(pack.links),
        "verify.py": _source("noc_tui.evidence", "pack_verifier.py"),
        "storage/chain.py": _source("storage", "chain.py"),
    }
    if pack.keys:
        contents["key.pem"] = public_pem(pack.keys[-1].public_key).encode()
    for entry in pack.entries:
        contents.update(_documents(entry))
    return contents


def _source(package: str, name: str) -> bytes:
    return resources.files(package).joinpath(name).read_bytes()


def _json_lines(rows: tuple[msgspec.Struct, ...]) -> bytes:
    return b"".join(msgspec.json.encode(row) + b"\n" for row in rows)


def _documents(entry: PackedEntry) -> dict[str, bytes]:
    payload = json.loads(entry.payload) if entry.payload else {}
    found = {}
    for key, ending in _DOCUMENTS.items():
        value = payload.get(key)
        text = "\n".join(map(str, value)) if isinstance(value, list) else value
        if isinstance(text, str):
            found[f"documents/{entry.seq:06}-{key}.{ending}"] = text.encode()
    return found


def _readme(pack: Pack) -> str:
    return "\n".join(
        [
            _("Evidence about {subject}").format(subject=visible(pack.subject)),
            "",
            _("timeline.md tells it in order; entries.jsonl holds each entry in full."),
            _("links.jsonl holds a hash for every entry in between, whoever it concerns."),
            *_held_back(pack),
            _("Verify with: python3 verify.py (the signature needs openssl)."),
            "",
        ]
    )


def _held_back(pack: Pack) -> list[str]:
    """What is not told here since it is about others too."""
    if not pack.held_back:
        return []
    text = _("{count} entries name other tenants as well: here they are hashes alone.")
    return [text.format(count=pack.held_back)]


def _timeline(pack: Pack) -> str:
    lines = [f"# {markdown_safe(pack.subject)}", ""]
    for entry in pack.entries:
        at = instant(entry.at).isoformat(timespec="seconds").replace("+00:00", "Z")
        lines += [
            f"## {entry.seq} · {at} · {markdown_safe(entry.kind)} · {markdown_safe(entry.account)}",
            "",
        ]
        lines += [*_told(entry), ""]
    return "\n".join(lines)


def _told(entry: PackedEntry) -> list[str]:
    if entry.payload is None:
        return [_("(erased by entry {number})").format(number=entry.erased_by)]
    text = json.dumps(json.loads(entry.payload), ensure_ascii=False, indent=1)
    return ["    " + line for line in visible_lines(text).splitlines()]
