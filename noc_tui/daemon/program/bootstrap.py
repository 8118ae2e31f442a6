"""Opens and closes the daemon's shared resources."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from noc_tui import __version__
from noc_tui.clock import Clock, ScaledClock, SystemClock
from noc_tui.config import Configuration, Secrets
from noc_tui.contract.terms_book import load_book
from noc_tui.daemon.core import gateways, log
from noc_tui.daemon.core.bus import Bus
from noc_tui.daemon.core.clock_trust import ClockTrust
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.hold import HoldInForce
from noc_tui.daemon.core.snapshot_cache import SnapshotCache
from noc_tui.daemon.core.veil import Veil
from noc_tui.daemon.database.opening import Opening
from noc_tui.daemon.evidence.head_signer import HeadSigner
from noc_tui.daemon.polling.decommission import retire
from noc_tui.steady_clock import KnownTime, SteadyClock
from storage import evidence, settings
from storage.change import Change
from storage.connection import Readable
from storage.database import Writer
from storage.sealed import sealed_path
from storage.suspension import planned_guests

MADE = "database.made"


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
    """Open the resources that all services share, on that clock. Wait until `stop`, where that is
    given, for a database that cannot be used now.
    """
    terms = load_book(config.contract.terms_file, config.contract.other_terms)
    bus = Bus()
    steady = clock if isinstance(clock, SteadyClock) else None

    async def resume_time(db: Readable) -> None:
        if steady is not None and (known := await _known_time(db)) is not None:
            steady.resume(known)

    writer = await Opening(
        config=config, secrets=secrets, clock=clock, bus=bus, prepare=resume_time, stop=stop
    ).open()
    try:
        async with (
            gateways.open_gateways(config, secrets, clock) as clusters,
            _open_sealed(config, clock) as sealed,
        ):
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
                sealed=sealed,
                veil=Veil(
                    guests=await planned_guests(sealed),
                    actors={name: key.name for name, key in secrets.action.items()},
                ),
                held=await HoldInForce.read(writer),
                trust=ClockTrust(steady),
            )
    finally:
        await writer.close()


@asynccontextmanager
async def _open_sealed(config: Configuration, clock: Clock) -> AsyncIterator[Writer]:
    """The file for what is secret; nobody is told of what is written there."""
    writer = await Writer.open(sealed_path(config.database.path), clock_now=clock.now)
    try:
        yield writer
    finally:
        await writer.close()


async def _known_time(db: Readable) -> KnownTime | None:
    """What an earlier run's clock showed last; the last entry's instant where that is not kept."""
    known = await settings.get(db, settings.STEADY_TIME, KnownTime)
    last = await evidence.last_at(db)
    return KnownTime(last) if known is None and last is not None else known


async def record_start(context: Context) -> None:
    """Take the signing key, publish the clock for consoles, remove what is no longer configured.

    The key comes with the first change: what a run wrote before it had one, a next run could not
    tell from what another hand wrote.
    """
    await HeadSigner(context).take_key(partial(begin_run, context.clock))
    await retire(context)


async def begin_run(clock: Clock, change: Change) -> None:
    """Write what a run begins with: its clock, and that a new database was made.

    A database without an entry was emptied, and is told so; one that no cluster ever filled is not.
    """
    await settings.put_clock(change, _numbers(clock))
    if change.revision == 1:
        await change.record(MADE, [], {"version": __version__})


def _numbers(clock: Clock) -> settings.ClockNumbers:
    if isinstance(clock, ScaledClock):
        return settings.ClockNumbers(clock.origin, clock.real_origin, clock.speed)
    return settings.ClockNumbers()
