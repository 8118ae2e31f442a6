"""The tenant register in the database: read again when its file or the clusters' pools change.

A register with mistakes changes nothing: what was read before stays, and the source `register` says
what is wrong with the file.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from aiohttp import web

from noc_tui import register
from noc_tui.api import register as api
from noc_tui.contract.calendar import micros, paris_day
from noc_tui.daemon.availability.month_figures import refresh_kept_figures
from noc_tui.daemon.core.context import Context, Membership
from noc_tui.daemon.core.errors import Conflict, Unavailable
from noc_tui.daemon.core.identity import actor, itself
from noc_tui.daemon.core.server import Call, route
from noc_tui.daemon.core.service import PollResult
from noc_tui.daemon.polling import snapshot_rows as sources
from noc_tui.daemon.tenants.copy_routes import CopyRoutes
from noc_tui.daemon.tenants.past_edits import (
    describe_changes,
    find_past_changes,
    find_proposal,
    group_by_tenant,
    is_own,
    propose_register,
    require_reopened,
)
from noc_tui.daemon.tenants.register_import import (
    check_register,
    find_losing,
    find_unconfirmed,
    find_undeletable,
    list_contested,
    list_unknown,
    put_in_place,
    settle,
    write_beside,
)
from noc_tui.daemon.tenants.register_rows import register_rows
from noc_tui.i18n import _
from noc_tui.roles import Caller
from noc_tui.threads import in_thread
from noc_tui.views.past_terms import PastChange
from noc_tui.views.register_changes import list_register_changes
from storage import evidence, inventory
from storage.change import Change
from storage.connection import Readable
from storage.register import (
    TENANT_POOLS,
    TENANTS,
    Register,
    TenantPool,
    amounts,
    replace_register,
    rows_by_tenant,
)

SOURCE = "register"
IMPORTED, FAILED = "register.imported", "register.import-failed"
LOOK_SECONDS = 30.0
_SOURCE = inventory.Source(
    cluster="",
    name=SOURCE,
    seen_at=None,
    tried_at=None,
    failing_since=None,
    error=None,
    due_seconds=4 * LOOK_SECONDS,
)


class _Imported(msgspec.Struct):
    """What an entry says of where the text stood, which clients it leaves without guests knowingly,
    and the entry by which another person had proposed it; older ones do not.
    """

    beside: str = ""
    text: str = ""
    confirmed: tuple[str, ...] = ()
    proposed: int = 0


def build(context: Context) -> "TenantService":
    """The part."""
    return TenantService(context)


@dataclass(slots=True)
class TenantService:
    """Keeps the stored register true to its file and to the pools that are there."""

    context: Context
    name: str = "tenants"
    _read: tuple[register.RegisterTenant, ...] = ()
    _stamp: tuple[int, int] | None = None
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _changing: asyncio.Lock = field(default_factory=asyncio.Lock)

    def routes(self) -> Sequence[web.RouteDef]:
        return [
            route(api.IMPORT, self.take),
            route(api.PREVIEW, self.preview),
            *CopyRoutes(self.context).table(),
        ]

    async def preview(self, call: Call[api.RegisterFile]) -> api.RegisterPreview:
        """Say what a register would change; nothing is kept."""
        configured = self.context.config.register
        target = None if configured is None else configured.file
        _file, tenants = check_register(call.body, target)
        async with self.context.writer.snapshot() as db:
            known = await TENANT_POOLS.read(db)
            resolution = register.resolve(tenants, self._pools(known))
            wanted = self._rows(tenants, resolution, known)
            found = list_register_changes(await rows_by_tenant(db), group_by_tenant(wanted))
            losing = await find_losing(db, resolution)
            names = {one.id: one.name for one in await TENANTS.read(db)}
            past = await self._past_changes(db, tenants)
            return api.RegisterPreview(
                tenants=len(tenants),
                added=tuple(api.NamedTenant(*one) for one in found.added),
                removed=tuple(api.NamedTenant(*one) for one in found.removed),
                changed=tuple(
                    api.FieldChange(one.tenant, one.field, one.before, one.after)
                    for one in found.changed
                ),
                losing=tuple(
                    api.NamedTenant(one, names.get(one, ""), number)
                    for one, number in losing.items()
                ),
                refused=(
                    *list_contested(resolution),
                    *await self._find_undeletable(db, tenants),
                ),
                past=tuple(describe_changes(past)),
                unknown=tuple(self._unknown_pools(resolution)),
            )

    def _unknown_pools(self, resolution: register.Resolution) -> list[str]:
        """A sentence for each pool that no cluster has; none while a cluster was not seen yet."""
        configured = {cluster.name for cluster in self.context.config.clusters}
        if configured - self.context.estate.snapshots.keys():
            return []
        return list_unknown(resolution)

    async def take(self, call: Call[api.RegisterFile]) -> api.Imported:
        """Put a register in the place of the file, on the evidence log, and read it."""
        who, handed = call.who, call.body
        configured = self.context.config.register
        target, tenants = check_register(handed, None if configured is None else configured.file)
        async with self._changing:
            await self._require_confirmed(tenants, handed.confirmed)
            agreed, proposed = await self._agree(who, handed.text, tenants)
            if proposed is not None:
                return api.Imported(0, proposed)
            # First, so that what cannot be written is not on record as imported.
            partial = await in_thread(write_beside, target, handed.text)
            async with self.context.writer.change(actor(who)) as change:
                await change.record(
                    IMPORTED,
                    [f"tenant:{tenant.id}" for tenant in tenants],
                    {
                        "file": str(target),
                        "name": handed.name,
                        "text": handed.text,
                        "beside": partial.name,
                        **({"confirmed": list(handed.confirmed)} if handed.confirmed else {}),
                        **({"proposed": agreed.seq, "by": agreed.account} if agreed else {}),
                    },
                )
            await self._place(who, partial, target)
        await self.look()
        return api.Imported(len(tenants))

    async def _agree(
        self, who: Caller, text: str, tenants: Sequence[register.RegisterTenant]
    ) -> tuple[evidence.Entry | None, int | None]:
        """What was proposed and is agreed to now, and the number of what is proposed instead.

        Both None for a register that changes nothing of months that are over (R38).
        """
        async with self.context.writer.snapshot() as db:
            changes = await self._past_changes(db, tenants)
            if not changes:
                return None, None
            await require_reopened(db, changes)
            known = await find_proposal(db, text)
        if known is not None and not is_own(who, known):
            return known, None
        if known is not None:
            raise Conflict(_("another person than who proposed this register imports it too"))
        async with self.context.writer.change(actor(who)) as change:
            return None, await propose_register(change, who, text, changes)

    async def _past_changes(
        self, db: Readable, tenants: Sequence[register.RegisterTenant]
    ) -> list[PastChange]:
        now = micros(self.context.clock.now())
        known = await TENANT_POOLS.read(db)
        resolution = register.resolve(tenants, self._pools(known))
        wanted = self._rows(tenants, resolution, known)
        return await find_past_changes(db, wanted, now, self.context.terms)

    def _rows(
        self,
        tenants: Sequence[register.RegisterTenant],
        resolution: register.Resolution,
        known: Sequence[TenantPool],
    ) -> Register:
        """The register as rows of today."""
        today = paris_day(micros(self.context.clock.now()))
        return register_rows(tenants, resolution, self.context.config.sites, known, today)

    async def _list_unagreed(self, file: Path) -> list[str]:
        """What the file changes of months that are over though nobody agreed to it; a line each."""
        changes = await self._past_changes(self.context.writer, self._read)
        if not changes:
            return []
        last = await self._last(IMPORTED)
        if last.proposed and await self._is_import(last, file):
            return []
        text = _("this changes months that are over: two people import it (noc-tui tenants import)")
        return [text, *describe_changes(changes)]

    async def _is_import(self, last: "_Imported", file: Path) -> bool:
        """Whether the file is what was imported last."""
        try:
            return await in_thread(register.parse, last.text, file) == self._read
        except register.RegisterError:
            return False

    async def _require_confirmed(
        self, tenants: Sequence[register.RegisterTenant], confirmed: Sequence[str]
    ) -> None:
        """Refuse a register by which a pool is two clients', a client loses the guests that run
        without anybody having said so (R40), or one leaves while its end owes it something (R28).
        """
        async with self.context.writer.snapshot() as db:
            resolution = register.resolve(tenants, self._pools(await TENANT_POOLS.read(db)))
            lost = await find_unconfirmed(db, resolution, confirmed)
            owed = await self._find_undeletable(db, tenants)
        problems = [*list_contested(resolution), *owed, *lost]
        if lost:
            problems.append(_("import it with --confirm and each client's id if that is meant"))
        if problems:
            raise Conflict("\n".join(problems))

    async def _place(self, who: Caller, partial: Path, target: Path) -> None:
        """What is on record takes the file's place; where it cannot, that is on record too."""
        try:
            await in_thread(put_in_place, partial, target)
        except Unavailable as error:
            async with self.context.writer.change(actor(who)) as change:
                await change.record(
                    FAILED,
                    [],
                    {"file": str(target), "beside": partial.name, "why": str(error)},
                )
            raise

    async def _settle(self) -> None:
        """An import that a crash cut off is done, or gone, as the record says."""
        configured = self.context.config.register
        if configured is None:
            return
        async with self._changing:
            imported, failed = await self._beside(IMPORTED), await self._beside(FAILED)
            meant = "" if imported == failed else imported
            try:
                placed = await in_thread(settle, configured.file, meant)
            except Unavailable as error:
                self.context.logger.error("an import that was cut off", error=str(error))
                return
        if placed:
            self.context.logger.info("import finished", file=str(configured.file))

    async def _beside(self, kind: str) -> str:
        """Return where the text of the last entry of that kind stood."""
        return (await self._last(kind)).beside

    async def _last(self, kind: str) -> _Imported:
        """Return what the last entry of that kind says; nothing where there is none."""
        found = await evidence.search(self.context.writer, evidence.Query(kind=kind, limit=1))
        told = found[0].payload if found else None
        return _Imported() if told is None else msgspec.json.decode(told, type=_Imported)

    async def polled(self, result: PollResult) -> None:
        """New or lost pools may belong to somebody."""
        if result.difference is not None and result.difference.pools:
            self._wake.set()

    async def run(self) -> None:
        await self._settle()
        while True:
            await self.look()
            await self._due()

    async def _due(self) -> None:
        """Wait for a pool to come or go, or for the next look at the file."""
        waiting = asyncio.ensure_future(self._wake.wait())
        sleeping = asyncio.ensure_future(self.context.clock.sleep(LOOK_SECONDS))
        try:
            await asyncio.wait({waiting, sleeping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
            sleeping.cancel()

    async def look(self) -> None:
        """Read the file again when it, or the pools that are there, may have changed.

        One at a time: what was read first must not be stored last.
        """
        async with self._changing:
            await self._look()

    async def _look(self) -> None:
        woken = self._wake.is_set()
        self._wake.clear()
        configured = self.context.config.register
        if configured is None:
            return None
        stamp = await in_thread(_stamp, configured.file)
        if stamp is not None and stamp == self._stamp and not woken:
            return await self._still_good()
        try:
            self._read = await in_thread(register.read, configured.file)
        except register.RegisterError as error:
            return await self._note_failure(str(error))
        self._stamp = stamp
        return await self._store(configured.file)

    async def _still_good(self) -> None:
        """The file is as it was read: say when that was looked at."""
        async with self.context.writer.change(itself()) as change:
            await change.put(inventory.SOURCES, [sources.seen_source(_SOURCE, change.at)])

    async def _store(self, file: Path) -> None:
        """Write what changed, and say on the evidence log that the register was read.

        A file by which a client loses the guests that run, and that was not imported so knowingly,
        or which drops one whose end still owes it something, changes nothing: what was read before
        stays, and the source says why (R28, R40).
        """
        now = self.context.clock.now()
        known = await TENANT_POOLS.read(self.context.writer)
        resolution = register.resolve(self._read, self._pools(known))
        confirmed = await self._confirmed(file)
        lost = await find_unconfirmed(self.context.writer, resolution, confirmed)
        if lost := [*await self._find_undeletable(self.context.writer, self._read), *lost]:
            self._stamp = None  # it is looked at again: the guests may be gone by then
            return await self._note_failure("\n".join(lost))
        if unagreed := await self._list_unagreed(file):
            self._stamp = None
            return await self._note_failure("\n".join(unagreed))
        self.context.membership = Membership(
            unknown=resolution.unknown,
            contested=resolution.contested,
            nested=resolution.inherited,
        )
        async with self.context.writer.change(itself()) as change:
            known = await TENANT_POOLS.read(change)
            stored = self._rows(self._read, resolution, known)
            before = await rows_by_tenant(change)
            if await replace_register(change, stored):
                changed = await self._record(change, file, before)
                await refresh_kept_figures(change, set(changed), self.context)
            await change.put(inventory.SOURCES, [sources.seen_source(_SOURCE, now)])
        return None

    async def _find_undeletable(
        self, db: Readable, tenants: Sequence[register.RegisterTenant]
    ) -> list[str]:
        today = paris_day(micros(self.context.clock.now()))
        kept = {tenant.id for tenant in tenants}
        return await find_undeletable(db, kept, self.context.terms, today)

    async def _confirmed(self, file: Path) -> Sequence[str]:
        """Return the clients that the register was imported without; none if the file is another by
        now.
        """
        last = await self._last(IMPORTED)
        if not last.confirmed:
            return ()
        return last.confirmed if await self._is_import(last, file) else ()

    async def _record(
        self, change: Change, file: Path, before: Mapping[str, Sequence[msgspec.Struct]]
    ) -> list[str]:
        """About the tenants of whom something is said otherwise than `before`, and what is owed a
        month by each: their statements rest on it. Returns who they are.
        """
        said = await rows_by_tenant(change)
        changed = sorted(
            one for one in before.keys() | said.keys() if before.get(one) != said.get(one)
        )
        monthly: dict[str, dict[str, str]] = {one: {} for one in changed}
        for row in await amounts(change, set(changed)):
            monthly[row.tenant][row.valid_from.isoformat()] = f"{row.amount:.2f}"
        await change.record(
            evidence.REGISTER_READ,
            [f"tenant:{one}" for one in changed],
            {
                "file": str(file),
                "tenants": [tenant.id for tenant in self._read],
                "monthly": monthly,
            },
        )
        return changed

    def _pools(self, known: Sequence[TenantPool]) -> list[tuple[str, str]]:
        """The pools that are there; a cluster that was not seen yet has those it had before, and
        one that is no longer configured has none. A pool that a guest is in is there, also for a
        token that is not shown it.
        """
        snapshots = self.context.estate.snapshots
        clusters = {cluster.name for cluster in self.context.config.clusters}
        seen = [
            (name, pool)
            for name, snapshot in snapshots.items()
            for pool in {*snapshot.pools, *(one.pool for one in snapshot.guests.values())}
            if pool is not None
        ]
        before = [
            (row.cluster, row.pool)
            for row in known
            if row.valid_until is None and row.cluster in clusters - snapshots.keys()
        ]
        return seen + before

    async def _note_failure(self, problems: str) -> None:
        now = self.context.clock.now()
        stored = await inventory.SOURCES.get(self.context.writer, "", SOURCE) or _SOURCE
        async with self.context.writer.change(itself()) as change:
            await change.put(inventory.SOURCES, [sources.failed_source(stored, now, problems)])


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino
