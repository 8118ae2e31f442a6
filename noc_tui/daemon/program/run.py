"""Runs `nocd` from start to stop: configuration, database, socket, services."""

import asyncio
import contextlib
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from noc_tui import i18n, roles
from noc_tui.config import Configuration, Secrets, load_for_daemon
from noc_tui.daemon.core import connection_limits, database_directory, health, log
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.instance import Instance
from noc_tui.daemon.core.notify import notify
from noc_tui.daemon.core.refusals import Refusals
from noc_tui.daemon.core.reload import Reloader
from noc_tui.daemon.core.server import application
from noc_tui.daemon.core.service import Service
from noc_tui.daemon.core.supervision import supervise
from noc_tui.daemon.evidence.known_head import HeadKeeper
from noc_tui.daemon.polling.fast import Poller
from noc_tui.daemon.program import bootstrap, stray_signals
from noc_tui.daemon.program.services import build_services
from noc_tui.roles import Role
from storage.errors import StorageError, UnwritableError

SWITCH_SECONDS = 0.0005
"""How long a thread that reads a big answer may keep the interpreter from the others. A write is
handed over between threads some ten times, and would wait Python's own 5 ms at each of them."""

Work = tuple[str, Callable[[], Coroutine[Any, Any, None]]]
"""A loop of the daemon with its name."""


def run(file: Path, ready: Callable[[], None], until_eof: bool) -> None:
    """Run the daemon until it is told to stop.

    Raises `ConfigurationError`, `AlreadyRunning`, `StorageError`, `OSError` (the socket).
    """
    config, secrets = load_for_daemon(file)
    log.configure()
    log.set_level(config.log.level)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until a reload can be done
    stray_signals.outlive()
    sys.setswitchinterval(SWITCH_SECONDS)
    i18n.use(config.language or i18n.from_locale())
    database_directory.prepare(config.database)
    instance = Instance(config.database.path)
    try:
        asyncio.run(_serve(config, secrets, ready, until_eof))
    finally:
        instance.release()


async def _serve(
    config: Configuration, secrets: Secrets, ready: Callable[[], None], until_eof: bool
) -> None:
    stop = _stop_asked(until_eof)
    async with bootstrap.open_context(
        config, secrets, bootstrap.steady_clock_of(config), stop
    ) as context:
        owed = await _start_owed(context)
        refusals = Refusals(context.writer, context.clock)
        own = health.build(context, refusals)
        parts: list[Service] = [own, Reloader(context), *build_services(context)]
        context.watchdog.expect(cluster.name for cluster in config.clusters)
        async with _listening(context, refusals, parts), _working(context, parts, owed) as working:
            ready()
            notify("READY=1")
            context.logger.info("ready", socket=str(config.socket.path))
            await _until(stop, working)
            notify("STOPPING=1")
        with contextlib.suppress(UnwritableError):  # a stop waits for no disk
            await own.stopped()
        with contextlib.suppress(StorageError):
            await HeadKeeper(context).keep()
    log.logger("nocd").info("stopped")


async def _start_owed(context: Context) -> Sequence[Work]:
    """Record the start; what is left to do where the database cannot be written now."""
    try:
        await bootstrap.record_start(context)
    except UnwritableError:
        return [("start", lambda: bootstrap.record_start(context))]
    return []


@contextlib.asynccontextmanager
async def _listening(
    context: Context, refusals: Refusals, parts: Sequence[Service]
) -> AsyncIterator[None]:
    app = application(lambda: context.config, refusals)
    for part in parts:
        app.add_routes(part.routes())
    runner = connection_limits.build_runner(app)
    await runner.setup()

    def role_of(uid: int) -> Role | None:
        return roles.caller(uid, context.config.roles, context.config.demo).role

    path, limits = context.config.socket.path, connection_limits.SocketLimits()
    async with connection_limits.open_socket(runner, path, limits, role_of):
        yield


@contextlib.asynccontextmanager
async def _working(
    context: Context, parts: Sequence[Service], owed: Sequence[Work]
) -> AsyncIterator[list[asyncio.Task[None]]]:
    """Every loop of the daemon as a task of its own; cancelled and awaited in the end."""
    pollers = [
        Poller(context, cluster, context.gateways[cluster.name], parts)
        for cluster in context.config.clusters
    ]
    works = [(f"poll {poller.cluster}", poller.run) for poller in pollers]
    works += owed
    works += [(part.name, part.run) for part in parts]
    tasks = [asyncio.create_task(supervise(context, name, work), name=name) for name, work in works]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _until(stop: asyncio.Future[None], working: Sequence[asyncio.Task[None]]) -> None:
    """Wait for the order to stop; what puts the record in doubt ends the daemon."""
    pending: set[asyncio.Future[None]] = {stop, *working}
    while not stop.done():
        done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()


def _stop_asked(until_eof: bool) -> asyncio.Future[None]:
    """Done when a signal asks to stop or, in a demo, when the parent's pipe ends."""
    loop = asyncio.get_running_loop()
    asked: asyncio.Future[None] = loop.create_future()

    def ask() -> None:
        if not asked.done():
            asked.set_result(None)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ask)
    if until_eof:
        # It reads to an end and decodes nothing.
        threading.Thread(target=_drain, args=(loop, ask), daemon=True).start()  # noqa: TID251
    return asked


def _drain(loop: asyncio.AbstractEventLoop, ask: Callable[[], None]) -> None:
    """Read standard input to its end in a thread: the loop cannot wait for every kind of file."""
    while os.read(0, 4096):
        pass
    loop.call_soon_threadsafe(ask)
