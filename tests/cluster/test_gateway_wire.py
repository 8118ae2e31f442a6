"""The gateway over real TLS: what is asked, what is trusted, what comes back."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from noc_tui.clock import SteppedClock
from noc_tui.cluster import errors
from noc_tui.cluster.connection_config import ApiToken, CallLimits, ClusterAccess, Fingerprints
from noc_tui.cluster.gateway import Gateway
from noc_tui.cluster.ids import GuestPlace
from tests.support import stub
from tests.support.talker import talking
from tests.support.tls import Served, make_tls

pytestmark = pytest.mark.anyio
TOKEN = ApiToken.parse("noc@pve!read=11111111-2222-3333-4444-555555555555")
PATIENT = CallLimits(
    connect=60, silence=60, read=60, write_silence=60, write=60, hanging=2, pause=60, body=4096
)
"""Where every answer comes: a busy machine is no fault."""
QUICK = replace(PATIENT, silence=0.3, read=0.8, write_silence=0.3, write=0.8)
"""Where no answer comes."""
MIXED = replace(PATIENT, silence=2, read=3, write_silence=2, write=3)
"""Where one answer never comes, and another must."""
STATUS = (
    '[{"type":"cluster","id":"cluster","name":"lab","nodes":1,"quorate":1,"version":3},'
    '{"type":"node","id":"node/pve1","name":"pve1","online":1,"local":1,"nodeid":1,"ip":"10.0.0.1"}]'
)
RESOURCES = (
    '[{"id":"node/pve1","node":"pve1","type":"node","status":"online","uptime":100,"cpu":0.25},'
    '{"id":"qemu/101","vmid":101,"node":"pve1","type":"qemu","status":"running","name":"web1",'
    '"cpu":0.015,"maxcpu":2,"mem":50,"maxmem":100,"uptime":60,"template":0,"tags":"a;b"}]'
)
POLL = {
    "cluster/status": stub.data(STATUS),
    "cluster/resources": stub.data(RESOURCES),
    "cluster/tasks": stub.data("[]"),
}
UPID = "UPID:pve1:00000110:0004052B:6B038D55:qmstart:101:noc@pve!act:"
WEB = GuestPlace("pve1", "qemu", 101)


def access(tls: Served, *urls: str, limits: CallLimits = PATIENT) -> ClusterAccess:
    return ClusterAccess("lab", urls, TOKEN, TOKEN, ca_file=tls.ca_file, limits=limits)


def clock() -> SteppedClock:
    return SteppedClock(datetime(2026, 3, 1, tzinfo=UTC))


async def test_a_poll_is_three_requests_on_one_connection(tls: Served) -> None:
    async with stub.serving(tls, dict(POLL)) as server:
        gateway = Gateway(access(tls, server.url), clock())
        try:
            snapshot = await gateway.fast_poll()
        finally:
            await gateway.close()
    assert [r.path for r in server.requests] == [
        "/api2/json/cluster/status",
        "/api2/json/cluster/resources",
        "/api2/json/cluster/tasks",
    ]
    assert server.connections == 1
    assert server.requests[0].headers["authorization"] == f"PVEAPIToken={TOKEN.id}={TOKEN.secret}"
    guest = snapshot.guests[101]
    assert (guest.name, guest.cpu_percent, guest.memory_percent) == ("web1", 2, 50)
    assert guest.booted_at == datetime(2026, 2, 28, 23, 59, tzinfo=UTC)
    assert snapshot.quorate is True


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (stub.status(595, "Connection refused", b""), "595 Connection refused"),
        (stub.never(), "did not answer in time"),
    ],
)
async def test_without_pvedaemon_only_the_quorum_is_unknown(
    tls: Served, answer: stub.Answer, said: str
) -> None:
    """pvedaemon answers the first request, the proxy itself the two others."""
    async with stub.serving(tls, POLL | {"cluster/status": answer}) as server:
        gateway = Gateway(access(tls, server.url, limits=MIXED), clock())
        snapshot = await gateway.fast_poll()
        await gateway.close()
    assert (snapshot.quorate, snapshot.guests[101].status) == (None, "running")
    (gap,) = snapshot.gaps
    assert (gap.call, gap.privilege) == ("cluster/status", None)
    assert said in gap.reason


async def test_the_fingerprint_is_checked_before_the_token_is_sent(
    tls: Served, other_tls: Served
) -> None:
    async with stub.serving(tls, dict(POLL)) as server:
        right = replace(access(tls, server.url), ca_file=None, fingerprint=tls.fingerprint)
        wrong = replace(right, fingerprint=other_tls.fingerprint)
        gateway, mistaken = Gateway(right, clock()), Gateway(wrong, clock())
        try:
            assert (await gateway.fast_poll()).quorate
            server.requests.clear()
            with pytest.raises(errors.Untrusted) as caught:
                await mistaken.fast_poll()
        finally:
            await gateway.close()
            await mistaken.close()
    words = str(caught.value)
    assert f"fingerprint {tls.fingerprint}, trusted is {other_tls.fingerprint}" in words
    assert server.requests == []


async def test_each_endpoint_has_certificates_of_its_own(tls: Served, other_tls: Served) -> None:
    """A list counts at each endpoint, a fingerprint of the table at its own alone."""
    async with (
        stub.serving(tls, dict(POLL)) as here,
        stub.serving(other_tls, dict(POLL)) as there,
    ):
        both = replace(access(tls, here.url), ca_file=None, endpoints=(here.url, there.url))
        mine, theirs = tls.fingerprint, other_tls.fingerprint
        given: list[tuple[Fingerprints, set[str]]] = [
            ((mine, theirs), set()),
            ({here.url: mine, there.url: theirs.replace(":", "").lower()}, set()),
            ({here.url: theirs, there.url: mine}, {here.url, there.url}),
            ((mine,), {there.url}),
        ]
        for fingerprint, distrusted in given:
            gateway = Gateway(replace(both, fingerprint=fingerprint), clock())
            states = await gateway.check_endpoints()
            await gateway.close()
            found = {one.endpoint for one in states if isinstance(one.error, errors.Untrusted)}
            assert found == distrusted
    with pytest.raises(ValueError, match="SHA-256"):
        replace(both, fingerprint={here.url: mine})


async def test_another_authority_is_not_trusted(tls: Served, other_tls: Served) -> None:
    async with stub.serving(tls, dict(POLL)) as server:
        gateway = Gateway(access(other_tls, server.url), clock())
        try:
            with pytest.raises(errors.Untrusted):
                await gateway.fast_poll()
        finally:
            await gateway.close()
    assert server.requests == []


@pytest.mark.parametrize("content", [None, "no certificate"])
async def test_a_ca_file_that_cannot_be_used_is_named(
    tls: Served, tmp_path: Path, content: str | None
) -> None:
    ca_file = tmp_path / "root.pem"
    if content is not None:
        ca_file.write_text(content)
    gateway = Gateway(replace(access(tls, "https://127.0.0.1:1"), ca_file=ca_file), clock())
    try:
        for attempt in (gateway.fast_poll(), gateway.start(WEB)):
            with pytest.raises(errors.Untrusted, match=r"root\.pem"):
                await attempt
    finally:
        await gateway.close()


async def test_a_gateway_that_was_closed_says_so(tls: Served) -> None:
    gateway = Gateway(access(tls, "https://127.0.0.1:1"), clock())
    await gateway.close()
    with pytest.raises(errors.CircuitOpen, match="closed"):
        await gateway.fast_poll()


async def test_a_refused_connection_did_not_hang(tls: Served) -> None:
    gateway = Gateway(access(tls, "https://127.0.0.1:1"), clock())
    try:
        with pytest.raises(errors.Unreachable, match="refused") as caught:
            await gateway.fast_poll()
    finally:
        await gateway.close()
    assert type(caught.value) is errors.Unreachable


async def test_a_certificate_of_another_host_is_not_trusted(tmp_path: Path) -> None:
    tls = make_tls(tmp_path, host="pve9.example.fr")
    async with stub.serving(tls, dict(POLL)) as server:
        gateway = Gateway(access(tls, server.url), clock())
        try:
            with pytest.raises(errors.Untrusted):
                await gateway.fast_poll()
        finally:
            await gateway.close()
    assert server.requests == []


async def test_what_does_not_speak_tls_cannot_be_reached(tls: Served) -> None:
    with talking(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        gateway = Gateway(access(tls, f"https://127.0.0.1:{port}"), clock())
        try:
            for attempt in (gateway.fast_poll(), gateway.start(WEB)):
                with pytest.raises(errors.Unreachable):
                    await attempt
        finally:
            await gateway.close()


async def test_a_change_returns_its_task(tls: Served) -> None:
    answers = {"nodes/pve1/qemu/101/status/start": stub.data(f'"{UPID}"')}
    async with stub.serving(tls, answers) as server:
        gateway = Gateway(access(tls, server.url), clock())
        try:
            assert await gateway.start(WEB) == UPID
        finally:
            await gateway.close()
    assert server.requests[0].method == "POST"
