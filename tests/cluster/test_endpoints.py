"""Several endpoints: a good answer stands, and each error is that of its endpoint."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from noc_tui.cluster import errors
from noc_tui.cluster.connection_config import ApiToken
from noc_tui.simulator.ports import bound
from noc_tui.simulator.silent_port import SilentPort
from tests.cluster.test_faults import opened
from tests.cluster.test_gateway_wire import POLL, TOKEN, WEB, access
from tests.support import stub
from tests.support.dialling import dial_briefly
from tests.support.tls import Served

pytestmark = pytest.mark.anyio
REFUSING = "https://127.0.0.1:1"
ALONE = dict(POLL) | {
    "cluster/status": stub.data(
        '[{"type":"cluster","name":"lab","quorate":0},'
        '{"type":"node","name":"pve1","online":1},{"type":"node","name":"pve2","online":0}]'
    )
}


@pytest.fixture(autouse=True)
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """Silent endpoints are known soon."""
    dial_briefly(monkeypatch)


@contextmanager
def silent() -> Iterator[str]:
    """An endpoint that drops what comes to it."""
    listener = bound(0, backlog=0)
    port = listener.getsockname()[1]
    door = SilentPort(listener)
    try:
        yield f"https://127.0.0.1:{port}"
    finally:
        door.close()


@contextmanager
def refusing() -> Iterator[str]:
    """An endpoint whose port is taken and where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"https://127.0.0.1:{taken.getsockname()[1]}"


@pytest.mark.parametrize("kind", [refusing, silent])
@pytest.mark.parametrize("first", [0, 1, 2])
async def test_a_lost_quorum_is_told_by_the_one_endpoint_that_is_left(
    tls: Served, kind: type, first: int
) -> None:
    async with stub.serving(tls, ALONE) as alive:
        with kind() as one, kind() as two:
            urls = [one, two]
            urls.insert(first, alive.url)
            wanted = access(tls, *urls)
            async with opened(wanted) as gateway:
                for _ in range(3):
                    snapshot = await gateway.fast_poll()
                    assert snapshot.quorate is False
                    assert snapshot.endpoint == alive.url
                    assert snapshot.gaps == ()
        assert len(alive.requests) == 9, "three a poll, whoever else is dead"


async def test_one_that_says_there_is_quorum_is_believed_over_one_that_says_there_is_none(
    tls: Served,
) -> None:
    later = dict(ALONE)
    async with (
        stub.serving(tls, ALONE) as minority,
        stub.serving(tls, later) as other,
        opened(access(tls, minority.url, other.url)) as gateway,
    ):
        assert (await gateway.fast_poll()).quorate is False
        other.answers.update(POLL)
        seen = [(await gateway.fast_poll()).quorate for _ in range(6)]
        assert seen[-1] is True, "asked again within a minute"
        assert gateway.endpoint == other.url


async def test_an_answer_is_not_thrown_away_because_another_endpoint_answers_badly(
    tls: Served,
) -> None:
    broken = dict.fromkeys(POLL, stub.raw(200, "OK", b"<html></html>"))
    async with (
        stub.serving(tls, ALONE) as alive,
        stub.serving(tls, broken) as other,
        opened(access(tls, alive.url, other.url)) as gateway,
    ):
        snapshot = await gateway.fast_poll()
        assert (snapshot.quorate, snapshot.endpoint) == (False, alive.url)


async def test_each_error_names_its_own_endpoint_and_cause(tls: Served) -> None:
    with silent() as mute:
        for urls, kind, words in (
            ((REFUSING, mute), errors.TimedOut, "timed out"),
            ((mute, REFUSING), errors.Unreachable, "Connection refused"),
        ):
            async with opened(access(tls, *urls)) as gateway:
                with pytest.raises(errors.Unreachable) as caught:
                    await gateway.guest_config(WEB)
            assert type(caught.value) is kind
            assert caught.value.endpoint == urls[1]
            assert words in caught.value.said
            assert urls[0] not in str(caught.value)


async def test_an_untrusted_endpoint_does_not_make_the_next_one_untrusted(
    tls: Served, other_tls: Served
) -> None:
    async with stub.serving(other_tls, dict(POLL)) as stranger:
        wanted = access(tls, stranger.url, REFUSING)
        async with opened(wanted) as gateway:
            with pytest.raises(errors.Unreachable) as caught:
                await gateway.guest_config(WEB)
        assert type(caught.value) is errors.Unreachable
        assert caught.value.endpoint == REFUSING
        assert stranger.requests == []


async def test_a_node_that_does_not_answer_leaves_the_endpoint_in_use(tls: Served) -> None:
    away = stub.status(595, "No route to host", b"")
    answers = dict(POLL) | {"nodes/pve1/qemu/101/config": away}
    async with (
        stub.serving(tls, answers) as one,
        stub.serving(tls, answers) as two,
        opened(access(tls, one.url, two.url, REFUSING)) as gateway,
    ):
        for _ in range(3):
            with pytest.raises(errors.NodeUnreachable) as caught:
                await gateway.guest_config(WEB)
            assert "NodeUnreachable" not in caught.value.said
        assert gateway.endpoint == one.url
        assert len(one.requests) + len(two.requests) == 6


async def test_what_each_endpoint_says_is_known(tls: Served, other_tls: Served) -> None:
    version = {"version": stub.data('{"version":"8.4.21"}')}
    with silent() as mute:
        async with (
            stub.serving(tls, version) as alive,
            stub.serving(other_tls, version) as stranger,
            opened(access(tls, mute, stranger.url, alive.url, REFUSING)) as gateway,
        ):
            found = await gateway.check_endpoints()
            assert [row.endpoint for row in found] == [mute, stranger.url, alive.url, REFUSING]
            assert [type(row.error) for row in found] == [
                errors.TimedOut,
                errors.Untrusted,
                type(None),
                errors.Unreachable,
            ]
            assert len(alive.requests) == 1
            assert stranger.requests == [], "nobody untrusted is sent a token"
            alive.answers["version"] = stub.status(401, "invalid token value!", b"")
            again = await gateway.check_endpoints()
            assert again[2].error is None, "a refusal is an answer"


async def test_a_renewed_token_is_used_as_soon_as_its_file_changes(
    tls: Served, tmp_path: Path
) -> None:
    file = tmp_path / "read-token"
    file.write_text(f"{TOKEN.id}={TOKEN.secret}\n")
    renewed = ApiToken(TOKEN.id, "99999999-2222-3333-4444-555555555555")

    def sent(server: stub.Stub) -> str:
        return server.requests[-1].headers["authorization"].rpartition("=")[2]

    async with (
        stub.serving(tls, dict(POLL)) as server,
        opened(replace(access(tls, server.url), read_token_file=file)) as gateway,
    ):
        await gateway.fast_poll()
        assert sent(server) == TOKEN.secret
        file.write_text("")  # truncated: somebody writes it just now
        await gateway.fast_poll()
        assert sent(server) == TOKEN.secret
        server.answers["cluster/resources"] = stub.status(401, "invalid token value!", b"")
        with pytest.raises(errors.AuthenticationFailed, match="read-token: it holds no token"):
            await gateway.fast_poll()
        server.answers.update(POLL)
        file.write_text(f"{renewed.id}={renewed.secret}\n")
        await gateway.fast_poll()
        assert sent(server) == renewed.secret
        file.unlink()
        await gateway.fast_poll()
        assert sent(server) == renewed.secret
