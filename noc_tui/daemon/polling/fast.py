"""The fast tier: polls each cluster every few seconds and writes what changed.

One loop a cluster, so that a slow cluster delays no other and is never asked twice at once. A poll
that brings nothing changes no row but its source's: what was last seen stays, and grows old.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from msgspec.structs import replace

from noc_tui.cluster.difference import Difference, difference
from noc_tui.cluster.errors import ClusterError, PermissionMissing
from noc_tui.cluster.fast import GUESTS_HIDDEN
from noc_tui.cluster.snapshot import ClusterSnapshot
from noc_tui.config import ClusterConfig
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.core.log import logger
from noc_tui.daemon.core.service import PollResult, Service
from noc_tui.daemon.core.supervision import is_unwritable, note_failure
from noc_tui.daemon.polling import snapshot_rows
from noc_tui.daemon.polling.load_sampling import LoadSampling
from noc_tui.threads import in_thread
from storage import inventory, load_history
from storage.change import Change
from storage.errors import UnwritableError
from storage.guests import GUESTS

FAST = "fast"
COMPARE_SECONDS = 3600.0
"""So often a poll is compared with the rows in the file, and not with the poll before: what another
hand wrote there, which no entry or signature tells, stands no longer."""


class FastPolled(Protocol):
    """What is polled: a gateway."""

    async def fast_poll(self) -> ClusterSnapshot:
        """The cluster at this instant; raises `ClusterError`."""
        ...


class Poller:
    """Polls one cluster until it is cancelled."""

    def __init__(
        self,
        context: Context,
        cluster: ClusterConfig,
        gateway: FastPolled,
        parts: Sequence[Service],
    ) -> None:
        self._context = context
        self._cluster = cluster
        self._gateway = gateway
        self._parts = parts
        self._log = logger("poll").bind(cluster=cluster.name)
        self.cluster = cluster.name
        self._last: ClusterSnapshot | None = None
        self._written: ClusterSnapshot | None = None
        self._compared_at = 0.0
        self._sampling = LoadSampling()
        self._source = inventory.Source(
            cluster=cluster.name,
            name=FAST,
            seen_at=None,
            tried_at=None,
            failing_since=None,
            error=None,
            due_seconds=context.config.poll.stale_after,
        )

    async def run(self) -> None:
        """Poll at the configured pace; if a poll takes longer, the next follows at once and never
        runs beside it.
        """
        clock = self._context.clock
        await self._remember_source()
        due = clock.monotonic()
        while True:
            await self.poll()
            due = max(due + self._context.config.poll.fast, clock.monotonic())
            await clock.sleep(due - clock.monotonic())

    async def poll(self) -> PollResult:
        """Poll once, write and publish the result, and pass it to the services.

        While the database cannot be written, the services are shown what was seen all the same, and
        what changed meanwhile is written with the first poll that can be.
        """
        try:
            snapshot = await self._look()
        except ClusterError as error:
            result = await self._failed(error)
        else:
            hidden = GUESTS_HIDDEN in snapshot.gaps and await self._knows_guests()
            result = await (self._failed(_hidden(snapshot)) if hidden else self._seen(snapshot))
        for part in self._parts:
            await self._show(part, result)
        return result

    async def _show(self, part: Service, result: PollResult) -> None:
        """A part that fails keeps the poll from no other part."""
        try:
            await part.polled(result)
        except (Exception, BaseExceptionGroup) as error:  # noqa: BLE001 - whatever it is, it is noted
            if not is_unwritable(error):
                note_failure(self._context, part.name, error)

    async def _look(self) -> ClusterSnapshot:
        """The cluster now; whatever comes of it, the watchdog is told that a poll was made."""
        try:
            return self._context.veil.cover(await self._gateway.fast_poll())
        finally:
            self._context.watchdog.polled(self._cluster.name)

    async def _remember_source(self) -> None:
        """A daemon that starts again knows when its predecessor last saw the cluster."""
        stored = await inventory.SOURCES.get(self._context.writer, self._cluster.name, FAST)
        if stored is not None:
            due = self._context.config.poll.stale_after
            self._source = replace(stored, due_seconds=due)

    async def _knows_guests(self) -> bool:
        """Return whether any guest of this cluster was seen, in this run or an earlier one."""
        if self._last is not None:
            return bool(self._last.guests)
        return bool((await self._stored()).rows[GUESTS.name])

    async def _stored(self) -> inventory.KnownRows:
        """Return what an earlier run left of this cluster."""
        kinds = [kind.table for kind in snapshot_rows.KINDS]
        return inventory.KnownRows(
            {
                table.name: {
                    table.key_of(row): row
                    for row in await table.read(self._context.writer)
                    if row.cluster == self._cluster.name
                }
                for table in kinds
            }
        )

    async def _seen(self, snapshot: ClusterSnapshot) -> PollResult:
        # In a thread: ten thousand guests are not compared while a request waits for an answer.
        changed, parts = await in_thread(self._compared, snapshot)
        if self._written is None or self._is_comparison_due():
            self._compared_at = self._context.clock.monotonic()
            stored = await self._stored()
            compare = snapshot_rows.rows_against_stored
            parts = await in_thread(compare, self._cluster, snapshot, stored)
        if self._source.error is not None:
            self._log.info("seen again", failing_since=self._source.failing_since)
        source = snapshot_rows.seen_source(self._source, snapshot.observed_at, snapshot.omitted)
        parts = [*parts, *await self._samples(snapshot)]
        revision = await self._write(parts, source)
        if revision is not None:
            self._written = snapshot
            self._sampling.note_written(snapshot)
        self._last = snapshot
        self._context.estate.remember(snapshot)
        return self._result(snapshot.observed_at, changed, None, revision)

    def _is_comparison_due(self) -> bool:
        return self._context.clock.monotonic() - self._compared_at >= COMPARE_SECONDS

    async def _samples(self, snapshot: ClusterSnapshot) -> list[inventory.Part]:
        """Return the minute's loads and the day's storages, where this poll is the first of them:
        they are written with it.
        """
        found = self._sampling.minute_parts(snapshot)
        if self._sampling.is_new_day(snapshot):
            known = await load_history.storage_days(self._context.writer, self._cluster.name)
            found += self._sampling.day_parts(snapshot, known)
        return found

    def _compared(self, snapshot: ClusterSnapshot) -> tuple[Difference, list[inventory.Part]]:
        """Return what differs from the snapshot before, and, as rows, from what is stored."""
        changed = difference(self._last, snapshot)
        unwritten = changed
        if self._written is not self._last:
            unwritten = difference(self._written, snapshot)
        return changed, snapshot_rows.list_changed_rows(self._cluster, snapshot, unwritten)

    async def _failed(self, error: ClusterError) -> PollResult:
        now = self._context.clock.now()
        if self._source.error is None:
            self._log.warning("not seen", error=str(error))
        revision = await self._write([], snapshot_rows.failed_source(self._source, now, error))
        return self._result(now, None, error, revision)

    async def _write(self, parts: Sequence[inventory.Part], source: inventory.Source) -> int | None:
        """Write what a poll brought; the revision, None where nothing can be written now."""

        async def closing(change: Change) -> None:
            await change.put(inventory.SOURCES, [source])

        try:
            revision = await inventory.write_poll(self._context.writer, itself(), parts, closing)
        except UnwritableError:
            return None
        self._source = source
        return revision

    def _result(
        self,
        at: datetime,
        changed: Difference | None,
        error: ClusterError | None,
        revision: int | None,
    ) -> PollResult:
        return PollResult(
            cluster=self._cluster.name,
            at=at,
            snapshot=self._last,
            difference=changed,
            error=error,
            revision=self._context.bus.revision if revision is None else revision,
        )


def _hidden(snapshot: ClusterSnapshot) -> PermissionMissing:
    """A token that is shown no guest any more has not seen them go."""
    gap = GUESTS_HIDDEN
    return PermissionMissing(
        snapshot.cluster,
        snapshot.endpoint,
        gap.reason,
        status=None,
        path=gap.path,
        privilege=gap.privilege,
    )
