"""The console's way to `nocd`, against a real HTTP server on a real Unix socket."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from aiohttp import web

from noc_tui.alive import listens
from noc_tui.api.core import EVENTS
from noc_tui.api.endpoint import get, post
from noc_tui.api.guests import PowerOrder
from noc_tui.console.nocd import transport
from noc_tui.console.nocd.client import DownError, Nocd, NocdError, RefusedError
from noc_tui.roles import Role
from tests.support.talker import talking_at
from tests.support.waiting import patience

pytestmark = pytest.mark.anyio

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Echo(msgspec.Struct):
    """What the server heard."""

    method: str
    target: str
    played: str | None
    body: str


REQUEST_END = b"\r\n\r\n"
READ = get("/v1/x", Role.VIEWER, Echo, query=("after", "name"))
ORDER = post("/v1/y", Role.OPERATOR, PowerOrder, Echo)
ROLE = get("/role", Role.VIEWER, Echo)
INPUT = get("/input", Role.VIEWER, Echo)
REFUSED_STREAM = get("/role", Role.VIEWER, bytes)


async def echo(request: web.Request) -> web.StreamResponse:
    played = request.headers.get("X-Noc-As")
    heard = Echo(request.method, request.path_qs, played, await request.text())
    return web.Response(body=msgspec.json.encode(heard))


@asynccontextmanager
async def served(path: Path, handler: Handler) -> AsyncIterator[None]:
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    try:
        await web.UnixSite(runner, str(path)).start()
        yield
    finally:
        await runner.cleanup()


async def test_questions_and_orders_arrive_whole(tmp_path: Path) -> None:
    path = tmp_path / "s"
    async with served(path, echo):
        nocd = Nocd(path, play="olga")
        asked = await nocd.ask(READ(after=3, name="a b&c"))
        assert asked == Echo("GET", "/v1/x?after=3&name=a+b%26c", "olga", "")
        ordered = await nocd.ask(ORDER(PowerOrder("stop")))
        assert ordered == Echo("POST", "/v1/y", "olga", '{"action":"stop"}')


async def test_a_refusal_keeps_the_daemons_words(tmp_path: Path) -> None:
    async def refuse(request: web.Request) -> web.StreamResponse:
        code = 4 if request.path == "/role" else 2
        return web.json_response({"error": "not you", "code": code}, status=403)

    path = tmp_path / "s"
    async with served(path, refuse):
        nocd = Nocd(path)
        with pytest.raises(RefusedError, match="not you"):
            await nocd.ask(ROLE())
        with pytest.raises(NocdError, match="not you") as other:
            await nocd.ask(INPUT())
        assert other.value.code == 2
        with pytest.raises(RefusedError, match="not you"):
            async with nocd.lines(REFUSED_STREAM()):
                pytest.fail("there is no stream")


async def test_nobody_at_the_socket_is_said_so(tmp_path: Path) -> None:
    nocd = Nocd(tmp_path / "none")
    with pytest.raises(DownError, match="read-only"):
        await nocd.ask(READ())
    with pytest.raises(DownError):
        async with nocd.lines(EVENTS()):
            pytest.fail("there is no stream")


async def test_a_stream_is_heard_line_by_line_until_it_ends(tmp_path: Path) -> None:
    go_on, left = asyncio.Event(), asyncio.Event()

    async def stream(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        await answer.write(b"data: 1\n\nda")
        await go_on.wait()
        await answer.write("ta: é\n".encode())
        left.set()
        return answer

    path = tmp_path / "s"
    async with served(path, stream):
        heard = []
        async with Nocd(path).lines(EVENTS()) as lines:
            async for line in lines:
                heard.append(line)
                go_on.set()
        assert heard == ["data: 1", "", "data: é"]
        assert left.is_set()


async def test_leaving_a_silent_stream_hangs_up(tmp_path: Path) -> None:
    gone = asyncio.Event()

    async def silent(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        await answer.write(b":\n")
        try:
            while True:
                await answer.write(b"")
                await asyncio.sleep(0.01)
                if request.transport is None or request.transport.is_closing():
                    return answer
        finally:
            gone.set()

    path = tmp_path / "s"
    async with served(path, silent):
        async with Nocd(path).lines(EVENTS()) as lines:
            assert await anext(lines) == ":"
        async with patience():
            await gone.wait()


@pytest.mark.parametrize(
    "words",
    [
        b"",
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
    ],
)
async def test_half_an_answer_is_none(tmp_path: Path, words: bytes) -> None:
    path = tmp_path / "s"
    with talking_at(path, words, REQUEST_END), pytest.raises(DownError, match="read-only"):
        await Nocd(path).ask(READ())


async def test_a_stream_that_breaks_off_in_the_middle_is_told(tmp_path: Path) -> None:
    path = tmp_path / "s"
    half = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n8\r\nda"
    with talking_at(path, half, REQUEST_END), pytest.raises(DownError):
        await first_then_next(path)


async def first_then_next(path: Path) -> None:
    async with Nocd(path).lines(EVENTS()) as lines:
        assert [await anext(lines), await anext(lines)] == ["data: 1", ""]
        await anext(lines)


async def test_a_name_that_is_no_header_is_not_sent(tmp_path: Path) -> None:
    path = tmp_path / "s"
    async with served(path, echo):
        with pytest.raises(DownError, match="read-only"):
            await Nocd(path, play="olga\r\nX-Other: 1").ask(READ())


def test_the_library_is_not_there_before_the_first_request() -> None:
    loaded = "import sys, noc_tui.console.app; print('http.client' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", loaded], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


@pytest.mark.parametrize("said", [b"hello", b"[]", b'"\xff"'])
async def test_an_answer_of_another_shape_is_not_nocds(tmp_path: Path, said: bytes) -> None:
    async def strange(_request: web.Request) -> web.Response:
        return web.Response(body=said)

    path = tmp_path / "s"
    async with served(path, strange):
        with pytest.raises(DownError, match="another version"):
            await Nocd(path).ask(READ())


async def test_a_stream_of_bytes_that_are_no_text_goes_on(tmp_path: Path) -> None:
    async def stream(_request: web.Request) -> web.Response:
        return web.Response(body=b"data: \xff\ndata: 2\n")

    path = tmp_path / "s"
    async with (
        served(path, stream),
        patience(),
        Nocd(path).lines(EVENTS()) as lines,
    ):
        assert [line async for line in lines] == ["data: \ufffd", "data: 2"]


def test_a_full_queue_is_waited_for_in_turn(tmp_path: Path) -> None:
    path = tmp_path / "nocd.sock"
    with socket.socket(socket.AF_UNIX) as listening, ThreadPoolExecutor(1) as threads:
        listening.bind(str(path))
        listening.listen(0)
        crowd = list(fill(path))
        assert listens(path)
        asked = threads.submit(transport.ask, path, "GET", "/v1/x", {}, b"", 20.0)
        with pytest.raises(FutureTimeout):
            asked.result(timeout=0.2)  # it waits; turned away, it would have failed at once
        for _ in range(len(crowd) + 1):
            peer, _address = listening.accept()
            if peer.recv(1 << 16):
                peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            peer.close()
        assert asked.result() == (200, b"ok")


def test_a_queue_that_never_moves_is_given_up(tmp_path: Path) -> None:
    path = tmp_path / "nocd.sock"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen(0)
        crowd = list(fill(path))
        with pytest.raises(TimeoutError):
            transport.ask(path, "GET", "/v1/x", {}, b"", 0.1)
        assert crowd


def test_who_is_shown_out_unread_reads_why(tmp_path: Path) -> None:
    path = tmp_path / "nocd.sock"
    with socket.socket(socket.AF_UNIX) as listening, ThreadPoolExecutor(1) as threads:
        listening.bind(str(path))
        listening.listen(1)
        asking = transport.SocketConnection(path, 20.0)
        asking.connect()
        peer, _address = listening.accept()
        peer.sendall(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\nno")
        peer.close()
        answer = threads.submit(asking.ask, "GET", "/v1/x", {}).result()
        assert (answer.status, transport.whole(answer)) == (503, b"no")
        asking.close()


def fill(path: Path) -> Iterator[None]:
    """Connections that say nothing, until the queue is full."""
    while True:
        line = socket.socket(socket.AF_UNIX)
        line.setblocking(False)
        try:
            line.connect(str(path))
        except BlockingIOError:
            line.close()
            return
        line.close()
        yield
