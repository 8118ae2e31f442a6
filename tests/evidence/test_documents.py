"""docs/evidence.md and its French: the digests, verdicts and fields in them are the code's."""

import re
from pathlib import Path

import msgspec
import pytest

from noc_tui.evidence import pack_verifier
from noc_tui.evidence.pack import FORMAT, Manifest
from storage import chain
from storage.verdict import Verdict

DOCS = Path(__file__).parents[2] / "docs"
both = pytest.mark.parametrize("name", ["evidence.md", "evidence.fr.md"])


def written(name: str) -> str:
    return (DOCS / name).read_text()


@both
def test_the_worked_example_is_true(name: str) -> None:
    text, salt = written(name), bytes(range(32))
    content = chain.payload_hash(salt, '{"text":"café"}'.encode())
    subjects = ("register:authority", "tenant:acme")
    at, kind = 1772787600000000, "register.authority"
    entry = chain.ChainEntry(1, chain.GENESIS, at, kind, 1001, "omar", subjects, content, "")
    digests = [content, chain.body_hash(entry), chain.entry_hash(entry)]
    assert re.findall(r"  ([0-9a-f]{64})$", text, re.M) == [one.hex() for one in digests]
    assert f"`{chain.key_id(salt)}`" in text
    assert f"`{chain.encode([b'ab', b'']).hex()}`" in text


@both
def test_every_verdict_is_explained(name: str) -> None:
    _before, database, *_others, pack = re.split(r"^### ", written(name), flags=re.M)
    words = r"^\| `([a-z-]+)`"
    explained = set(re.findall(words, database, re.M))
    assert explained == set(Verdict)
    given = re.findall(r"^([a-z][a-z-]+)  +\S", pack_verifier.__doc__ or "", re.M)
    assert set(re.findall(words, pack.partition("\n## ")[0], re.M)) == set(given)


@both
def test_every_field_of_the_manifest_is_explained(name: str) -> None:
    table = written(name).partition(f"`{FORMAT}`")[0].rpartition("\n|---")[0]
    fields = [field.name for field in msgspec.structs.fields(Manifest)]
    rows = re.findall(r"^\| `([a-z]+)` \|", written(name)[len(table) :], re.M)
    assert sorted(rows) == sorted(fields)
