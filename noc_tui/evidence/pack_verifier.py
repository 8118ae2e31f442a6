"""Verifies this pack: the chain with Python alone, the signature of its head with `openssl`.

usage: python3 verify.py [DIRECTORY]

Exit code: 0 when everything that could be checked holds (it says when the signature could not be
checked), 1 when something does not.
"""

import base64
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from storage import chain

Document = dict[str, Any]
UNCHECKED = "NOT CHECKED: openssl with Ed25519 is needed"
ED25519 = bytes.fromhex("302a300506032b6570032100")
"""What stands before the 32 bytes of a public key in its file (RFC 8410)."""


def main(arguments: list[str]) -> int:
    """Check the pack in the directory; a line for each thing that was checked."""
    root = Path(arguments[0]) if arguments else Path(__file__).parent
    try:
        return _checked(root)
    except (KeyError, OSError, TypeError, ValueError) as error:
        _say(f"chain: altered: the pack cannot be read: {error!r}")
        return 1


def _checked(root: Path) -> int:
    pack = json.loads((root / "pack.json").read_text("utf-8"))
    entries = _lines(root / "entries.jsonl")
    links = _lines(root / "links.jsonl")
    problem = chain_problem(pack, entries, links)
    _say("chain: " + (problem or f"intact, {len(entries)} entries of {len(links)} followed"))
    signature, good = signature_state(root, pack)
    _say("signature: " + signature)
    keys, endorsed = keys_state(pack)
    _say("keys: " + keys)
    return 1 if problem or not good or not endorsed else 0


def chain_problem(pack: Document, entries: list[Document], links: list[Document]) -> str | None:
    """What is wrong with the chain, naming the first bad entry; None when it holds."""
    bodies = {link["seq"]: link["body"] for link in links}
    for entry in entries:
        if problem := _entry_problem(entry, bodies.get(entry["seq"])):
            return f"altered: entry {entry['seq']}: {problem}"
    previous = bytes.fromhex(pack["previous"])
    expected = links[0]["seq"] if links else 0
    for link in links:
        if link["seq"] != expected:
            return f"altered: entry {expected} is missing"
        previous = chain.link(previous, link["seq"], bytes.fromhex(link["body"]))
        expected += 1
    head = pack["head"]
    if head is not None and (head["count"], head["hash"]) != (expected - 1, previous.hex()):
        return f"altered: the chain does not lead to the head over {head['count']} entries"
    return None


def _entry_problem(entry: Document, body: str | None) -> str | None:
    built = chain.Entry(
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
    if chain.body_hash(built).hex() != body:
        return "it is not the entry of the chain"
    if entry["payload"] is None:
        return None if entry["erased_by"] else "its content is missing"
    digest = chain.payload_hash(bytes.fromhex(entry["salt"]), entry["payload"].encode())
    return None if digest.hex() == entry["payload_hash"] else "its content was changed"


def signature_state(root: Path, pack: Document) -> tuple[str, bool]:
    """What is to be said of the signature, and whether nothing speaks against it."""
    head = pack["head"]
    if head is None:
        return "none yet: no head over this case was signed when it was exported", True
    pem = root / "key.pem"
    raw = base64.b64decode("".join(pem.read_text("ascii").splitlines()[1:-1]))[-32:]
    if chain.key_id(raw) != head["key_id"]:
        return f"bad: key.pem is not the key {head['key_id']}", False
    message = chain.head_message(
        head["count"], bytes.fromhex(head["hash"]), head["key_id"], head["at"]
    )
    verified = _openssl(raw, message, head["signature"])
    if verified is None:
        return UNCHECKED, True
    if not verified:
        return "bad: the head was not signed by this key", False
    return f"good, by the key {head['key_id']} at {head['at']}: compare it with one you know", True


def keys_state(pack: Document) -> tuple[str, bool]:
    """Whether each key was endorsed by the one before: whoever knows one knows those after it."""
    keys: list[Document] = pack["keys"]
    names = [key["key_id"] for key in keys]
    raws = [base64.b64decode(key["public_key"]) for key in keys]
    if [chain.key_id(raw) for raw in raws] != names:
        return "bad: a key is not the one that its name says", False
    if pack["head"] is not None and names[-1:] != [pack["head"]["key_id"]]:
        return "bad: the last is not the one that signed", False
    for before, raw, key in zip(raws, raws[1:], keys[1:], strict=False):
        signature = key["endorsement"]
        endorsed = signature and _openssl(before, chain.endorsement_message(raw), signature)
        if endorsed is None and signature:
            return UNCHECKED, True
        if not endorsed:
            return f"bad: the key {key['key_id']} is not endorsed by the one before", False
    return f"{', '.join(names) or 'none'}; each is endorsed by the one before", True


def _openssl(public: bytes, message: bytes, signature: str) -> bool | None:
    """Whether the signature (base64) is the key's; None when `openssl` cannot tell."""
    with tempfile.TemporaryDirectory() as directory:
        key, signed, sealed = (Path(directory, name) for name in ("key", "message", "signature"))
        key.write_text(
            "-----BEGIN PUBLIC KEY-----\n"
            + base64.b64encode(ED25519 + public).decode()
            + "\n-----END PUBLIC KEY-----\n"
        )
        signed.write_bytes(message)
        sealed.write_bytes(base64.b64decode(signature))
        command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", str(key), "-rawin"]
        command += ["-in", str(signed), "-sigfile", str(sealed)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - fixed words and our own files
        except OSError:
            return None
    told = done.stdout + done.stderr
    if done.returncode == 0:
        return True
    return False if "Verif" in told and "Fail" in told else None


def _lines(path: Path) -> list[Document]:
    return [_line(path, *numbered) for numbered in enumerate(path.open(encoding="utf-8"), 1)]


def _line(path: Path, number: int, line: str) -> Document:
    try:
        document: Document = json.loads(line)
    except ValueError as error:
        raise ValueError(f"{path.name}, line {number}: {error}") from None
    return document


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
