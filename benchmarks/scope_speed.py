"""The Annexe 2 look-up: one long ticket, a stream of many, noise.

usage: python -m benchmarks.scope_speed [--tickets N] [--rounds N]

long    a ticket of 4 000 characters, once everything is loaded; median and worst
noise   a megabyte of noise, a hundred thousand line feeds
stream  `noc-tui scope --batch` on N tickets in a process of its own: rate, and its resident memory
        after a tenth and at the end
The yardstick is `str.split` of the long ticket. Nothing here asserts.
"""

import argparse
import json
import random
import statistics
import string
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from noc_tui.contract.annexe2 import judge
from noc_tui.contract.annexe2.reading import UnreadableTicketError
from noc_tui.contract.terms import load_terms

TICKETS = Path(__file__).parent.parent / "tests" / "contract" / "annexe2" / "tickets_dev.jsonl"
LONG = 4_000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tickets", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=50)
    arguments = parser.parse_args()
    texts = [json.loads(line)["text"] for line in TICKETS.read_text("utf-8").splitlines()]
    started = time.perf_counter()
    look_up = judge.load_judge({row.id: row.verdict for row in load_terms().annexe2})
    print(f"loading      {1000 * (time.perf_counter() - started):8.1f} ms")
    long = " ".join(texts)[:LONG]
    took = sorted(timed(lambda: look_up.answer(long)) for _ in range(arguments.rounds))
    split = statistics.median(timed(long.split) for _ in range(arguments.rounds))
    print(
        f"long         {1000 * statistics.median(took):8.1f} ms median, {1000 * took[-1]:.1f} worst"
    )
    print(f"  against str.split: {statistics.median(took) / split:.0f} times")
    dice = random.Random(1)
    noise = "".join(dice.choice(string.printable) for _ in range(1_000_000))
    for name, text in (("1 MB noise", noise), ("100 000 lines", "\n" * 100_000)):
        print(f"{name:13s}{1000 * timed(partial(answered, look_up, text)):8.1f} ms")
    stream(texts, arguments.tickets)


def answered(look_up: judge.Judge, text: str) -> None:
    """An answer or a clear error."""
    try:
        look_up.answer(text)
    except UnreadableTicketError as error:
        print(f"  ({error})")


def timed(work: Callable[[], object]) -> float:
    """Seconds that it took."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def stream(texts: list[str], count: int) -> None:
    """Feed the batch, a line at a time, and look at its memory on the way."""
    command = [sys.executable, "-m", "noc_tui", "scope", "--batch"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as batch:
        if batch.stdin is None or batch.stdout is None:
            return
        started = time.perf_counter()
        for number, line in enumerate(lines(texts, count), 1):
            batch.stdin.write(line)
            batch.stdin.flush()
            batch.stdout.readline()
            if number in (count // 10, count):
                print(f"after {number:6d} {resident(batch.pid):8.1f} MiB resident")
        took = time.perf_counter() - started
        batch.stdin.close()
    print(f"stream       {count / took:8.0f} tickets a second")


def lines(texts: list[str], count: int) -> Iterator[bytes]:
    """Tickets that never repeat exactly."""
    for number in range(count):
        text = f"{texts[number % len(texts)]} {number}"
        yield json.dumps({"id": str(number), "text": text}).encode() + b"\n"


def resident(pid: int) -> float:
    """Resident memory in MiB."""
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    kib = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
    return int(kib) / 1024


if __name__ == "__main__":
    main()
