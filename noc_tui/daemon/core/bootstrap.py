"""Opens and closes the daemon's shared resources."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from noc_tui.clock import Clock, ScaledClock, SystemClock
from noc_tui.config import Configuration, Secrets
from noc_tui.contract.terms_book import load_book
from noc_tui.daemon.core import gateways, log
from noc_tui.daemon.core.bus import Bus
from noc_tui.daemon.core.clock_trust import ClockTrust
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.hold import Held
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.core.notify import notify
from noc_tui.daemon.polling.snapshot_cache import SnapshotCache
from noc_tui.steady_clock import KnownTime, SteadyClock
from noc_tui.threads import in_thread
from storage import adoption, evidence, settings
from storage.connection import Readable
from storage.database import Writer
from storage.errors import BusyError, DiskFullError
from storage.lock_holders import find_lock_holders

OPEN_AGAIN_SECONDS = 2.0
EXTENSION_USEC = 60_000_000
"""How much longer the service manager is to wait for the start, at each try."""


def clock_of(config: Configuration) -> Clock:
    """Return the machine's clock, or the demo's own."""
    demo = config.demo
    if demo is None or demo.clock_origin is None:
        return SystemClock()
    return ScaledClock(demo.clock_origin, demo.clock_real_origin, demo.clock_speed)


def steady_clock_of(config: Configuration) -> Clock:
    """The clock that the daemon works by: one that does not jump, or the demo's own."""
    clock = clock_of(config)
    return SteadyClock() if isinstance(clock, SystemClock) else clock


@asynccontextmanager
async def open_context(
    config: Configuration,
    secrets: Secrets,
    clock: Clock,
    stop: "asyncio.Future[None] | None" = None,
) -> AsyncIterator[Context]:
    """Open the resources that all services share, on that clock, which is published for
    consoles. Wait until `stop`, where that is given, for a database that another program holds or
    whose disk is full.
    """
    terms = load_book(config.contract.terms_file, config.contract.other_terms)
    bus = Bus()
    writer = await _open_patiently(config, clock, bus, stop)
    try:
        steady = clock if isinstance(clock, SteadyClock) else None
        if steady is not None and (known := await _known_time(writer)) is not None:
            steady.resume(known)
        unbound = await in_thread(adoption.find_unbound, config.database.path)
        async with writer.change(itself()) as change:
            await adoption.adopt_rows(change, unbound)
            await settings.put_clock(change, _numbers(clock))
        async with gateways.open_gateways(config, secrets, clock) as clusters:
            yield Context(
                config=config,
                secrets=secrets,
                terms=terms,
                clock=clock,
                writer=writer,
                gateways=clusters,
                estate=SnapshotCache(),
                bus=bus,
                logger=log.logger("nocd"),
                held=await Held.read(writer),
                trust=ClockTrust(steady),
            )
    finally:
        await writer.close()


async def _known_time(db: Readable) -> KnownTime | None:
    """What an earlier run's clock showed last; the last entry's instant where that is not kept."""
    known = await settings.get(db, settings.STEADY_TIME, KnownTime)
    last = await evidence.last_at(db)
    return KnownTime(last) if known is None and last is not None else known


async def _open_patiently(
    config: Configuration, clock: Clock, bus: Bus, stop: "asyncio.Future[None] | None"
) -> Writer:
    """Errors: those of `Writer.open`, where waiting does not help or the order to stop came."""
    while True:
        try:
            return await Writer.open(
                config.database.path, clock_now=clock.now, committed=bus.publish
            )
        except (BusyError, DiskFullError) as error:
            if stop is None:
                raise
            holders = await in_thread(find_lock_holders, config.database.path)
            held_by = [str(holder) for holder in holders]
            log.logger("nocd").error("waits for the database", error=str(error), held_by=held_by)
            notify(f"EXTEND_TIMEOUT_USEC={EXTENSION_USEC}")
            await asyncio.wait({stop}, timeout=OPEN_AGAIN_SECONDS)
            if stop.done():
                raise


def _numbers(clock: Clock) -> settings.ClockNumbers:
    if isinstance(clock, ScaledClock):
        return settings.ClockNumbers(clock.origin, clock.real_origin, clock.speed)
    return settings.ClockNumbers()
