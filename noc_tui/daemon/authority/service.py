"""The service of suspensions and orders of authorities: the open part and the sealed one."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from aiohttp import web

from noc_tui.daemon.authority.dispatch import SealedRoutes
from noc_tui.daemon.authority.orders import OrderBook
from noc_tui.daemon.authority.publish import take_up_moves
from noc_tui.daemon.authority.routes import AuthorityRoutes, Realm
from noc_tui.daemon.authority.sealed_context import mirror_tenant, random_id, sealed_context
from noc_tui.daemon.authority.silence import SilentNotices
from noc_tui.daemon.authority.watch import SealedWatch
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.core.refusals import Refusals
from noc_tui.daemon.core.service import PollResult
from noc_tui.daemon.core.supervision import is_unwritable, supervise
from noc_tui.daemon.evidence.retention_run import RetentionRun
from noc_tui.daemon.suspension.service import SuspensionService
from storage.authority import next_order_id
from storage.restoration import HeldItems, hold_of, resume
from storage.suspension import open_cases, planned_guests


def build(context: Context) -> "AuthorityService":
    """Build the service; without a sealed file it has the open part alone."""
    opened = Realm(OrderBook(context, next_order_id), SuspensionService.over(context))
    if context.sealed is None:
        return AuthorityService(context, opened)
    inner = sealed_context(context, context.sealed)
    suspensions = SuspensionService.over(inner, random_id, SilentNotices)
    return AuthorityService(context, opened, Realm(OrderBook(inner, random_id), suspensions))


@dataclass(slots=True)
class AuthorityService:
    """Answers requests about orders and suspensions, and runs both services of suspensions."""

    context: Context
    opened: Realm
    sealed: Realm | None = None
    name: str = "suspension"

    def routes(self) -> Sequence[web.RouteDef]:
        outer = self.opened.suspensions.routes()
        if self.sealed is None:
            return [*outer, *AuthorityRoutes(self.context, self.opened, None, None).table()]
        inner = self.sealed.orders.context
        guard = SealedRoutes(inner, Refusals(inner.writer, inner.clock), self._veil)
        both = guard.merge(outer, self.sealed.suspensions.routes())
        own = AuthorityRoutes(self.context, self.opened, self.sealed, guard.shield)
        return [*both, *own.table()]

    async def run(self) -> None:
        """Run both parts until cancelled; what fails in the sealed one ends nothing else."""
        async with asyncio.TaskGroup() as parts:
            parts.create_task(self.opened.suspensions.run())
            if self.sealed is not None:
                sealed = self.sealed
                context = sealed.orders.context
                work = partial(self.run_sealed, sealed)
                parts.create_task(supervise(context, "sealed", work))

    async def run_sealed(self, realm: Realm) -> None:
        """Run the sealed part until cancelled."""
        context = realm.orders.context
        context.held.become(await hold_of(context.writer))
        await take_up_moves(self.context, realm.orders)
        await self._veil()
        async with asyncio.TaskGroup() as parts:
            parts.create_task(self._follow_hold(context))
            for name, work in (
                ("cases", realm.suspensions.run),
                ("watch", SealedWatch(self.context, realm.orders).run),
                ("retention", RetentionRun(context).run),
            ):
                parts.create_task(supervise(context, name, work))

    async def _follow_hold(self, inner: Context) -> None:
        """What is held since a restore in the sealed file goes on with the rest: when a lead has
        resumed the database. Nothing of it leaves by mail.
        """
        known = self.context.held.hold
        while inner.held.hold is not None:
            if known is None:
                async with inner.writer.change(itself()) as change:
                    await resume(change, inner.held.hold, HeldItems(), HeldItems())
                inner.held.become(None)
                return
            known = await self.context.held.moved(known)

    async def polled(self, result: PollResult) -> None:
        """Show a poll to both parts."""
        await self.opened.suspensions.polled(result)
        if self.sealed is not None:
            await self._show_sealed(self.sealed, result)

    async def _show_sealed(self, realm: Realm, result: PollResult) -> None:
        """Show a poll to the sealed part; what fails of it holds up no other.

        The veil follows: a cluster that answers again may have brought guests into a case, on
        which work begins.
        """
        for work in (partial(realm.suspensions.polled, result), self._veil):
            try:
                await work()
            except (Exception, BaseExceptionGroup) as error:
                if not is_unwritable(error):
                    log = realm.orders.context.logger
                    log.error("a poll was not followed", exc_info=error)

    async def _veil(self) -> None:
        """The tasks of the sealed cases are hidden from now on, and the tenants' records fresh."""
        if self.sealed is None:
            return
        inner = self.sealed.orders.context
        self.context.veil.guests = await planned_guests(inner.writer)
        for case in await open_cases(inner.writer):
            await mirror_tenant(self.context, inner, case.tenant)
