"""What a cluster, a network or a stranger in between may do wrong, and the error that says so."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from noc_tui.cluster import errors
from noc_tui.cluster.connection_config import CallLimits, ClusterAccess
from noc_tui.cluster.gateway import Gateway
from noc_tui.cluster.ids import GuestPlace
from noc_tui.cluster.pbs import BackupGateway
from noc_tui.cluster.workers import Circuit
from tests.cluster.test_gateway_wire import (
    MIXED,
    PATIENT,
    POLL,
    QUICK,
    RESOURCES,
    TOKEN,
    UPID,
    WEB,
    access,
    clock,
)
from tests.support import stub
from tests.support.tls import Served

pytestmark = pytest.mark.anyio
START = "nodes/pve1/qemu/101/status/start"
CONFIG = "nodes/pve1/qemu/101/config"
PAUSE = PATIENT.pause
HTML = stub.raw(200, "OK", b"<html><body>Please log in</body></html>")


@asynccontextmanager
async def opened(wanted: ClusterAccess) -> AsyncIterator[Gateway]:
    gateway = Gateway(wanted, clock())
    try:
        yield gateway
    finally:
        await gateway.close()


@asynccontextmanager
async def asking(
    tls: Served, limits: CallLimits = PATIENT, **answers: stub.Answer
) -> AsyncIterator[tuple[Gateway, stub.Stub]]:
    """A gateway to a stub whose `config` and `start` answer as given."""
    paths = {"config": CONFIG, "start": START}
    async with (
        stub.serving(tls, dict(POLL) | {paths[k]: v for k, v in answers.items()}) as server,
        opened(access(tls, server.url, limits=limits)) as gateway,
    ):
        yield gateway, server


REFUSALS = [
    (401, "invalid token value!", b"", errors.AuthenticationFailed),
    (403, "Permission check failed (/vms/101, VM.Audit)", b"", errors.PermissionMissing),
    (404, "Not Found", b"", errors.ObjectMissing),
    (500, "VM is locked (backup)", b'{"data":null}', errors.Locked),
    (500, "can't lock file '/var/lock/x.conf' - got timeout", b"", errors.Locked),
    (500, "checksum mismatch (file change by other user?)", b"", errors.DigestConflict),
    (500, "checksum missmatch (file change by other user?)", b"", errors.DigestConflict),
    (500, "detected modified configuration - file changed", b"", errors.DigestConflict),
    (500, "cluster not ready - no quorum?", b"", errors.NoQuorum),
    (500, "unable to open file '/etc/pve/nodes/x.tmp.1' - Permission denied", b"", errors.NoQuorum),
    (500, "Configuration file 'nodes/a/b.conf' does not exist", b"", errors.ObjectMissing),
    (501, "method 'PATCH' not available", b"", errors.RequestRefused),
    (500, "VM 101 not running", b"", errors.RequestRefused),
    (501, "Method 'GET /nope' not implemented", b"", errors.RequestRefused),
    (
        400,
        "Parameter verification failed.",
        b'{"errors":{"vmid":"bad\\n"}}',
        errors.ParameterRefused,
    ),
]


@pytest.mark.parametrize(("code", "reason", "body", "kind"), REFUSALS)
async def test_proxmoxs_refusals_become_our_errors(
    tls: Served, code: int, reason: str, body: bytes, kind: type[errors.ClusterError]
) -> None:
    refused = stub.status(code, reason, body)
    async with asking(tls, config=refused, start=refused) as (gateway, server):
        for attempt in (gateway.guest_config(WEB), gateway.start(WEB)):
            with pytest.raises(errors.ClusterError) as caught:
                await attempt
            assert type(caught.value) is kind
            assert caught.value.cluster == "lab"
            assert caught.value.endpoint == server.url
            assert caught.value.said == reason
            assert caught.value.status == code
        assert len(server.requests) == 2


async def test_a_missing_privilege_names_path_and_privilege(tls: Served) -> None:
    words = "Permission check failed (/vms/101, VM.Config.Disk|VM.Config.CPU)"
    async with asking(tls, config=stub.status(403, words)) as (gateway, _):
        with pytest.raises(errors.PermissionMissing) as caught:
            await gateway.guest_config(WEB)
    assert caught.value.path == "/vms/101"
    assert caught.value.privilege == "VM.Config.Disk|VM.Config.CPU"


async def test_a_lock_is_named_and_the_full_message_is_kept(tls: Served) -> None:
    body = b'{"data":null,"message":"VM is locked (snapshot-delete)\\nand more \\u001b[31m\\n"}'
    async with asking(tls, start=stub.status(500, "VM is locked", body)) as (gateway, _):
        with pytest.raises(errors.Locked) as caught:
            await gateway.start(WEB)
    assert caught.value.lock == "snapshot-delete"
    assert caught.value.said == "VM is locked (snapshot-delete)\nand more ␛[31m"


@pytest.mark.parametrize("code", [595, 596, 597, 599, 502])
async def test_a_node_behind_the_endpoint_is_away(tls: Served, code: int) -> None:
    away = stub.status(code, "No route to host", b"")
    async with asking(tls, config=away, start=away) as (gateway, server):
        with pytest.raises(errors.NodeUnreachable):
            await gateway.guest_config(WEB)
        assert len(server.requests) == 2, "a read is repeated once"
        with pytest.raises(errors.AmbiguousOutcome):
            await gateway.start(WEB)
        assert len(server.requests) == 3, "a change is never repeated"


BAD_BODIES = [b"<html></html>", b"", b"null", b"[]", b"5", b'{"dat":1}', b'{"data":', b'{"data":7}']


@pytest.mark.parametrize("body", BAD_BODIES)
async def test_an_answer_that_is_not_proxmoxs(tls: Served, body: bytes) -> None:
    odd = stub.raw(200, "OK", body)
    async with asking(tls, config=odd, start=odd) as (gateway, server):
        with pytest.raises(errors.BadAnswer):
            await gateway.guest_config(WEB)
        with pytest.raises(errors.AmbiguousOutcome):
            await gateway.start(WEB)
        assert len(server.requests) == 2


async def test_a_deeply_nested_or_huge_answer_is_a_bad_one(tls: Served) -> None:
    deep = stub.raw(200, "OK", b'{"data":{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}}")
    async with asking(tls, config=deep) as (gateway, _):
        with pytest.raises(errors.BadAnswer):
            await gateway.guest_config(WEB)
    async with asking(tls, config=stub.data('"' + "x" * 5000 + '"')) as (gateway, _):
        with pytest.raises(errors.BadAnswer, match="more than 4096 bytes"):
            await gateway.guest_config(WEB)


async def test_no_redirect_is_followed(tls: Served, other_tls: Served) -> None:
    async with stub.serving(tls) as elsewhere:
        away = stub.raw(302, "Found", b"", f"Location: {elsewhere.url}/api2/json/{CONFIG}\r\n")
        async with asking(tls, config=away) as (gateway, _):
            with pytest.raises(errors.BadAnswer, match="redirected"):
                await gateway.guest_config(WEB)
        assert elsewhere.requests == []


async def test_nothing_is_taken_from_the_environment(
    tls: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nonexistent")
    monkeypatch.setenv("CURL_CA_BUNDLE", "/nonexistent")
    async with asking(tls) as (gateway, _):
        assert (await gateway.fast_poll()).quorate


async def test_a_server_that_never_answers_costs_no_more_than_the_limit(tls: Served) -> None:
    async with asking(tls, MIXED, config=stub.never(), start=stub.never()) as (gateway, server):
        with pytest.raises(errors.TimedOut):
            await gateway.guest_config(WEB)
        with pytest.raises(errors.AmbiguousOutcome):
            await gateway.start(WEB)
        assert len([r for r in server.requests if r.method == "POST"]) == 1


async def test_a_dripping_answer_is_cut_at_the_total_limit(tls: Served) -> None:
    slow = stub.drip(b'{"data":{"name":"' + b"x" * 200 + b'"}}', every=0.05)
    async with asking(tls, MIXED, config=slow, start=slow) as (gateway, server):
        with pytest.raises(errors.TimedOut, match="within 3 s"):
            await gateway.guest_config(WEB)
        with pytest.raises(errors.AmbiguousOutcome, match="within 3 s"):
            await gateway.start(WEB)
        assert server.connections == 2, "what was cut is not tried again"


async def test_what_was_cut_frees_its_thread(tls: Served) -> None:
    endless = stub.drip(b"x" * 1000, every=0.05)
    async with asking(tls, MIXED, config=endless) as (gateway, server):
        server.answers["nodes/pve2/qemu/102/config"] = stub.data("{}")
        cut = await asyncio.gather(
            *(gateway.guest_config(WEB) for _ in range(2)), return_exceptions=True
        )
        assert [type(error) for error in cut] == [errors.TimedOut] * 2
        assert (await gateway.guest_config(GuestPlace("pve2", "qemu", 102))).values == {}


async def test_calls_that_hang_open_the_circuit_of_their_node_alone(
    tls: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = GuestPlace("pve2", "qemu", 102)
    async with asking(tls, MIXED, config=stub.never()) as (gateway, server):
        server.answers["nodes/pve2/qemu/102/config"] = stub.data('{"name":"b"}')
        for _ in range(2):
            with pytest.raises(errors.TimedOut):
                await gateway.guest_config(WEB)
        asked = len(server.requests)
        with pytest.raises(errors.CircuitOpen):
            await gateway.guest_config(WEB)
        assert len(server.requests) == asked
        assert (await gateway.guest_config(other)).values == {"name": "b"}
        assert (await gateway.fast_poll()).quorate
        server.answers[CONFIG] = stub.data('{"name":"a"}')
        refuses = Circuit.refuses
        monkeypatch.setattr(Circuit, "refuses", lambda self, now: refuses(self, now + PAUSE))
        assert (await gateway.guest_config(WEB)).values == {"name": "a"}


async def test_a_connection_closed_between_two_calls_is_opened_again(tls: Served) -> None:
    closing = stub.once(stub.data('{"name":"a"}'), stub.once(stub.hang_up(), stub.data("{}")))
    async with asking(tls, config=closing) as (gateway, server):
        await gateway.guest_config(WEB)
        assert (await gateway.guest_config(WEB)).values == {}
        assert len(server.requests) == 3


async def test_a_change_whose_answer_is_lost_is_ambiguous_and_sent_once(tls: Served) -> None:
    async with asking(tls, start=stub.hang_up()) as (gateway, server):
        with pytest.raises(errors.AmbiguousOutcome):
            await gateway.start(WEB)
        assert len(server.requests) == 1


async def test_a_change_goes_to_another_endpoint_only_if_it_was_not_sent(tls: Served) -> None:
    async with stub.serving(tls, {START: stub.data(f'"{UPID}"')}) as alive:
        dead = "https://127.0.0.1:1"
        async with opened(access(tls, dead, alive.url)) as gateway:
            assert await gateway.start(WEB) == UPID
        async with opened(access(tls, dead)) as gateway:
            with pytest.raises(errors.Unreachable):
                await gateway.start(WEB)


async def test_endpoints_rotate_when_one_is_gone(tls: Served) -> None:
    async with stub.serving(tls, dict(POLL)) as alive:
        async with opened(access(tls, "https://127.0.0.1:1", alive.url)) as gateway:
            snapshot = await gateway.fast_poll()
            assert snapshot.endpoint == alive.url
            await gateway.fast_poll()
        assert len(alive.requests) == 6


async def test_a_poll_goes_on_at_another_endpoint_when_one_hangs(tls: Served) -> None:
    hanging = dict.fromkeys(POLL, stub.never())
    async with (
        stub.serving(tls, hanging) as dead,
        stub.serving(tls, dict(POLL)) as alive,
        opened(access(tls, dead.url, alive.url, limits=MIXED)) as gateway,
    ):
        assert (await gateway.fast_poll()).endpoint == alive.url
        assert (await gateway.fast_poll()).endpoint == alive.url
        assert len(dead.requests) == 1


async def test_an_endpoint_alone_in_a_split_is_left_for_one_with_quorum(tls: Served) -> None:
    alone = stub.data('[{"type":"cluster","name":"lab","quorate":0}]')
    async with (
        stub.serving(tls, dict(POLL) | {"cluster/status": alone}) as minority,
        stub.serving(tls, dict(POLL)) as majority,
        opened(access(tls, minority.url, majority.url)) as gateway,
    ):
        snapshot = await gateway.fast_poll()
    assert snapshot.quorate is True
    assert snapshot.endpoint == majority.url


async def test_lost_quorum_costs_more_requests_only_when_it_is_lost(tls: Served) -> None:
    alone = dict(POLL) | {
        "cluster/status": stub.data('[{"type":"cluster","name":"lab","quorate":0}]')
    }
    async with (
        stub.serving(tls, alone) as one,
        stub.serving(tls, alone) as two,
        opened(access(tls, one.url, two.url)) as gateway,
    ):
        assert (await gateway.fast_poll()).quorate is False
        assert len(one.requests) + len(two.requests) == 6
        assert (await gateway.fast_poll()).quorate is False
        assert len(one.requests) + len(two.requests) == 9


async def test_a_poll_without_sys_audit_knows_that_it_does_not_know_quorum(tls: Served) -> None:
    refused = stub.status(403, "Permission check failed (/, Sys.Audit)")
    async with asking(tls) as (gateway, server):
        server.answers["cluster/status"] = refused
        snapshot = await gateway.fast_poll()
    assert snapshot.quorate is None
    assert (snapshot.gaps[0].path, snapshot.gaps[0].privilege) == ("/", "Sys.Audit")
    assert 101 in snapshot.guests


async def test_one_slow_call_of_the_slow_tier_is_a_gap_and_not_a_lost_cluster(tls: Served) -> None:
    slow = {
        "version": stub.data('{"version":"8.4.21","release":"8.4"}'),
        "cluster/ha/status/current": stub.data("[]"),
        "cluster/ha/resources": stub.status(403, "Permission check failed (/, Sys.Audit)"),
        "cluster/ha/groups": stub.data("[]"),
        "cluster/ceph/status": stub.status(500, "binary not installed: /usr/bin/ceph-mon"),
        "cluster/replication": stub.data("[]"),
        "cluster/backup": stub.data('[{"id":"b1","schedule":"daily","next-run":5}]'),
        "access/acl": stub.data('[{"path":"/","type":"user","ugid":"a@pve","roleid":"R"}]'),
        "access/permissions": stub.data('{"/":{"Sys.Audit":1}}'),
        "cluster/backup-info/not-backed-up": stub.never(),
    }
    async with (
        stub.serving(tls, slow) as server,
        opened(access(tls, server.url, limits=MIXED)) as gateway,
    ):
        found = await gateway.slow_poll()
        assert [gap.call for gap in found.gaps] == [
            "cluster/ha/resources",
            "cluster/backup-info/not-backed-up",
        ]
        assert (found.ha_resources, found.not_backed_up, found.ha_status) == (None, None, ())
        assert found.permissions == {"/": {"Sys.Audit": True}}
        assert found.backup_jobs is not None
        assert found.backup_jobs[0].next_run == 5
        server.answers["version"] = stub.never()
        with pytest.raises(errors.TimedOut):
            await gateway.slow_poll()


BAD_REFS = [
    GuestPlace("../../access", "qemu", 101),
    GuestPlace("pve1", "qemu", 1),
    GuestPlace("pve1", "../lxc", 101),
    GuestPlace("pve1/..", "lxc", 101),
    GuestPlace("", "lxc", 101),
    GuestPlace("pve1\n", "lxc", 101),
]


@pytest.mark.parametrize("ref", BAD_REFS)
async def test_a_bad_id_is_never_sent(tls: Served, ref: GuestPlace) -> None:
    async with asking(tls) as (gateway, server):
        for attempt in (gateway.guest_config(ref), gateway.stop(ref)):
            with pytest.raises(errors.InvalidId):
                await attempt
        with pytest.raises(errors.InvalidId):
            await gateway.task_log("UPID:pve1:../../x")
        assert server.connections == 0


async def test_without_an_action_token_nothing_can_be_changed(tls: Served) -> None:
    async with stub.serving(tls) as server:
        reading = replace(access(tls, server.url), action_token=None)
        async with opened(reading) as gateway:
            with pytest.raises(errors.NotConfigured, match="action_token_file"):
                await gateway.start(WEB)
        assert server.connections == 0


async def test_a_cancelled_read_frees_its_thread(tls: Served) -> None:
    async with asking(tls, config=stub.never()) as (gateway, server):
        reads = [asyncio.create_task(gateway.guest_config(WEB)) for _ in range(2)]
        await server.has_received(2)
        for task in reads:
            task.cancel()
        server.answers[CONFIG] = stub.data("{}")
        assert (await gateway.guest_config(WEB)).values == {}


async def test_the_secret_is_in_no_message(tls: Served) -> None:
    calls: list[Callable[[Gateway], Awaitable[object]]] = [
        lambda g: g.guest_config(WEB),
        lambda g: g.start(WEB),
    ]
    async with asking(tls, QUICK, config=stub.never(), start=stub.hang_up()) as (gateway, _):
        for call in calls:
            with pytest.raises(errors.ClusterError) as caught:
                await call(gateway)
            assert TOKEN.secret not in f"{caught.value!r} {caught.value} {caught.value.__cause__!r}"
    assert TOKEN.secret not in repr(access(tls, "https://127.0.0.1:1"))


@pytest.mark.parametrize("seconds", [1 << 40, 1 << 62, 1 << 70])
async def test_times_that_no_calendar_holds_are_left_out_and_named(
    tls: Served, seconds: int
) -> None:
    task = f'[{{"upid":"x","node":"pve1","type":"t","user":"u@pve","starttime":{seconds}}}]'
    guest = stub.data(RESOURCES.replace('"uptime":60', f'"uptime":{seconds}'))
    kept = f'[{{"backup-type":"vm","backup-id":"101","backup-time":{seconds},"size":1}}]'
    store = "admin/datastore/backup"
    backups = {f"{store}/status": stub.data("{}"), f"{store}/groups": stub.data("[]")}
    answers = {**POLL, **backups, f"{store}/snapshots": stub.data(kept)}
    for strange, omitted in (
        ({"cluster/tasks": stub.data(task)}, (0, 1, ("x: starttime",))),
        ({"cluster/resources": guest}, (1, 0, ("qemu/101: uptime",))),
    ):
        async with stub.serving(tls, answers | strange) as server:
            gateway = Gateway(access(tls, server.url), clock())
            kept_by = BackupGateway(replace(access(tls, server.url), service="PBS"), clock())
            try:
                seen = (await gateway.fast_poll()).omitted
                named = tuple(one[: len(omitted[2][0])] for one in seen.examples)
                assert (seen.fields, seen.rows, named) == omitted
                kept_there = await kept_by.poll("backup")
                assert (kept_there.omitted.rows, dict(kept_there.guests)) == (1, {})
            finally:
                await gateway.close()
                await kept_by.close()
