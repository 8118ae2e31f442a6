"""A true pack, and what a forger has at hand to make another of it."""

import base64
import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from noc_tui.evidence.pack import manifest_message, manifest_signer, pack_of
from storage import chain, erasure, heads, rotation
from storage.database import Writer
from storage.evidence import Actor
from storage.heads import SigningKey, public_pem
from tests.support.context import START

OMAR, LEA = Actor(1001, "omar"), Actor(1003, "lea")
Files = dict[str, bytes]
Forgery = Callable[[Files], None]


async def a_life(path: Path) -> tuple[SigningKey, heads.Head]:
    """A database with two tenants, a change of key, an erasure; its key, and a head over all of it.

    Entry 2 is a mail to acme that entry 9 erased; 3 and 6 are about zeta, 7 is about both.
    """
    old, new = SigningKey.generate(), SigningKey.generate()
    at = START
    writer = await Writer.open(path, clock_now=lambda: at)

    async def said(kind: str, subjects: list[str], payload: Mapping[str, object]) -> int:
        nonlocal at
        at += timedelta(hours=1)
        async with writer.change(OMAR) as change:
            return await change.record(kind, subjects, payload)

    async with writer.change(OMAR) as change:
        await heads.use_key(change, old)
    mail = {"message_id": "<1@example.fr>", "eml": "To: acme@example.fr\r\n\r\nfirst"}
    first = await said("mail.queued", ["tenant:acme"], mail)
    await said("mail.queued", ["tenant:zeta"], {"eml": "To: zeta@example.fr\r\n\r\nsecret"})
    await said("suspension.opened", ["suspension:S-1", "tenant:acme"], {"ground": "abuse"})
    await said("suspension.step.done", ["suspension:S-1", "guest:rennes/101"], {"log": "stopped"})
    await said("register.note", ["tenant:zeta"], {"text": "about zeta"})
    await said("register.read", ["tenant:acme", "tenant:zeta"], {"text": "about both"})
    async with writer.change(LEA) as change:
        await rotation.rotate(change, old, new)
    async with writer.change(LEA) as change:
        await erasure.erase(change, [first], "three years are over")
    mail = {"message_id": "<2@example.fr>", "eml": "To: acme@example.fr\r\n\r\nsecond"}
    await said("mail.queued", ["suspension:S-1", "tenant:acme"], mail)
    await said("mail.accepted", ["suspension:S-1"], {"message_id": "<2@example.fr>"})
    await said("mail.accepted", ["tenant:zeta"], {"lines": ["one", "two"]})
    async with writer.change(OMAR) as change:
        head = await heads.sign_head(change, new)
    await writer.close()
    return new, head


def unzipped(pack: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip as the product makes it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(member(name), data)
    return made.getvalue()


def member(name: str, mode: int = 0o100644) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    made.compress_type = zipfile.ZIP_DEFLATED
    made.external_attr = mode << 16
    return made


def manifest_of(files: Files) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(files["manifest.json"])
    return manifest


def put_manifest(files: Files, manifest: Mapping[str, Any]) -> None:
    files["manifest.json"] = json.dumps(manifest, separators=(",", ":"), sort_keys=True).encode()


def entries_of(files: Files) -> list[dict[str, Any]]:
    return [json.loads(line) for line in files["entries.jsonl"].splitlines()]


def put_entries(files: Files, entries: list[dict[str, Any]]) -> None:
    files["entries.jsonl"] = _lines(entries)


def links_of(files: Files) -> list[dict[str, Any]]:
    return [json.loads(line) for line in files["links.jsonl"].splitlines()]


def put_links(files: Files, links: list[dict[str, Any]]) -> None:
    files["links.jsonl"] = _lines(links)


def _lines(rows: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(row, separators=(",", ":")).encode() + b"\n" for row in rows)


def resum(files: Files) -> None:
    """Have the manifest list the files as they now are."""
    manifest = manifest_of(files)
    manifest["files"] = [
        {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in files.items()
        if name not in {"manifest.json", "manifest.sig"}
    ]
    put_manifest(files, manifest)


def unsign(files: Files) -> None:
    """Take the signature away, and have everything else agree as far as one can without a key."""
    files.pop("manifest.sig", None)
    resum(files)


def rechain(files: Files) -> None:
    """Have the links and the hash of the head follow from the entries as they now are."""
    bodies = {entry["seq"]: body_of(entry) for entry in entries_of(files)}
    links = [link | {"body": bodies.get(link["seq"], link["body"])} for link in links_of(files)]
    put_links(files, links)
    manifest = manifest_of(files)
    last = bytes.fromhex(manifest["chain"]["previous"])
    for link in links:
        last = chain.link(last, link["seq"], bytes.fromhex(link["body"]))
    manifest["head"] |= {"hash": last.hex(), "count": links[-1]["seq"]}
    put_manifest(files, manifest)


def body_of(entry: Mapping[str, Any]) -> str:
    return chain.body_hash(
        chain.ChainEntry(
            entry["seq"],
            b"",
            entry["at"],
            entry["kind"],
            entry["uid"],
            entry["account"],
            tuple(entry["subjects"]),
            bytes.fromhex(entry["payload_hash"]),
            entry["key_id"],
        )
    ).hex()


def resign(files: Files, key: SigningKey, *, heads_too: bool = True) -> None:
    """Sign head and manifest with a forger's own key."""
    manifest = manifest_of(files)
    if heads_too:
        last = bytes.fromhex(manifest["head"]["hash"])
        head = manifest["head"]
        message = chain.head_message(head["count"], last, key.key_id, head["at"])
        signature = base64.b64encode(key.sign(message)).decode()
        manifest["head"] |= {"key_id": key.key_id, "signature": signature}
        public = base64.b64encode(key.public).decode()
        manifest["keys"] = [{"key_id": key.key_id, "public_key": public, "endorsement": None}]
        files["key.pem"] = public_pem(key.public).encode()
    put_manifest(files, manifest)
    resum(files)
    signature_bytes = key.sign(manifest_message(files["manifest.json"]))
    files["manifest.sig"] = base64.b64encode(signature_bytes) + b"\n"


async def true_pack(directory: Path, subject: str = "tenant:acme") -> tuple[bytes, SigningKey]:
    """A signed pack and the key that signed it."""
    key, head = await a_life(directory / "noc.db")
    pack = pack_of(directory / "noc.db", subject, head=head, sign=manifest_signer(key))
    assert pack is not None
    return pack, key
