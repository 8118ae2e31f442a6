"""Verifying a year: how long, and how much memory, for so many rows of observations.

    python -m benchmarks.verify_record --rows 2000000
    python -m benchmarks.verify_record --rows 2000000 --make year.db
    python -m benchmarks.verify_record --database year.db --progress
    python -m benchmarks.verify_record --database year.db --rebuild

The rows are made as `nocd` writes them, 200 to an entry, in a database of its own that is removed;
with `--make` it is kept, and measured by another run, whose memory is the verification's alone.
`--rebuild` works the rows out of the log instead.
"""

import argparse
import asyncio
import resource
import time
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from noc_tui.queries.record_check import check_record
from storage.database import Writer
from storage.evidence import Actor
from storage.ledger import LEDGER, ObservedState
from storage.rebuild import rebuild

NOCD = Actor(990, "nocd")
EACH = 200
SLICE = 50


async def fill(path: Path, rows: int) -> None:
    """So many observations, `EACH` to an entry, `SLICE` entries to a change."""
    writer = await Writer.open(path, clock_now=lambda: datetime.now(UTC))
    seq = 0
    while seq < rows:
        async with writer.change(NOCD) as change:
            for _ in range(SLICE):
                entry = await change.record("availability.observed", ["observer:bench"], {})
                lines = [_observed(seq + place, entry) for place in range(1, EACH + 1)]
                await change.put(LEDGER, lines)
                seq += EACH
    await writer.close()


def _observed(seq: int, entry: int) -> ObservedState:
    source, at = f"guest:rennes/{seq % 10_000}", seq * 1000
    return ObservedState(seq, source, at, at - 1, "up" if seq % 2 else "down", "", entry)


def main() -> None:
    """Fill, verify, say what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--database", type=Path)
    parser.add_argument("--make", type=Path)
    parser.add_argument("--progress", action="store_true")
    parser.add_argument("--rebuild", action="store_true")
    options = parser.parse_args()
    if options.database is not None and options.rebuild:
        return measure_rebuild(options.database)
    if options.database is not None:
        return measure(options.database, progress=options.progress)
    if options.make is not None:
        return asyncio.run(fill(options.make, options.rows))
    with TemporaryDirectory(prefix="noc-bench-") as directory:
        path = Path(directory) / "noc.db"
        asyncio.run(fill(path, options.rows))
        return measure(path)


def measure_rebuild(path: Path) -> None:
    """Work the rows out of the log and print seconds and the growth of the peak memory."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began, busy = time.perf_counter(), time.process_time()
    result = rebuild(path, now=datetime.now(UTC))
    took, busy = time.perf_counter() - began, time.process_time() - busy
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    rows = sum(one.rows for one in result.tables)
    print(
        f"{rows} rows worked out, {result.count} differ, in {took:.2f} s ({busy:.2f} s of CPU);"
        f" {grown / 1024:.0f} MiB more at the peak"
    )


def measure(path: Path, *, progress: bool = False) -> None:
    """Verify the file and print seconds, the peak memory and how much of it the verification took;
    with `progress`, how far it is at each tenth.
    """
    told = 0

    def show(done: int, total: int) -> None:
        nonlocal told
        if total and done * 10 // total > told:
            told = done * 10 // total
            print(f"{told * 10} % of {total}", flush=True)

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began, busy = time.perf_counter(), time.process_time()
    report = check_record(path, progress=show if progress else None)
    took, busy = time.perf_counter() - began, time.process_time() - busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"{report.verdict}: {report.count} entries, {report.rows} rows in {took:.2f} s"
        f" ({busy:.2f} s of CPU); {peak / 1024:.0f} MiB at the peak, of which the verification"
        f" {(peak - before) / 1024:.0f}"
    )


if __name__ == "__main__":
    main()
