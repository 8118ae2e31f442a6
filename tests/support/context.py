"""A daemon's context over a real database, for parts that are tested without the whole daemon."""

import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import structlog
from structlog.typing import EventDict

from noc_tui.clock import Clock, SteppedClock
from noc_tui.cluster.gateway import Gateway
from noc_tui.config import ClusterConfig, Configuration, Database, Hoster, Secrets, Smtp, Socket
from noc_tui.contract.terms_book import load_shipped_book
from noc_tui.daemon.core.bus import Bus
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.snapshot_cache import SnapshotCache
from storage.database import Writer
from storage.sealed import sealed_path

START = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


def _silent(_logger: object, _method: str, event: EventDict) -> str:
    """What went wrong is shown with the test that fails, in short."""
    if error := event.get("exc_info"):
        sys.stderr.write(f"{event['event']}: {error!r}\n")
    return str(event["event"])


@asynccontextmanager
async def made_context(
    directory: Path,
    *,
    clock: Clock | None = None,
    smtp: Smtp | None = None,
    secrets: Secrets | None = None,
    gateways: Mapping[str, Gateway] | None = None,
    sealing: bool = False,
) -> AsyncIterator[Context]:
    """A context in that directory, with a sealed file where it is asked for; the writers are closed
    in the end.
    """
    time = clock or SteppedClock(START)
    path = directory / "db" / "noc.db"
    config = Configuration(
        database=Database(path=path),
        socket=Socket(path=directory / "nocd.sock"),
        hoster=Hoster(name="Exemple", contact="noc@example.fr"),
        smtp=smtp,
        clusters=(
            ClusterConfig(
                name="rennes",
                site="rennes",
                endpoints=("https://pve1.example.fr:8006",),
                read_token_file=directory / "token",
            ),
        ),
    )
    bus = Bus()
    writer = await Writer.open(path, clock_now=time.now, committed=bus.publish)
    sealed = await Writer.open(sealed_path(path), clock_now=time.now) if sealing else None
    try:
        yield Context(
            config=config,
            secrets=secrets or Secrets(),
            terms=load_shipped_book(),
            clock=time,
            writer=writer,
            gateways=gateways or {},
            estate=SnapshotCache(),
            bus=bus,
            sealed=sealed,
            logger=structlog.wrap_logger(structlog.ReturnLogger(), processors=[_silent]),
        )
    finally:
        if sealed is not None:
            await sealed.close()
        await writer.close()
