"""CPU of a whole poll of 10 000 guests in `nocd`, written to a real file, against `json.loads`.

usage: python -m benchmarks.poll_write [--guests N] [--changed 0.1] [--rounds N]

Decode, assemble, difference, rows and write, as `noc_tui.daemon.polling` does them, without the
network; figures are medians of the per-round ratios to one `json.loads` of the same body.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.poll_decode import bodies, poll
from noc_tui.cluster.assembling import Known, assemble
from noc_tui.cluster.difference import difference
from noc_tui.config import Cluster
from noc_tui.daemon import rows
from storage import inventory
from storage.database import Transaction, Writer


async def _nothing(_tx: Transaction) -> None:
    """A poll's closing words are one row: not what is measured."""


async def main(guests: int, changed: float, rounds: int) -> None:
    """Polls that alternate between two bodies, so that each changes the same share of rows."""
    config = Cluster(
        name="lab", site="dc1", endpoints=("https://a",), read_token_file=Path("token")
    )
    pair = bodies(guests, changed)
    ratios: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        writer = await Writer.open(Path(folder) / "noc.db", clock_now=lambda: datetime.now(UTC))
        snapshot, known = assemble(poll(pair[0], 0), Known())
        await inventory.write_poll(
            writer, rows.changed(config, snapshot, difference(None, snapshot)), _nothing
        )
        for number in range(1, rounds + 1):
            body = pair[number % 2]
            began = time.process_time()
            json.loads(body)
            yardstick = time.process_time() - began
            began = time.process_time()
            before = snapshot
            snapshot, known = assemble(poll(body, number * 10), known)
            parts = rows.changed(config, snapshot, difference(before, snapshot))
            await inventory.write_poll(writer, parts, _nothing)
            ratios.append((time.process_time() - began) / yardstick)
            written = sum(len(part.rows) for part in parts)
        await writer.close()
    print(f"{guests} guests, {written} rows written a poll")
    print(f"  a poll, written: {statistics.median(ratios):.2f} x json.loads")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--guests", type=int, default=10_000)
    parser.add_argument("--changed", type=float, default=0.1)
    parser.add_argument("--rounds", type=int, default=15)
    given = parser.parse_args()
    asyncio.run(main(given.guests, given.changed, given.rounds))
