"""The SLA month of 500 tenants × 20 instances with 200 000 changes, against fetching them all.

usage: python -m benchmarks.sla_month [--tenants N] [--instances N] [--changes N] [--rounds N]

Three ways to the same screen, interleaved in each round, over the same database file:
fetch   every change of the ledger is read as SQLite gives it (the yardstick)
typed   every change of the ledger is read into a typed row
facts   every tenant's month is worked out from outages, exclusions and unmeasured time
kept    the figures that `nocd` keeps are read and made into the screen's lines
Figures are CPU seconds, medians of the per-round ratios to `fetch`. Nothing here asserts.

Last comes what somebody waits for: the SLA screen's first figures, in seconds of the clock, from a
database that nobody has open yet to the screen's lines, beside the limit of one second.
"""

import argparse
import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from noc_tui.console.screens.sla.data import read_month
from noc_tui.console.screens.sla.tables import line_of
from noc_tui.contract.availability import Commitment
from noc_tui.contract.calendar import SECOND, Month
from noc_tui.contract.terms_book import TermsBook, load_shipped_book
from noc_tui.daemon.core.identity import itself
from noc_tui.queries.month_facts import outlines, read_month_facts
from storage import months
from storage.change import Change
from storage.database import Reader, Writer
from storage.ledger import LEDGER, OBSERVERS, PLACEMENTS, ObservedState, Observer, Placement
from storage.months import FIGURES
from storage.outages import OUTAGES, UNMEASURED, Outage, Unmeasured
from storage.register import Register, Tenant, TenantAmount, replace_register

MONTH = Month(2026, 3)
NOW = MONTH.span.end + 3600 * SECOND
OUTAGES_EACH = 4
LIMIT = 1.0
"""Seconds within which the first figures stand."""


def tenant(index: int) -> Tenant:
    name = f"tenant-{index:03}"
    return Tenant(
        name, name, f"{name}@example.fr", date(2025, 1, 1), None, (f"rennes/{name}",),
        (), (), (), (), "none", "", (),
    )  # fmt: skip


async def fill(change: Change, entry: int, tenants: int, instances: int, changes: int) -> None:
    """A month of ordinary flapping: most changes are of one instance, few make an outage."""
    dice = random.Random(1)
    rows = [tenant(index) for index in range(tenants)]
    amounts = [TenantAmount(row.id, date(2025, 1, 1), Decimal("1250.00")) for row in rows]
    await replace_register(change, Register(tenants=rows, amounts=amounts))
    start, end = MONTH.span
    await change.put(OBSERVERS, [Observer("cluster:rennes", start - SECOND, NOW, False)])
    sources = [
        (f"guest:rennes/{100 + number}", rows[number // instances].id)
        for number in range(tenants * instances)
    ]
    await change.put(
        PLACEMENTS,
        [
            Placement(source, start - SECOND, owner, "cluster:rennes", "rennes/pve1", None, entry)
            for source, owner in sources
        ],
    )
    instants = sorted(dice.randrange(start, end) for _ in range(changes))
    states = ("up", "down")
    ledger_rows = [
        ObservedState(
            seq, dice.choice(sources)[0], at, at - 10 * SECOND, states[seq % 2], "", entry
        )
        for seq, at in enumerate(instants, 1)
    ]
    await change.put(LEDGER, ledger_rows)
    await change.put(OUTAGES, list(_outages(dice, rows, start, end)))
    await change.put(
        UNMEASURED,
        [
            Unmeasured(row.id, start + 86_400 * SECOND, start + 87_000 * SECOND, "", 1, 1)
            for row in rows
        ],
    )


def _outages(dice: random.Random, rows: list[Tenant], start: int, end: int) -> list[Outage]:
    found: list[Outage] = []
    for row in rows:
        for _ in range(OUTAGES_EACH):
            at = dice.randrange(start, end)
            until = at + dice.randrange(20, 1200) * SECOND
            found.append(
                Outage(
                    len(found) + 1,
                    row.id,
                    at,
                    until,
                    at - SECOND,
                    until - SECOND,
                    "instances",
                    ("guest:rennes/100",),
                    "observed",
                    None,
                    1,
                    1,
                )
            )
    return found


async def measure(path: Path, rounds: int, options: argparse.Namespace) -> None:
    terms = load_shipped_book()
    commitment = Commitment.of(terms.default.availability)
    writer = await Writer.open(path, clock_now=lambda: datetime.now(UTC))
    try:
        async with writer.change(itself()) as change:
            entry = await change.record("benchmark.filled", [], {})
            await fill(change, entry, options.tenants, options.instances, options.changes)
            found = await read_month_facts(change, MONTH, NOW, terms)
            await change.put(FIGURES, [one.figure() for one in found])

        async def fetch() -> int:
            return len(await writer.rows("SELECT * FROM ledger"))

        async def typed() -> int:
            return len(await LEDGER.read(writer))

        async def facts() -> int:
            return len(await read_month_facts(writer, MONTH, NOW, terms))

        async def kept() -> int:
            rows = await months.figures(writer, str(MONTH))
            shown = {one.id: one for one in await outlines(writer, MONTH)}
            await months.claims(writer)
            lines = [line_of(shown[row.tenant], row, None, commitment, NOW) for row in rows]
            return len(lines)

        ways = {"fetch": fetch, "typed": typed, "facts": facts, "kept": kept}
        taken: dict[str, list[float]] = {name: [] for name in ways}
        waited: list[float] = []
        for _ in range(rounds):
            for name, way in ways.items():
                taken[name].append(await _timed(way))
            waited.append(await _first_figures(path, terms))
    finally:
        await writer.close()
    _report(taken)
    print(
        f"the SLA screen's first figures: {max(waited) * 1000:.0f} ms at worst,"
        f" {statistics.median(waited) * 1000:.0f} ms median (limit {LIMIT * 1000:.0f} ms)"
    )


async def _first_figures(path: Path, terms: TermsBook) -> float:
    """Open the file as a console does, read what the screen reads, make its lines."""
    commitment = Commitment.of(terms.default.availability)
    began = time.perf_counter()
    reader = await Reader.open(path, daemon_alive=lambda: True)
    try:
        async with reader.snapshot() as db:
            data = await read_month(db, MONTH, NOW, terms)
        lines = [
            line_of(data.outlines[row.tenant], row, data.lasting.get(row.tenant), commitment, NOW)
            for row in data.figures
        ]
    finally:
        await reader.close()
    if not lines:
        raise SystemExit("no figure was read")
    return time.perf_counter() - began


async def _timed(way: Callable[[], Awaitable[int]]) -> float:
    began = time.process_time()
    await way()
    return time.process_time() - began


def _report(taken: dict[str, list[float]]) -> None:
    for name, seconds in taken.items():
        ratios = [one / base for one, base in zip(seconds, taken["fetch"], strict=True)]
        print(
            f"{name:6} {statistics.median(seconds) * 1000:8.1f} ms"
            f"   ratio {statistics.median(ratios):.3f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tenants", type=int, default=500)
    parser.add_argument("--instances", type=int, default=20)
    parser.add_argument("--changes", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="noc-sla-") as folder:
        asyncio.run(measure(Path(folder) / "db" / "noc.db", options.rounds, options))


if __name__ == "__main__":
    main()
