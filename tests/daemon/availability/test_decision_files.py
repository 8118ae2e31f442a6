"""The file that shows an attack is kept with the decision that rests on it."""

import base64
import hashlib
import io
import json
import zipfile

import pytest

from noc_tui.evidence.pack import manifest_signer, pack_of
from noc_tui.threads import in_thread
from storage.database import Writer
from storage.evidence import Query, search
from storage.exhibits import EXHIBITS
from storage.heads import last_head
from storage.outages import EXCLUSIONS
from storage.verdict import Verdict
from storage.verify import verify
from tests.daemon.availability.test_credit_decisions import opened
from tests.daemon.monthend.served import sign_all
from tests.support.played_estate import Estate

pytestmark = pytest.mark.anyio

CAPTURE = b"\xd4\xc3\xb2\xa1 capture"
DIGEST = hashlib.sha256(CAPTURE).hexdigest()
ATTACK = {
    "tenants": ["acme", "zeta"],
    "start": "2026-03-01T00:00:00Z",
    "end": "2026-03-01T01:00:00Z",
    "basis": "attack",
    "reason": "a flood from outside",
    "grounds": ["file:flood.pcap", "provider:ticket 7"],
}


def sent(content: bytes = CAPTURE, name: str = "flood.pcap") -> dict[str, object]:
    return {"files": [{"name": name, "content": base64.b64encode(content).decode()}]}


async def test_the_file_is_kept_named_by_its_digest_and_in_the_pack(
    estate: Estate, writer: Writer
) -> None:
    await estate.poll(20)
    async with opened(estate) as socket:
        status, answer = await socket.ask("omar", "exclusions", **ATTACK, **sent())
        assert status == 201, answer
        kept = {row.suspension: row for row in await EXHIBITS.read(writer)}
        assert set(kept) == {"tenant:acme", "tenant:zeta"}
        assert kept["tenant:acme"].content == CAPTURE
        rows = await EXCLUSIONS.read(writer)
        assert rows[0].grounds == (f"file:flood.pcap (SHA-256 {DIGEST})", "provider:ticket 7")
        again = {**ATTACK, "start": "2026-03-01T00:30:00Z"}
        assert (await socket.ask("omar", "exclusions", **again, **sent()))[0] == 201
        assert len(await EXHIBITS.read(writer)) == 2, "one content of a tenant is kept once"
    key = await sign_all(estate.context)
    assert verify(writer.path).verdict is Verdict.INTACT
    (entry, *_) = await search(writer, Query(kind="availability.excluded", subject="tenant:zeta"))
    assert DIGEST in json.loads(entry.payload or "")["grounds"][0]
    head = await last_head(writer)
    assert head is not None
    pack = await in_thread(
        pack_of, writer.path, "tenant:zeta", head=head, sign=manifest_signer(key), kept=[]
    )
    assert pack is not None
    with zipfile.ZipFile(io.BytesIO(pack)) as files:
        assert files.read(f"exhibits/{DIGEST}") == CAPTURE


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (sent(name="other.pcap"), "no evidence names this file"),
        (sent(content=b""), "empty"),
    ],
)
async def test_a_file_that_cannot_be_kept_is_refused_whole(
    estate: Estate, writer: Writer, body: dict[str, object], said: str
) -> None:
    await estate.poll(2)
    async with opened(estate) as socket:
        status, answer = await socket.ask("omar", "exclusions", **ATTACK, **body)
    assert (status, said in answer["error"]) == (400, True), answer
    assert await EXCLUSIONS.read(writer) == []
