"""Measures the console's cost, as ratios to bare Textual and to its DataTable, within one run.

usage: python -m benchmarks.console start|refresh|keys|idle|hangup [--guests N] [--rounds N]

    start    time and CPU to the first frame with live figures; resident memory      (bare)
    refresh  CPU and bytes of a second in which 1 % of the guests change             (DataTable)
    keys     time from a key to the first byte of its picture, at rest and refreshing (DataTable)
    idle     CPU and bytes a second while nothing changes but the clock   (bare with a clock)
    hangup   seconds from the loss of the terminal, SIGHUP ignored, to the end

The database is that of `benchmarks.feed`, in a process of its own. Variants are interleaved, and
the ratios are medians over the rounds. Nothing asserts: on a busy machine figures mean nothing.
"""

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.session import Session

DOWN, UP = b"\x1b[B", b"\x1b[A"
RED, MARK = b"255;0;0", "▸".encode()
"""How the cursor's row is known in what the DataTable and what the console writes."""

Figures = dict[str, float]


def python(module: str, *words: str) -> list[str]:
    """A program of this tree."""
    return [sys.executable, "-m", module, *words]


def console(config: str) -> list[str]:
    """`noc-tui` on the feed's database."""
    return python("noc_tui", "--config", config, "--lang", "en")


@contextmanager
def feed(guests: int, share: float) -> Iterator[str]:
    """The configuration of a running feed."""
    with tempfile.TemporaryDirectory() as folder:
        words = [folder, "--guests", str(guests), "--share", str(share)]
        with subprocess.Popen(
            python("benchmarks.feed", *words),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as running:
            if running.stdout is None or running.stdin is None:
                raise RuntimeError("no pipes")
            yield running.stdout.readline().strip()
            running.stdin.close()


def started(argv: list[str], marker: bytes) -> Figures:
    """A start to the frame that holds `marker`."""
    with Session(argv) as session:
        if not session.pump(30, until=marker):
            raise RuntimeError(f"{argv}: no {marker!r} in {session.written[-300:]!r}")
        figures = {
            "ms": (time.monotonic() - session.begun) * 1e3,
            "cpu ms": session.cpu() * 1e3,
        }
        session.pump(2)
        return {**figures, "MB": session.resident(), "MB guests": guests_memory(session)}


def guests_memory(session: Session) -> float:
    """Resident memory with the guest table open, where there is one."""
    session.send(b"3")
    session.pump(4)
    return session.resident()


def opened(argv: list[str], *, table_key: bool) -> Session:
    """A session with the table of guests open and at rest."""
    session = Session(argv)
    session.pump(30, until=b"\x1b[?2004h")
    session.pump(3)
    if table_key:
        session.send(b"3")
    session.pump(5)
    return session


def refreshed(argv: list[str], *, table_key: bool, seconds: int = 8) -> Figures:
    """CPU and bytes of one refresh a second."""
    with opened(argv, table_key=table_key) as session:
        begun, cpu = time.monotonic(), session.cpu()
        session.pump(seconds)
        return {
            "cpu ms": (session.cpu() - cpu) * 1e3 / seconds,
            "bytes": len(session.since(begun)) / seconds,
        }


def typed(argv: list[str], *, table_key: bool, keys: int = 400) -> Figures:
    """Latency of keys that come whether or not the last one was answered."""
    sign = MARK if table_key else RED
    with opened(argv, table_key=table_key) as session:
        delays = []
        for number in range(keys):
            sent = session.send(DOWN if number // 6 % 2 == 0 else UP)
            session.pump(0.0871, until=sign)
            delays.append(time.monotonic() - sent)
            session.pump(max(0.0, sent + 0.0871 - time.monotonic()))
        delays.sort()
        return {"p50 ms": delays[len(delays) // 2] * 1e3, "p99 ms": delays[-keys // 100] * 1e3}


def idled(argv: list[str], *, seconds: int = 20, keys: bytes = b"") -> Figures:
    """A console that nobody touches."""
    with Session(argv) as session:
        session.pump(4)
        if keys:
            session.send(keys)
        session.pump(4)
        begun, cpu = time.monotonic(), session.cpu()
        session.pump(seconds)
        return {
            "cpu ms": (session.cpu() - cpu) * 1e3 / seconds,
            "bytes": len(session.since(begun)) / seconds,
        }


def hung_up(argv: list[str]) -> Figures:
    """The terminal goes away and no signal tells."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    session = Session(argv)
    signal.signal(signal.SIGHUP, before)
    session.pump(4)
    os.close(session.fd)
    begun = time.monotonic()
    while time.monotonic() - begun < 10:
        if os.waitpid(session.pid, os.WNOHANG)[0]:
            return {"seconds": time.monotonic() - begun}
        time.sleep(0.01)
    os.kill(session.pid, signal.SIGKILL)
    os.waitpid(session.pid, 0)
    return {"seconds": float("inf")}


Measure = Callable[[], Figures]


def variants(what: str, still: str, moving: str) -> dict[str, Measure]:
    """Return what is measured side by side, the yardstick first."""
    bare = python("benchmarks.peers", "bare")
    table = python("benchmarks.peers", "datatable", "0.01")
    if what == "start":
        return {
            "bare": lambda: started(bare, b"ready for use"),
            "console": lambda: started(console(still), b"rennes"),
        }
    if what == "refresh":
        return {
            "datatable": lambda: refreshed(table, table_key=False),
            "console": lambda: refreshed(console(moving), table_key=True),
            "console at rest": lambda: refreshed(console(still), table_key=True),
        }
    if what == "keys":
        return {
            "datatable": lambda: typed(table, table_key=False),
            "console": lambda: typed(console(moving), table_key=True),
            "console at rest": lambda: typed(console(still), table_key=True),
        }
    if what == "idle":
        clock = python("benchmarks.peers", "clock")
        return {
            "bare with a clock": lambda: idled(clock),
            "console": lambda: idled(console(still)),
            "guest table": lambda: idled(console(still), keys=b"3"),
        }
    return {"console": lambda: hung_up(console(still))}


def report(results: dict[str, list[Figures]]) -> None:
    """Medians, and the median ratio to the first variant."""
    yardstick = next(iter(results.values()))
    for name, rounds in results.items():
        parts = []
        for figure in rounds[0]:
            values = [one[figure] for one in rounds]
            ratios = [
                one[figure] / base[figure]
                for one, base in zip(rounds, yardstick, strict=True)
                if base[figure]
            ]
            ratio = statistics.median(ratios) if ratios else float("nan")
            parts.append(f"{figure} {statistics.median(values):.1f} (x{ratio:.2f})")
        print(f"{name:18s} " + "  ".join(parts))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("what", choices=["start", "refresh", "keys", "idle", "hangup"])
    parser.add_argument("--guests", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with feed(asked.guests, 0) as still, feed(asked.guests, 0.01) as moving:
        measures = variants(asked.what, still, moving)
        results: dict[str, list[Figures]] = {name: [] for name in measures}
        for _ in range(asked.rounds):
            for name, measure in measures.items():
                results[name].append(measure())
        report(results)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    main()
