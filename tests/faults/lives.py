"""`nocd` in forked processes, so that a start is cheap: `python -m tests.faults.lives`.

Each line of the input is a life: the daemon as it is, forked from this process, which has loaded
what it imports. The output has a line when a life is ready, and one with how it ended.
"""

import asyncio
import gc
import os
import resource
import signal
import struct
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from noc_tui.config import Configuration
from noc_tui.daemon.paging import webhook
from noc_tui.daemon.program import bootstrap
from noc_tui.daemon.program.run import run
from noc_tui.steady_clock import SteadyClock

OFFSETS = struct.Struct("=dd")
"""Seconds that the machine's clock is wrong by, and that the machine was suspended."""


class Life(msgspec.Struct, frozen=True):
    """A daemon to come. `clock` is a file of `OFFSETS` that is read in place of the machine's
    clock; without one it has the machine's.
    """

    config: str
    clock: str = ""


def live(life: Life) -> None:
    """`nocd`, until it dies, is told to stop, or whoever started it is gone."""
    # A shell ignores some of them for what it runs in the background, and that is inherited.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if life.clock:
        _set_clock(Path(life.clock))
    run(Path(life.config), lambda: _say(ready=os.getpid()), until_eof=True)


def _set_clock(file: Path) -> None:
    def offsets() -> tuple[float, float]:
        wrong, suspended = OFFSETS.unpack(file.read_bytes())
        return wrong, suspended

    def wall() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=sum(offsets()))

    def boot() -> float:
        return time.clock_gettime(time.CLOCK_BOOTTIME) + offsets()[1]

    def steady(config: Configuration) -> SteadyClock:
        return SteadyClock(wall, boot)

    bootstrap.steady_clock_of = steady


def _say(**what: int) -> None:
    os.write(1, msgspec.json.encode(what) + b"\n")


async def _warm() -> None:
    async with webhook.client():
        pass


def main() -> None:
    """One life after another, until the input ends."""
    decoder = msgspec.json.Decoder(Life)
    asyncio.run(_warm())
    gc.freeze()
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    while line := sys.stdin.readline():
        child = os.fork()
        if child == 0:
            try:
                live(decoder.decode(line))
            except BaseException as error:  # noqa: BLE001 -- what ends it is what is looked for
                sys.stderr.write(f"ended by {type(error).__name__}: {error}\n")
                sys.stderr.flush()
                os._exit(1)
            os._exit(0)
        _pid, status = os.waitpid(child, 0)
        _say(ended=os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
