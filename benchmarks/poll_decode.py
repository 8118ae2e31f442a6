"""CPU of reading a poll of 10 000 guests, against one `json.loads` of the same body.

usage: python -m benchmarks.poll_decode [--guests N] [--changed 0.1] [--rounds N] [--wire]

Decode, assemble and difference are timed one by one within each round, interleaved with the
yardstick; the figures are medians of the per-round ratios. With `--wire` the same body is fetched
through the gateway from a TLS server in a process of its own, so that the whole read is counted.
Nothing here asserts: a ratio is a measurement, and a busy machine lies.
"""

import argparse
import asyncio
import gc
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from noc_tui.clock import SystemClock
from noc_tui.cluster.api_rows import ResourceRow, StatusRow
from noc_tui.cluster.build_snapshot import KnownCluster, PollAnswers, assemble
from noc_tui.cluster.connection_config import ApiToken, ClusterAccess
from noc_tui.cluster.decoding import decode_rows
from noc_tui.cluster.difference import difference
from noc_tui.cluster.gateway import Gateway

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
NODES = 200


def bodies(guests: int, changed: float, polls: int = 2) -> list[bytes]:
    """Polls ten seconds apart: every counter moves, a share of the visible figures too."""
    dice = random.Random(1)
    rows = [_guest(dice, 100 + index) for index in range(guests)]
    nodes = [
        {"id": f"node/pve{n:03}", "type": "node", "node": f"pve{n:03}", "status": "online"}
        for n in range(NODES)
    ]
    found = []
    for _ in range(polls):
        found.append(json.dumps({"data": nodes + rows}, separators=(",", ":")).encode())
        for row in rows:
            row["uptime"] += 10
            for counter in ("netin", "netout", "diskread", "diskwrite"):
                row[counter] += dice.randrange(10**6)
            if dice.random() < changed:
                row["cpu"] = (row["cpu"] + 0.05) % 1
        dice.shuffle(rows)
    return found


def _guest(dice: random.Random, vmid: int) -> dict[str, Any]:
    return {
        "id": f"qemu/{vmid}", "type": "qemu", "vmid": vmid, "node": f"pve{vmid % NODES:03}",
        "name": f"tenant-{vmid % 500}-web-{vmid}", "status": "running", "template": 0,
        "uptime": dice.randrange(10**6), "cpu": dice.randrange(95) / 100 + 0.001, "maxcpu": 4,
        "mem": dice.randrange(2**33), "maxmem": 2**33, "disk": 0, "maxdisk": 2**36,
        "netin": dice.randrange(10**11), "netout": dice.randrange(10**11),
        "diskread": dice.randrange(10**11), "diskwrite": dice.randrange(10**11),
        "pool": f"tenant-{vmid % 500}", "tags": "prod;web",
    }  # fmt: skip


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of this process, all threads."""
    began = time.process_time()
    work()
    return time.process_time() - began


def poll(body: bytes, seconds: int) -> PollAnswers:
    status = tuple(StatusRow("node", f"pve{n:03}", online=True) for n in range(NODES))
    rows = tuple(decode_rows(body, ResourceRow))
    return PollAnswers("lab", "https://a", NOW + timedelta(seconds=seconds), status, rows, ())


def in_memory(guests: int, changed: float, rounds: int) -> None:
    """Decode, assemble, difference."""
    first, second = bodies(guests, changed)
    before, known = assemble(poll(first, 0), KnownCluster())
    seen = poll(second, 10)
    after, _ = assemble(seen, known)
    found = difference(before, after)
    print(f"{guests} guests, {len(second)} bytes, {len(found.guests.changed)} rows changed")
    parts: dict[str, Callable[[], object]] = {
        "decode": lambda: decode_rows(second, ResourceRow),
        "assemble": lambda: assemble(seen, known),
        "difference": lambda: difference(before, after),
    }
    ratios: dict[str, list[float]] = {name: [] for name in (*parts, "together")}
    for _ in range(rounds):
        gc.collect()
        yardstick = cpu(lambda: json.loads(second))
        costs = {name: cpu(work) for name, work in parts.items()}
        for name, cost in (*costs.items(), ("together", sum(costs.values()))):
            ratios[name].append(cost / yardstick)
    for name, values in ratios.items():
        print(f"  {name:<10} {statistics.median(values):.2f} x json.loads")


def _serve(pipe: Connection, folder: str, answers: dict[str, list[bytes]]) -> None:
    from tests.support import stub
    from tests.support.tls import make_tls

    async def main() -> None:
        tls = make_tls(Path(folder))
        turns = dict.fromkeys(answers, 0)

        def in_turn(path: str) -> stub.Answer:
            async def answer(request: stub.Request, writer: asyncio.StreamWriter) -> bool:
                body = answers[path][turns[path] % len(answers[path])]
                turns[path] += 1
                stub.send(writer, 200, "OK", body)
                await writer.drain()
                return True

            return answer

        async with stub.serving(tls, {path: in_turn(path) for path in answers}) as server:
            pipe.send((server.url, str(tls.ca_file)))
            await asyncio.to_thread(pipe.recv)

    asyncio.run(main())


@contextmanager
def tls_gateway(guests: int, changed: float, polls: int) -> Iterator[tuple[Gateway, bytes]]:
    """A gateway to a TLS server in a process of its own, good for so many polls, and a body."""
    status = [{"type": "node", "name": f"pve{n:03}", "online": 1} for n in range(NODES)]
    answers = {
        "cluster/resources": bodies(guests, changed, polls),
        "cluster/status": [json.dumps({"data": status}).encode()],
        "cluster/tasks": [b'{"data":[]}'],
    }
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    with tempfile.TemporaryDirectory() as folder:
        process = context.Process(target=_serve, args=(theirs, folder, answers))
        process.start()
        url, ca_file = ours.recv()
        token = ApiToken.parse("noc@pve!read=secret")
        access = ClusterAccess("lab", (url,), token, ca_file=Path(ca_file))
        yield Gateway(access, SystemClock()), answers["cluster/resources"][0]
        ours.send(None)
        process.join()


async def over_tls(guests: int, changed: float, rounds: int) -> None:
    """The whole `fast_poll` of the gateway, fetched over TLS."""
    with tls_gateway(guests, changed, rounds + 1) as (gateway, body):
        before = await gateway.fast_poll()
        ratios = []
        for _ in range(rounds):
            gc.collect()
            yardstick = cpu(lambda: json.loads(body))
            began = time.process_time()
            after = await gateway.fast_poll()
            difference(before, after)
            ratios.append((time.process_time() - began) / yardstick)
            before = after
        await gateway.close()
    print(f"  fast_poll  {statistics.median(ratios):.2f} x json.loads (fetch, decode, difference)")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--guests", type=int, default=10_000)
    parser.add_argument("--changed", type=float, default=0.1)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--wire", action="store_true")
    given = parser.parse_args()
    in_memory(given.guests, given.changed, given.rounds)
    if given.wire:
        asyncio.run(over_tls(given.guests, given.changed, given.rounds))
    return 0


if __name__ == "__main__":
    sys.exit(main())
