"""A TLS server that answers what a test tells it to, byte for byte where it must."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from noc_tui.simulator.connections import drop
from tests.support.tls import Served

Answer = Callable[["Request", asyncio.StreamWriter], Awaitable[bool]]
PREFIX = "/api2/json/"


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: str


@dataclass
class Stub:
    """`answers` by path without prefix and query; what has none gets 501. True keeps the line."""

    answers: dict[str, Answer] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    url: str = ""
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)
    _received: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def has_received(self, count: int) -> None:
        """Return when that many requests have come."""
        async with self._received:
            await self._received.wait_for(lambda: len(self.requests) >= count)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def end(self) -> None:
        """Drop every connection, also those whose TLS good-bye is not over."""
        for writer in self._writers:
            drop(writer.transport)
        for _ in range(5):
            await asyncio.sleep(0)

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        method, target, _ = head[0].split(" ")
        headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        path = target.partition("?")[0].removeprefix(PREFIX)
        request = Request(method, target, headers, body.decode())
        async with self._received:
            self.requests.append(request)
            self._received.notify_all()
        answer = self.answers.get(path, status(501, f"Method '{method} /{path}' not implemented"))
        return await answer(request, writer)


def send(
    writer: asyncio.StreamWriter, code: int, reason: str, body: bytes, extra: str = ""
) -> None:
    writer.write(
        f"HTTP/1.1 {code} {reason}\r\nContent-Type: application/json;charset=UTF-8\r\n"
        f"Content-Length: {len(body)}\r\n{extra}\r\n".encode()
        + body
    )


def data(text: str) -> Answer:
    """200 with `{"data": text}`."""
    return raw(200, "OK", f'{{"data":{text}}}'.encode())


def raw(code: int, reason: str, body: bytes, extra: str = "") -> Answer:
    async def answer(_: Request, writer: asyncio.StreamWriter) -> bool:
        send(writer, code, reason, body, extra)
        await writer.drain()
        return code < 400

    return answer


def status(code: int, reason: str, body: bytes = b'{"data":null}') -> Answer:
    return raw(code, reason, body, "Connection: close\r\n")


def never() -> Answer:
    async def answer(_: Request, writer: asyncio.StreamWriter) -> bool:
        await asyncio.sleep(3600)
        return False

    return answer


def hang_up() -> Answer:
    async def answer(_: Request, writer: asyncio.StreamWriter) -> bool:
        return False

    return answer


def drip(body: bytes, every: float) -> Answer:
    """The body byte by byte: each read succeeds, the whole never ends in time."""

    async def answer(_: Request, writer: asyncio.StreamWriter) -> bool:
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode())
        for byte in body:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(every)
        return True

    return answer


def once(first: Answer, then: Answer) -> Answer:
    """`first` for the first request, `then` afterwards."""
    waiting = [first]

    async def answer(request: Request, writer: asyncio.StreamWriter) -> bool:
        return await (waiting.pop() if waiting else then)(request, writer)

    return answer


@asynccontextmanager
async def serving(tls: Served, answers: dict[str, Answer] | None = None) -> AsyncIterator[Stub]:
    stub = Stub(answers or {})
    tasks: set[asyncio.Task[None]] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            await stub.serve(reader, writer)
        except asyncio.CancelledError:
            pass
        finally:
            tasks.discard(task)

    server = await asyncio.start_server(accept, "127.0.0.1", 0, ssl=tls.context)
    stub.url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield stub
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await stub.end()
