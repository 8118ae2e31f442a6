"""`noc-tui demo`: a simulated estate, a `nocd` of its own and the console, in one directory.

All three end together: the children read a pipe that only this process holds open, so they end
even when this process is killed.
"""

import argparse
import os
import signal
import stat
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec

from noc_tui import i18n
from noc_tui.api.core import HEALTH
from noc_tui.commands.daemon_requests import ask_at
from noc_tui.commands.demo_estate import Estate, configuration, socket_path
from noc_tui.commands.demo_processes import Child, ChildFailure
from noc_tui.commands.failure import BadInput, CommandFailure, OutOfReach
from noc_tui.console.nocd.client import Nocd
from noc_tui.i18n import _
from noc_tui.simulator.model.versions import PVE
from noc_tui.simulator.options import SCENARIOS

READY_SECONDS = 60


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the demo's options; its default scenario is `day`."""
    add_estate_arguments(parser)
    parser.set_defaults(scenario="day")
    parser.add_argument(
        "--speed", type=_speed, default=1.0, metavar="X", help=_("how many times real time")
    )
    parser.add_argument(
        "--dir",
        type=Path,
        metavar=_("DIR"),
        help=_("created, kept and reused; else a temporary one"),
    )
    parser.add_argument(
        "--past",
        action=argparse.BooleanOptionalAction,
        help=_("two months behind it, with outages and incidents; else only for a console"),
    )
    parser.add_argument(
        "--headless", action="store_true", help=_("no console: print one JSON line and stay")
    )


def add_estate_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the simulated estate; the simulator takes the same."""
    parser.add_argument("--guests", type=int, metavar="N", help=_("number of guests"))
    parser.add_argument("--tenants", type=int, metavar="N", help=_("number of tenants"))
    parser.add_argument("--seed", type=int, metavar="N", help=_("same seed, same estate"))
    parser.add_argument(
        "--scenario",
        choices=SCENARIOS,
        metavar=_("NAME"),
        help=_("what happens to it: {names}").format(names=", ".join(SCENARIOS)),
    )
    parser.add_argument(
        "--pve",
        choices=PVE,
        help=_("the version of Proxmox VE; mixed is a cluster in the middle of its upgrade"),
    )


def run(arguments: argparse.Namespace) -> int:
    """Run the demo until the operator leaves it, or headless until told to stop."""
    if not arguments.headless and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise BadInput(_("the demo's console needs a terminal: use --headless, or noc-tui status"))
    told = [signal.SIGTERM, signal.SIGHUP]
    if arguments.headless:  # a console has a key to leave by, and Ctrl+C of its own
        told.append(signal.SIGINT)
    for ending in told:
        signal.signal(ending, _stop)
    with ExitStack() as stack:
        directory = stack.enter_context(_directory(arguments.dir))
        try:
            ready = _start(stack, directory, arguments)
        except ChildFailure as failure:
            raise CommandFailure(str(failure), failure.code) from failure
        if arguments.headless:
            return _stay(ready)
        return _console(arguments, ready["config"])


def _start(stack: ExitStack, directory: Path, arguments: argparse.Namespace) -> dict[str, object]:
    """Start simulator and daemon; return the values of the JSON line that `--headless` prints."""
    tell = _narrator(arguments)
    socket = stack.enter_context(socket_path(directory))
    tell(_("1/4 the simulated clusters start"))
    estate = Estate.of(arguments, directory, socket)
    simulator = stack.enter_context(
        Child("simulator", ["noc_tui", *estate.simulator_arguments()], directory)
    )
    described = simulator.first_line(READY_SECONDS)
    config = configuration(estate, described)
    if _wants_past(arguments) and not estate.database.exists():
        tell(_("2/4 two months of outages, claims and incidents are played"))
        words = ["noc_tui.demo_history", str(config), arguments.lang or i18n.from_locale()]
        with Child("past", words, directory) as past:
            past.finish(READY_SECONDS)
    tell(_("3/4 nocd starts and polls the clusters"))
    daemon = stack.enter_context(
        Child("nocd", ["noc_tui", "nocd", "run", "--config", str(config), "--until-eof"], directory)
    )
    daemon.first_line(READY_SECONDS)
    _wait_until_seen(socket)
    tell(_("4/4 the console opens; q there ends everything"))
    return estate.line(described, config)


def _narrator(arguments: argparse.Namespace) -> Callable[[str], object]:
    """Return what tells an operator who waits how far it is; a script is told nothing."""
    if arguments.headless:
        return lambda _text: None
    return lambda text: sys.stderr.write(f"{text}\n")


def _wants_past(arguments: argparse.Namespace) -> bool:
    """As asked; a script that says nothing begins with an empty database."""
    asked: bool | None = arguments.past
    return not arguments.headless if asked is None else asked


def _wait_until_seen(socket: Path) -> None:
    """The demo is ready when there is something to look at: a first poll of each cluster."""
    nocd = Nocd(socket)
    for _attempt in range(READY_SECONDS * 10):
        if all(ask_at(nocd, HEALTH()).clusters.values()):
            return
        time.sleep(0.1)
    raise OutOfReach(
        _("the demo's clusters were not seen within {seconds} s").format(seconds=READY_SECONDS)
    )


def _stay(ready: dict[str, object]) -> int:
    sys.stdout.write(msgspec.json.encode(ready).decode() + "\n")
    sys.stdout.flush()
    while stat.S_ISCHR(os.fstat(sys.stdin.fileno()).st_mode):
        # Reading a terminal would stop a demo in the background; a script's `&` gives /dev/null.
        signal.pause()
    while sys.stdin.buffer.readline():
        pass
    return 0


def _console(arguments: argparse.Namespace, config: object) -> int:
    from noc_tui.cli import main

    words = ["--config", str(config), "console", "--tour"]
    for option, value in (("--as", arguments.play), ("--lang", arguments.lang)):
        words += [option, value] if value else []
    return main(words)


@contextmanager
def _directory(chosen: Path | None) -> Iterator[Path]:
    if chosen is not None:
        try:
            chosen.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadInput(f"--dir: {chosen}: {error.strerror}") from error
        yield chosen.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="noc-demo-") as made:
        yield Path(made)


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = 0
    if not 0 < speed <= 100_000:
        raise argparse.ArgumentTypeError(_("a speed lies between 0 and 100000"))
    return speed


def _stop(_number: int, _frame: object) -> None:
    raise SystemExit(0)
