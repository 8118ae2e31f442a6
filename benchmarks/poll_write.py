"""CPU of a whole poll of 10 000 guests in `nocd`, written to a real file, against `json.loads`.

usage: python -m benchmarks.poll_write [--guests N] [--changed 0.1] [--rounds N]

Three requests over TLS to a server in a process of its own, decode, assemble, difference, rows and
write, as `noc_tui.daemon.polling.fast` does. The figure is the median of the per-round ratios to
one `json.loads` of the same body; the poll's two halves are given too.
"""

import argparse
import asyncio
import gc
import json
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.poll_decode import cpu, tls_gateway
from noc_tui.cluster.difference import difference
from noc_tui.cluster.gateway import Gateway
from noc_tui.config import ClusterConfig
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.polling import snapshot_rows
from storage import inventory
from storage.change import Change
from storage.database import Writer


async def _nothing(_change: Change) -> None:
    """A poll's closing words are one row: not what is measured."""


async def polled(gateway: Gateway, writer: Writer, body: bytes, rounds: int) -> None:
    """Polls of which each changes the same share of the guests."""
    config = ClusterConfig(
        name="lab", site="dc1", endpoints=("https://a",), read_token_file=Path("token")
    )
    before = await gateway.fast_poll()
    parts = snapshot_rows.list_changed_rows(config, before, difference(None, before))
    await inventory.write_poll(writer, itself(), parts, _nothing)
    fetching, writing = [], []
    for _ in range(rounds):
        gc.collect()
        yardstick = cpu(lambda: json.loads(body))
        began = time.process_time()
        after = await gateway.fast_poll()
        fetched = time.process_time()
        parts = snapshot_rows.list_changed_rows(config, after, difference(before, after))
        await inventory.write_poll(writer, itself(), parts, _nothing)
        fetching.append((fetched - began) / yardstick)
        writing.append((time.process_time() - fetched) / yardstick)
        before = after
    written = sum(len(part.rows) for part in parts)
    print(f"{len(after.guests)} guests, {written} rows written a poll")
    print(f"  fetch, decode, assemble: {statistics.median(fetching):.2f} x json.loads")
    print(f"  difference, rows, write: {statistics.median(writing):.2f} x json.loads")
    whole = statistics.median(map(sum, zip(fetching, writing, strict=True)))
    print(f"  a poll:                  {whole:.2f} x json.loads")


async def main(guests: int, changed: float, rounds: int) -> None:
    """A gateway, a file, and polls from the one into the other."""
    with (
        tls_gateway(guests, changed, rounds + 1) as (gateway, body),
        tempfile.TemporaryDirectory() as folder,
    ):
        writer = await Writer.open(Path(folder) / "noc.db", clock_now=lambda: datetime.now(UTC))
        await polled(gateway, writer, body, rounds)
        await writer.close()
        await gateway.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--guests", type=int, default=10_000)
    parser.add_argument("--changed", type=float, default=0.1)
    parser.add_argument("--rounds", type=int, default=15)
    given = parser.parse_args()
    asyncio.run(main(given.guests, given.changed, given.rounds))
