"""`noc-tui simulator`: the simulated Proxmox alone, until its input ends or it is told to stop."""

import argparse
import asyncio
import os
import signal
import stat
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import msgspec

from noc_tui.clock import Clock, ScaledClock, SystemClock
from noc_tui.i18n import _
from noc_tui.simulator.mailbox import mailbox
from noc_tui.simulator.model.versions import PVE
from noc_tui.simulator.options import SCENARIOS, Options
from noc_tui.simulator.simulator import Simulator

_DEFAULT = Options()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The size, the seed and the story of the estate."""
    parser.add_argument("--port", type=int, default=0, help="first port; 0 takes free ones")
    parser.add_argument("--guests", type=int, default=_DEFAULT.guests)
    parser.add_argument("--tenants", type=int, default=_DEFAULT.tenants)
    parser.add_argument("--seed", type=int, default=_DEFAULT.seed)
    parser.add_argument("--scenario", choices=SCENARIOS, default=_DEFAULT.scenario)
    parser.add_argument(
        "--pve",
        choices=PVE,
        default=_DEFAULT.pve,
        help=_("the version of Proxmox VE; mixed is a cluster in the middle of its upgrade"),
    )
    parser.add_argument(
        "--hostile", action="store_true", help=_("names that no screen may obey, for some guests")
    )
    parser.add_argument("--dir", type=Path, help=_("where its certificates go; else temporary"))
    parser.add_argument(
        "--clock",
        type=_clock,
        default=SystemClock(),
        metavar="ORIGIN,REAL_ORIGIN,SPEED",
        help=_("the three numbers of a clock shared with others (demo)"),
    )


def run(arguments: argparse.Namespace) -> int:
    """0 when it was told to stop, 2 for options that make no estate or a port that is taken."""
    try:
        options = Options(
            guests=arguments.guests,
            tenants=arguments.tenants,
            seed=arguments.seed,
            scenario=arguments.scenario,
            port=arguments.port,
            hostile=arguments.hostile,
            pve=arguments.pve,
        )
    except ValueError as wrong:
        print(f"noc-tui simulator: {wrong}", file=sys.stderr)  # noqa: T201  a command's own output
        return 2
    try:
        with _directory(arguments.dir) as directory:
            asyncio.run(_serve(options, arguments.clock, directory))
    except OSError as wrong:
        print(f"noc-tui simulator: {wrong}", file=sys.stderr)  # noqa: T201  a command's own output
        return 2
    return 0


@contextmanager
def _directory(wanted: Path | None) -> Iterator[Path]:
    """The directory that was named, made when missing, or one that goes afterwards."""
    if wanted is not None:
        wanted.mkdir(parents=True, exist_ok=True)
        yield wanted
        return
    with tempfile.TemporaryDirectory(prefix="noc-simulator-") as directory:
        yield Path(directory)


def _clock(text: str) -> Clock:
    origin, real_origin, speed = text.split(",")
    return ScaledClock(datetime.fromisoformat(origin), float(real_origin), float(speed))


async def _serve(options: Options, clock: Clock, directory: Path) -> None:
    async with Simulator(options, clock, directory) as simulator, mailbox(directory) as mail:
        line = {**ready(simulator), "mail": asdict(mail)}
        sys.stdout.write(msgspec.json.encode(line).decode() + "\n")
        sys.stdout.flush()
        await _told_to_stop()


def ready(simulator: Simulator) -> dict[str, object]:
    """The line that says where everything is."""
    first = simulator.clusters[0]
    register = simulator.write_register(simulator.directory / "tenants.toml")
    return {
        "clusters": [asdict(cluster) for cluster in simulator.clusters],
        "pbs": [asdict(server) for server in simulator.pbs],
        "register": str(register),
        "control": simulator.control_url,
        "canaries": simulator.services.canaries,
        "url": first.url,
        "token": first.token,
        "ca_file": first.ca_file,
    }


async def _told_to_stop() -> None:
    """Return at SIGINT, at SIGTERM, or when whoever holds the other end of the input is gone."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    if stat.S_ISFIFO(os.fstat(sys.stdin.fileno()).st_mode):
        # It reads to an end and decodes nothing.
        threading.Thread(target=_drain, args=(loop, stop), daemon=True).start()  # noqa: TID251
    await stop.wait()


def _drain(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    loop.call_soon_threadsafe(stop.set)
