"""Forged packs: each gets its verdict from the verifier that stands alone, and from the command."""

import asyncio
import base64
import io
import json
import re
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from noc_tui import cli
from noc_tui.evidence import pack_verifier
from noc_tui.text import escape_markdown, visible_lines
from storage import chain
from storage.heads import SigningKey, public_pem
from tests.forgeries.packs import (
    Files,
    Forgery,
    entries_of,
    links_of,
    manifest_of,
    member,
    put_entries,
    put_links,
    put_manifest,
    rechain,
    resign,
    resum,
    true_pack,
    unsign,
    unzipped,
    zipped,
)

VERIFIER = Path(pack_verifier.__file__)
FORGER = SigningKey.generate()


class Truth(NamedTuple):
    """A true pack, the key that signed it, and the file of its public half."""

    pack: bytes
    key: SigningKey
    key_file: Path


class Said(NamedTuple):
    code: int
    word: str
    why: str


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Truth:
    directory = tmp_path_factory.mktemp("truth")
    pack, key = asyncio.run(true_pack(directory))
    (directory / "key.pem").write_text(public_pem(key.public))
    return Truth(pack, key, directory / "key.pem")


def alone(*arguments: str | Path, python: str = sys.executable) -> Said:
    """What the verifier says, run by a Python in isolated mode."""
    command = [python, "-I", str(VERIFIER), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return Said(done.returncode, done.stdout.removesuffix("\n"), done.stderr)


def told(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> Said:
    """What the command says."""
    capsys.readouterr()
    code = cli.main(["evidence", "verify-pack", *map(str, arguments)])
    out, err = capsys.readouterr()
    return Said(code, out.removesuffix("\n"), err)


def both(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> Said:
    """What both doors say, which is the same."""
    one, other = alone(*arguments), told(capsys, *arguments)
    assert one == other
    return one


def text(name: str, old: str, new: str) -> Forgery:
    """Change a piece of a file."""

    def forge(files: Files) -> None:
        assert old.encode() in files[name]
        files[name] = files[name].replace(old.encode(), new.encode(), 1)

    return forge


def whole(name: str, data: bytes) -> Forgery:
    """Put another file in the place of one, or add one."""

    def forge(files: Files) -> None:
        files[name] = data

    return forge


def without(name: str) -> Forgery:
    def forge(files: Files) -> None:
        del files[name]

    return forge


def entries(change: Callable[[list[dict[str, Any]]], object]) -> Forgery:
    """Change the entries."""

    def forge(files: Files) -> None:
        found = entries_of(files)
        change(found)
        put_entries(files, found)

    return forge


def links(change: Callable[[list[dict[str, Any]]], object]) -> Forgery:
    """Change the links."""

    def forge(files: Files) -> None:
        found = links_of(files)
        change(found)
        put_links(files, found)

    return forge


def manifest(change: Callable[[dict[str, Any]], object]) -> Forgery:
    """Change the manifest."""

    def forge(files: Files) -> None:
        found = manifest_of(files)
        change(found)
        put_manifest(files, found)

    return forge


def empty(entry: dict[str, Any], by: int | None) -> None:
    """Empty an entry as if it had been erased."""
    entry |= {"payload": None, "salt": None, "erased_by": by}


def of(found: list[dict[str, Any]], seq: int) -> dict[str, Any]:
    return next(one for one in found if one["seq"] == seq)


def author(found: list[dict[str, Any]]) -> None:
    of(found, 4)["account"] = "eve"


def retold(found: list[dict[str, Any]]) -> None:
    """Another content, under a payload hash of its own."""
    entry = of(found, 4)
    entry["payload"] = '{"ground":"payment"}'
    digest = chain.payload_hash(bytes.fromhex(entry["salt"]), entry["payload"].encode())
    entry["payload_hash"] = digest.hex()


def numbered(found: dict[str, Any], **changes: int) -> None:
    found["entries"] |= changes


def only_the_manifest(files: Files) -> None:
    for name in set(files) - {"manifest.json"}:
        del files[name]


MAIL = "documents/000010-eml.eml"

# What the manifest's signature gives away, whatever is done to the file.
SIGNED: dict[str, tuple[Forgery, str]] = {
    "one entry removed": (entries(lambda found: found.pop(1)), "incomplete"),
    "the last entry removed": (entries(lambda found: found.pop()), "incomplete"),
    "all entries removed": (whole("entries.jsonl", b""), "incomplete"),
    "an entry doubled": (entries(lambda found: found.insert(1, found[1])), "altered"),
    "an entry doubled in another's place": (
        entries(lambda found: found.__setitem__(2, found[1])),
        "altered",
    ),
    "entries reordered": (entries(lambda found: found.reverse()), "altered"),
    "two entries exchanged": (
        entries(lambda found: found.__setitem__(slice(1, 3), found[2:0:-1])),
        "altered",
    ),
    "an entry with a foreign field": (
        entries(lambda found: found[1].update(note="nothing happened")),
        "altered",
    ),
    "an entry without a field": (entries(lambda found: found[1].pop("uid")), "altered"),
    "a field given twice": (
        text("entries.jsonl", '"account":"omar"', '"account":"eve","account":"omar"'),
        "altered",
    ),
    "another author": (entries(author), "altered"),
    "another uid": (entries(lambda found: found[1].update(uid=0)), "altered"),
    "another time of an entry": (
        entries(lambda found: found[1].update(at=found[1]["at"] + 1)),
        "altered",
    ),
    "another kind": (entries(lambda found: found[1].update(kind="suspension.closed")), "altered"),
    "another subject": (entries(lambda found: found[1]["subjects"].append("x:y")), "altered"),
    "another key in an entry": (entries(lambda found: found[1].update(key_id="00")), "altered"),
    "another content": (text("entries.jsonl", "second", "secund"), "altered"),
    "another content with its hash": (entries(retold), "altered"),
    "another salt": (entries(lambda found: found[1].update(salt="00" * 32)), "altered"),
    "a content emptied": (entries(lambda found: empty(found[1], None)), "altered"),
    "a content emptied by an entry that is none": (
        entries(lambda found: empty(found[1], 99999)),
        "incomplete",
    ),
    "a content emptied by entry 1": (entries(lambda found: empty(found[1], 1)), "incomplete"),
    "a content emptied by an entry that erased another": (
        entries(lambda found: empty(found[1], 9)),
        "altered",
    ),
    "a content emptied by a common entry": (
        entries(lambda found: empty(found[1], 11)),
        "altered",
    ),
    "an entry half erased": (entries(lambda found: found[1].update(salt=None)), "altered"),
    "an erased entry given a content": (
        entries(lambda found: found[0].update(payload="{}", salt="00" * 32, erased_by=None)),
        "altered",
    ),
    "a time beyond 64 bits": (text("entries.jsonl", '"at":', '"at":9' + "9" * 30), "altered"),
    "a number of 5000 digits": (text("entries.jsonl", '"uid":', '"uid":' + "9" * 5000), "altered"),
    "a number with a fraction": (text("entries.jsonl", '"uid":1001', '"uid":1001.0'), "altered"),
    "NaN": (text("entries.jsonl", '"uid":1001', '"uid":NaN'), "altered"),
    "true for a number": (text("entries.jsonl", '"uid":1001', '"uid":true'), "altered"),
    "bad UTF-8": (whole("entries.jsonl", b"\xff\xfe\n"), "altered"),
    "a lone surrogate": (text("entries.jsonl", '"omar"', '"\\ud800"'), "altered"),
    "no JSON": (whole("entries.jsonl", b"<html>\n"), "altered"),
    "JSON of great depth": (whole("entries.jsonl", b"[" * 200_000 + b"\n"), "altered"),
    "a last line cut short": (
        lambda files: files.update({"entries.jsonl": files["entries.jsonl"][:-20]}),
        "altered",
    ),
    "a link changed": (links(lambda found: found[2].update(body="0" * 64)), "altered"),
    "a link removed": (links(lambda found: found.pop(2)), "altered"),
    "the last links removed": (
        links(lambda found: found.__delitem__(slice(-2, None))),
        "truncated",
    ),
    "all links removed": (whole("links.jsonl", b""), "truncated"),
    "a link added": (
        links(lambda found: found.append({"seq": found[-1]["seq"] + 1, "body": "0" * 64})),
        "altered",
    ),
    "links exchanged": (
        links(lambda found: found.__setitem__(slice(1, 3), found[2:0:-1])),
        "altered",
    ),
    "the mail to the client changed": (text(MAIL, "second", "secund"), "altered"),
    "the mail to the client replaced": (whole(MAIL, b"nothing"), "altered"),
    "the mail to the client removed": (without(MAIL), "incomplete"),
    "a log removed": (without("documents/000005-log.log"), "incomplete"),
    "a document added": (whole("documents/000004-eml.eml", b"we warned you"), "altered"),
    "another timeline": (whole("timeline.md", b"nothing ever happened\n"), "altered"),
    "one letter of the timeline": (text("timeline.md", "abuse", "amuse"), "altered"),
    "no timeline": (without("timeline.md"), "incomplete"),
    "another README": (whole("README.txt", b"do not check this\n"), "altered"),
    "no README": (without("README.txt"), "incomplete"),
    "another verifier": (whole("verify.py", b"print('intact')\n"), "altered"),
    "no verifier": (without("verify.py"), "incomplete"),
    "another key.pem": (whole("key.pem", public_pem(FORGER.public).encode()), "altered"),
    "no key.pem": (without("key.pem"), "incomplete"),
    "a module laid beside": (whole("hashlib.py", b"print('intact')\n"), "altered"),
    "a file in a folder of its own": (whole("json/__init__.py", b""), "altered"),
    "another subject of the pack": (
        manifest(lambda found: found.update(subject="tenant:zeta")),
        "altered",
    ),
    "fewer entries in the manifest": (
        manifest(lambda found: numbered(found, count=1, in_full=0)),
        "altered",
    ),
    "a file no longer listed": (manifest(lambda found: found["files"].pop()), "altered"),
    "no head": (manifest(lambda found: found.update(head=None)), "altered"),
    "no keys": (manifest(lambda found: found.update(keys=[])), "altered"),
    "the head's time": (manifest(lambda found: found["head"].update(at="2020")), "altered"),
    "the head's count": (manifest(lambda found: found["head"].update(count=1)), "altered"),
    "the head's signature": (
        manifest(lambda found: found["head"].update(signature="A" * 86 + "==")),
        "altered",
    ),
    "a key's endorsement": (
        manifest(lambda found: found["keys"][1].update(endorsement=None)),
        "key-changed",
    ),
    "a key before it was endorsed": (
        manifest(lambda found: found["keys"].reverse()),
        "key-changed",
    ),
    "a key under another's name": (
        manifest(lambda found: found["keys"][0].update(key_id="0" * 32)),
        "altered",
    ),
    "a space more in the manifest": (text("manifest.json", ":", ": "), "altered"),
    "a manifest that is no JSON": (whole("manifest.json", b"{"), "altered"),
    "no manifest": (without("manifest.json"), "incomplete"),
    "another format": (text("manifest.json", "noc-pack-1", "noc-pack-9"), "unreadable"),
    "a signature that is none": (whole("manifest.sig", b"good\n"), "altered"),
    "a signature of zeros": (whole("manifest.sig", b"A" * 86 + b"==\n"), "altered"),
    "no signature": (without("manifest.sig"), "unsigned"),
    "an empty pack": (lambda files: files.clear(), "incomplete"),
    "a manifest alone": (only_the_manifest, "unsigned"),
}


@pytest.mark.parametrize("name", SIGNED)
def test_a_forged_pack_gets_its_verdict(
    truth: Truth, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    forge, verdict = SIGNED[name]
    files = unzipped(truth.pack)
    forge(files)
    (tmp_path / "forged.zip").write_bytes(zipped(files))
    said = both(capsys, tmp_path / "forged.zip", "--key", truth.key_file)
    assert (said.code, said.word) == (1, verdict), said.why
    for inside, data in files.items():
        target = tmp_path / "folder" / inside
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    (tmp_path / "folder").mkdir(exist_ok=True)
    assert alone(tmp_path / "folder", "--key", truth.key_file)[:2] == (1, verdict)


# What is found out even where nothing is signed, and the forger made everything else agree.
UNSIGNED = [
    name
    for name in SIGNED
    if name.startswith(
        ("an entry doubled", "entries reordered", "an entry with", "another author", "another uid",
         "another time of", "another kind", "another content", "a content emptied",
         "an entry half", "an erased entry", "a link", "all links", "the mail to the client",
         "a document added", "all entries", "one entry", "a log removed")
    )
]  # fmt: skip


@pytest.mark.parametrize("name", UNSIGNED)
def test_an_unsigned_pack_is_checked_for_all_that_follows_from_the_chain(
    truth: Truth, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    files = unzipped(truth.pack)
    SIGNED[name][0](files)
    unsign(files)
    (tmp_path / "forged.zip").write_bytes(zipped(files))
    assert both(capsys, tmp_path / "forged.zip")[:2] == (1, "unsigned")
    said = both(capsys, tmp_path / "forged.zip", "--unsigned")
    assert (said.code, said.word) == (1, SIGNED[name][1]), said.why


def test_an_unsigned_pack_is_accepted_only_when_asked_to(
    truth: Truth, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = unzipped(truth.pack)
    unsign(files)
    (tmp_path / "pack.zip").write_bytes(zipped(files))
    assert both(capsys, tmp_path / "pack.zip")[:2] == (1, "unsigned")
    said = both(capsys, tmp_path / "pack.zip", "--unsigned", "--key", truth.key_file)
    assert (said.code, said.word) == (0, "intact")
    assert "signature: NONE" in said.why


REBUILT: dict[str, Forgery] = {
    "an author": entries(author),
    "a content": entries(retold),
    "nothing but the keys": lambda files: None,
}


@pytest.mark.parametrize("name", REBUILT)
def test_a_pack_rebuilt_under_a_forgers_key_is_not_by_the_key_that_is_known(
    truth: Truth, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    files = unzipped(truth.pack)
    REBUILT[name](files)
    rechain(files)
    resign(files, FORGER)
    (tmp_path / "forged.zip").write_bytes(zipped(files))
    said = both(capsys, tmp_path / "forged.zip", "--key", truth.key_file)
    assert (said.code, said.word) == (1, "wrong-key")
    # Nobody can tell without a key that is known, and it is said.
    assert "key: NOT COMPARED" in both(capsys, tmp_path / "forged.zip").why


def test_a_forgers_key_cannot_follow_the_true_one(
    truth: Truth, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = unzipped(truth.pack)
    keys = manifest_of(files)["keys"]
    resign(files, FORGER)
    forged = manifest_of(files)
    own = FORGER.sign(chain.endorsement_message(FORGER.public))
    forged["keys"][0]["endorsement"] = base64.b64encode(own).decode()
    forged["keys"] = [*keys, *forged["keys"]]
    put_manifest(files, forged)
    resign(files, FORGER, heads_too=False)
    (tmp_path / "forged.zip").write_bytes(zipped(files))
    said = both(capsys, tmp_path / "forged.zip", "--key", truth.key_file)
    assert (said.code, said.word) == (1, "key-changed"), said.why


def test_a_manifest_signed_by_another_key_under_the_true_head_is_found_out(
    truth: Truth, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = unzipped(truth.pack)
    entries(lambda found: found.pop(1))(files)
    resum(files)
    resign(files, FORGER, heads_too=False)
    (tmp_path / "forged.zip").write_bytes(zipped(files))
    assert both(capsys, tmp_path / "forged.zip")[:2] == (1, "altered")


@pytest.mark.parametrize("name", REBUILT)
def test_history_rewritten_by_the_holder_of_the_key_forks_from_heads_kept_elsewhere(
    truth: Truth, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    files = unzipped(truth.pack)
    kept = manifest_of(files)["head"]
    REBUILT[name](files)
    rechain(files)
    resign(files, truth.key)
    (tmp_path / "forged.zip").write_bytes(zipped(files))
    (tmp_path / "heads").write_text(json.dumps(kept) + "\n")
    said = both(capsys, tmp_path / "forged.zip", "--head", tmp_path / "heads")
    rewritten = name != "nothing but the keys"
    assert (said.code, said.word) == ((1, "forked") if rewritten else (0, "intact")), said.why
    # Nobody can tell without a head that was kept, and it is said.
    said = both(capsys, tmp_path / "forged.zip", "--key", truth.key_file)
    assert "heads kept elsewhere: NONE was compared" in said.why


def test_heads_of_another_key_are_not_those_of_the_pack(
    truth: Truth, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pack.zip").write_bytes(truth.pack)
    head = manifest_of(unzipped(truth.pack))["head"] | {"key_id": FORGER.key_id}
    (tmp_path / "heads").write_text(json.dumps(head) + "\n")
    said = both(capsys, tmp_path / "pack.zip", "--head", tmp_path / "heads")
    assert (said.code, said.word) == (1, "wrong-key")


def twice(data: bytes) -> bytes:
    """A second file of a name that is there."""
    made = io.BytesIO(data)
    with (
        zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive,
        pytest.warns(UserWarning, match="Duplicate"),
    ):
        archive.writestr(member("timeline.md"), b"nothing ever happened\n")
    return made.getvalue()


def added(name: str, mode: int = 0o100644, content: bytes = b"x") -> Callable[[bytes], bytes]:
    """A member of any name and mode."""

    def forge(data: bytes) -> bytes:
        made = io.BytesIO(data)
        with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(member(name, mode), content)
        return made.getvalue()

    return forge


def linked(data: bytes) -> bytes:
    """The timeline as a symbolic link."""
    files = unzipped(data)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            mode = 0o120777 if name == "timeline.md" else 0o100644
            archive.writestr(member(name, mode), content)
    return made.getvalue()


def hidden(data: bytes) -> bytes:
    """A whole file between the last one and the directory, which lists it not."""
    end = data.rindex(b"PK\5\6")
    size, start = struct.unpack("<II", data[end + 12 : end + 20])
    lone = io.BytesIO()
    with zipfile.ZipFile(lone, "w") as archive:
        archive.writestr(member("timeline.md"), b"nothing ever happened\n")
    local = lone.getvalue()[: lone.getvalue().index(b"PK\1\2")]
    moved = data[end : end + 16] + struct.pack("<I", start + len(local)) + data[end + 20 :]
    return data[:start] + local + data[start : start + size] + moved


def renamed(data: bytes) -> bytes:
    """Another name in the file's own place than in the directory."""
    place = data.index(b"timeline.md")
    return data[:place] + b"timelime.md" + data[place + 11 :]


def commented(data: bytes) -> bytes:
    made = io.BytesIO(data)
    with zipfile.ZipFile(made, "a") as archive:
        archive.comment = b"checked by a court"
    return made.getvalue()


def bombed(data: bytes) -> bytes:
    """A directory that claims four gigabytes for the timeline."""
    place = data.rindex(b"timeline.md") - 46
    return data[: place + 24] + struct.pack("<I", 0xFFFFFFF0) + data[place + 28 :]


def encrypted(data: bytes) -> bytes:
    """The timeline under a password, as the directory says."""
    place = data.rindex(b"timeline.md") - 46
    return data[: place + 8] + b"\x01\x00" + data[place + 10 :]


def flipped(data: bytes) -> bytes:
    """One bit in the packed entries."""
    place = data.index(b"entries.jsonl") + 60
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def localised(place: int, value: bytes) -> Callable[[bytes], bytes]:
    """Some bytes of the first file's own header, which the directory gives otherwise."""
    return lambda data: data[:place] + value + data[place + len(value) :]


def padded(data: bytes) -> bytes:
    """Bytes after the packed timeline, within the room that it has in the zip."""
    files = unzipped(data)
    made, central, place = b"", b"", 0
    for name, content in files.items():
        packer = zlib.compressobj(wbits=-15)
        packed = packer.compress(content) + packer.flush()
        packed += b"nothing ever happened" if name == "timeline.md" else b""
        common = struct.pack("<HHHHHLLLHH", 20, 0, 8, 0, 33, zlib.crc32(content), len(packed),
                             len(content), len(name), 0)  # fmt: skip
        made += b"PK\3\4" + common + name.encode() + packed
        tail = struct.pack("<HHHLL", 0, 0, 0, 0o100644 << 16, place)
        central += b"PK\1\2\x14\x03" + common + tail + name.encode()
        place = len(made)
    few, size = len(files), len(central)
    return made + central + b"PK\5\6" + struct.pack("<HHHHLLH", 0, 0, few, few, size, place, 0)


def crowded(data: bytes) -> bytes:
    """So many files that the zip ends in the longer form, and bytes after that."""
    files = unzipped(data) | {f"documents/{n:06}-eml.eml": b"" for n in range(0x10000)}
    return zipped(files) + b"x" * 22


ZIPS: dict[str, tuple[Callable[[bytes], bytes], set[str]]] = {
    "two files of one name": (twice, {"altered"}),
    "a path upwards": (added("../../etc/passwd"), {"altered"}),
    "an absolute path": (added("/etc/passwd"), {"altered"}),
    "a path with a backslash": (added("..\\verify.py"), {"altered"}),
    "a path with a drive": (added("C:/verify.py"), {"altered"}),
    "a path that leads back": (added("documents/../timeline.md"), {"altered"}),
    "a name with a line's end": (added("a\nb"), {"altered"}),
    "a folder": (added("empty/"), {"altered"}),
    "a file more": (added("notes.txt"), {"altered"}),
    "a hidden file": (added(".profile"), {"altered"}),
    "a symbolic link more": (added("link", 0o120777, b"/etc/passwd"), {"altered"}),
    "a symbolic link for the timeline": (linked, {"altered"}),
    "a device": (added("device", 0o020666), {"altered"}),
    "a file that is not listed": (hidden, {"altered"}),
    "another name in its place": (renamed, {"altered", "unreadable"}),
    "a comment": (commented, {"altered"}),
    "bytes before": (lambda data: b"MZ" * 100 + data, {"altered", "unreadable"}),
    "bytes after": (lambda data: data + b"x" * 100, {"altered", "unreadable"}),
    "a zip within a zip's end": (lambda data: data + data, {"altered", "unreadable"}),
    "a version of its own": (localised(4, b"\x2d\x00"), {"altered"}),
    "flags of its own": (localised(6, b"\x00\x08"), {"altered", "unreadable"}),
    "a method of its own": (localised(8, b"\x00\x00"), {"altered", "unreadable"}),
    "a time of its own": (localised(10, b"\x01\x00"), {"altered"}),
    "a sum of its own": (localised(14, b"abcd"), {"altered", "unreadable"}),
    "a size of its own": (localised(22, b"\xff\xff\xff\x7f"), {"altered", "unreadable"}),
    "bytes after a file within its room": (padded, {"altered"}),
    "bytes after the end of very many files": (crowded, {"altered", "unreadable"}),
    "a bomb": (bombed, {"altered", "unreadable"}),
    "a password": (encrypted, {"altered", "unreadable"}),
    "a bit flipped": (flipped, {"altered", "unreadable"}),
    "the end cut off": (lambda data: data[:-100], {"unreadable"}),
    "half of it": (lambda data: data[: len(data) // 2], {"unreadable"}),
    "no zip": (lambda data: b"intact\n", {"unreadable"}),
    "nothing": (lambda data: b"", {"unreadable"}),
}


@pytest.mark.parametrize("name", ZIPS)
def test_a_forged_zip_gets_its_verdict(
    truth: Truth, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    forge, verdicts = ZIPS[name]
    (tmp_path / "forged.zip").write_bytes(forge(truth.pack))
    said = both(capsys, tmp_path / "forged.zip", "--key", truth.key_file)
    assert said.code == 1
    assert said.word in verdicts, said.why
    assert list(tmp_path.iterdir()) == [tmp_path / "forged.zip"]


def test_a_folder_with_a_link_or_a_pipe_gets_its_verdict(
    truth: Truth, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import os

    folder = tmp_path / "pack"
    zipfile.ZipFile(io.BytesIO(truth.pack)).extractall(folder)
    assert both(capsys, folder, "--key", truth.key_file)[:2] == (0, "intact")
    os.mkfifo(folder / "pipe")
    assert both(capsys, folder)[:2] == (1, "altered")
    (folder / "pipe").unlink()
    (tmp_path / "told").write_bytes((folder / "timeline.md").read_bytes())
    (folder / "timeline.md").unlink()
    (folder / "timeline.md").symlink_to(tmp_path / "told")
    assert both(capsys, folder)[:2] == (1, "altered")
    assert both(capsys, tmp_path / "none")[:2] == (1, "unreadable")
    assert both(capsys, "/dev/zero")[:2] == (1, "unreadable")


def test_the_true_pack_is_intact_by_every_key_that_leads_to_its_own(
    truth: Truth, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pack.zip").write_bytes(truth.pack)
    said = both(capsys, tmp_path / "pack.zip")
    assert (said.code, said.word) == (0, "intact")
    assert "key: NOT COMPARED" in said.why
    described = manifest_of(unzipped(truth.pack))
    for number, key in enumerate(described["keys"]):
        raw = base64.b64decode(key["public_key"])
        (tmp_path / f"{number}.pem").write_text(public_pem(raw))
        said = both(capsys, tmp_path / "pack.zip", "--key", tmp_path / f"{number}.pem")
        assert (said.code, said.word) == (0, "intact")
        assert "key: known" in said.why
    (tmp_path / "heads").write_text(json.dumps(described["head"]) + "\n")
    assert both(capsys, tmp_path / "pack.zip", "--key", tmp_path / "heads")[:2] == (0, "intact")
    (tmp_path / "other.pem").write_text(public_pem(FORGER.public))
    said = both(capsys, tmp_path / "pack.zip", "--key", tmp_path / "other.pem")
    assert (said.code, said.word) == (1, "wrong-key")


@pytest.mark.parametrize("content", ["", "no key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END"])
def test_a_key_file_that_is_none_is_bad_usage(
    truth: Truth, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    (tmp_path / "pack.zip").write_bytes(truth.pack)
    (tmp_path / "key").write_text(content)
    for option in ("--key", "--head"):
        for file in ("key", "missing"):
            for said in (
                alone(tmp_path / "pack.zip", option, tmp_path / file),
                told(capsys, tmp_path / "pack.zip", option, tmp_path / file),
            ):
                assert (said.code, said.word) == (2, "")
                assert option in said.why


def test_every_verdict_that_is_given_is_listed() -> None:
    words = re.findall(r"^([a-z][a-z-]+)  +\S", pack_verifier.__doc__ or "", re.M)
    given = {verdict for _forge, verdict in SIGNED.values()}
    assert given | {"intact", "wrong-key", "forked"} == set(words)


def test_a_zip_laid_out_by_hand_is_the_true_one_without_its_padding(truth: Truth) -> None:
    """What `padded` makes is refused for its padding, not for how it is laid out."""
    plain = padded(truth.pack).replace(b"nothing ever happened", b"", 1)
    assert len(plain) < len(padded(truth.pack))


@pytest.mark.parametrize("told", ["nothing ever happened\n", "", None])
def test_who_holds_the_key_signs_no_other_timeline(
    truth: Truth, tmp_path: Path, capsys: pytest.CaptureFixture[str], told: str | None
) -> None:
    files = unzipped(truth.pack)
    true = files["timeline.md"].decode()
    files["timeline.md"] = (true.replace("omar", "olga") if told is None else told).encode()
    resign(files, truth.key)
    (tmp_path / "forged.zip").write_bytes(zipped(files))
    said = both(capsys, tmp_path / "forged.zip", "--key", truth.key_file)
    assert (said.code, said.word) == (1, "altered")
    assert "timeline.md" in said.why


def test_an_entry_left_out_by_who_holds_the_key_is_missing_beside_the_database(
    truth: Truth, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    database = truth.key_file.with_name("noc.db")
    (tmp_path / "true.zip").write_bytes(truth.pack)
    said = told(capsys, tmp_path / "true.zip", "--database", database)
    assert (said.code, said.word) == (0, "intact"), said.why
    files = unzipped(truth.pack)
    entries = entries_of(files)
    gone = next(one for one in entries if one["kind"] == "suspension.opened")
    put_entries(files, left := [one for one in entries if one is not gone])
    manifest = manifest_of(files)
    manifest["entries"]["count"] -= 1
    manifest["entries"]["in_full"] -= 1
    put_manifest(files, manifest)
    files["timeline.md"] = pack_verifier.timeline("tenant:acme", left).encode()
    resign(files, truth.key, heads_too=False)
    (tmp_path / "forged.zip").write_bytes(zipped(files))
    assert both(capsys, tmp_path / "forged.zip", "--key", truth.key_file)[:2] == (0, "intact")
    said = told(capsys, tmp_path / "forged.zip", "--database", database)
    assert (said.code, said.word) == (1, "incomplete")
    assert f"entry {gone['seq']} is about tenant:acme" in said.why
    (tmp_path / "none.db").touch()
    assert told(capsys, tmp_path / "true.zip", "--database", tmp_path / "none.db").code == 2


def test_the_verifier_shows_foreign_text_as_the_product_does() -> None:
    text = "".join(map(chr, range(0x3000))) + "\ufeff\ud800x\udfff~"
    assert pack_verifier._escaped(text) == escape_markdown(text)
    content = json.dumps({"text": text})
    entry = {"seq": 1, "at": 0, "kind": "k", "account": "a", "payload": content, "erased_by": None}
    shown = visible_lines(json.dumps({"text": text}, ensure_ascii=False, indent=1))
    assert "\n".join("    " + line for line in shown.splitlines()) in pack_verifier.timeline(
        "s", [entry]
    )
