"""The service of suspensions: its background loops, and its part in each poll."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from aiohttp import web

from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.countdown import countdown
from noc_tui.contract.suspension.values import STANDING
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.service import PollResult
from noc_tui.daemon.suspension import store
from noc_tui.daemon.suspension.cases import Cases, Number
from noc_tui.daemon.suspension.drift import DriftMonitor
from noc_tui.daemon.suspension.effect_proofs import EffectProofs
from noc_tui.daemon.suspension.guest_identities import with_identity
from noc_tui.daemon.suspension.guest_runner import GuestRunner
from noc_tui.daemon.suspension.invoice_debts import InvoiceDebts
from noc_tui.daemon.suspension.notice_delivery import Notices
from noc_tui.daemon.suspension.planned_orders import EnteredDebts, PlannedOrders
from noc_tui.daemon.suspension.planner import Measures
from noc_tui.daemon.suspension.routes import Routes
from noc_tui.daemon.suspension.runner import Runner
from noc_tui.daemon.suspension.scope import read_scope
from noc_tui.daemon.suspension.steps import Steps
from noc_tui.queries.terms_archive import find_terms
from storage.suspension import next_id

_COMPLETED = STANDING | {"ordered", "executing"}
"""The states of a case that is carried out as well on a cluster that comes back."""


@dataclass(slots=True)
class SuspensionService:
    """Answers requests, carries out orders, and watches suspended guests."""

    context: Context
    measures: Measures
    cases: Cases
    notices: Notices
    runner: Runner
    watch: DriftMonitor
    planned: PlannedOrders
    name: str = "suspension"

    @classmethod
    def over(
        cls,
        context: Context,
        number: Number = next_id,
        mails: Callable[[Context, Cases], Notices] = Notices,
    ) -> "SuspensionService":
        """Return the service with its collaborators; `number` names a new case, `mails` tells the
        client.
        """
        measures = Measures(
            context.gateways,
            context.estate,
            context.writer,
            context.config.suspension,
            secret=context.apart_from is not None,
        )
        steps = Steps(context, measures)
        cases = Cases(context, number)
        notices = mails(context, cases)
        guests = GuestRunner(context, measures, steps)
        proofs = EffectProofs(context, cases, steps, guests, notices)
        runner = Runner(context, cases, guests, notices, proofs)
        watch = DriftMonitor(context, cases, measures)
        debts = (EnteredDebts(), InvoiceDebts(context))
        planned = PlannedOrders(context, cases, notices, runner, measures, debts=debts)
        return cls(context, measures, cases, notices, runner, watch, planned)

    def handlers(self) -> Routes:
        """Return the handlers of requests about suspensions."""
        return Routes(
            context=self.context,
            cases=self.cases,
            notices=self.notices,
            runner=self.runner,
            watch=self.watch,
            measures=self.measures,
            planned=self.planned,
        )

    def routes(self) -> Sequence[web.RouteDef]:
        return self.handlers().table()

    async def run(self) -> None:
        """Resume open cases, carry out orders at their time, read configurations at intervals."""
        await self.cases.keep_terms()
        await self.runner.resume()
        try:
            async with asyncio.TaskGroup() as parts:
                parts.create_task(self.runner.resume_released())
                parts.create_task(self.planned.run())
                parts.create_task(self._look_at_what_stands())
        finally:
            await self.runner.close()

    async def _look_at_what_stands(self) -> None:
        while True:
            await self.watch.configurations()
            await self.runner.effect_proofs.look()
            await self.context.clock.sleep(self.context.config.suspension.check_seconds)

    async def polled(self, result: PollResult) -> None:
        """Check for drift, record the mail server's answers, and apply the passing of time."""
        self.runner.guests.polled(result)
        if result.error is None and result.snapshot is not None:
            await self._complete(result.cluster)
            await self.watch.poll(result.snapshot)
        await self.notices.follow()
        await self._time()

    async def _complete(self, cluster: str) -> None:
        """Carry out all services on a cluster that was out of reach at the order, and answers."""
        context = self.context
        for case in await store.read_open_cases(context.writer):
            plan = case.plan
            waits = plan.unseen_is == "later" and cluster in plan.unseen
            if not waits or case.state not in _COMPLETED or case.remedy is not None:
                continue
            there = await read_scope(
                context.world, context.config, case.tenant, context.clock.now(), besides=case.id
            )
            known = {guest.ref for guest in plan.guests}
            found = [
                await with_identity(guest, self.measures)
                for guest in there.planned()
                if guest.ref.cluster == cluster and guest.ref not in known
            ]
            event = ev.ClusterSeen(at=context.clock.now(), cluster=cluster, guests=tuple(found))
            await self.cases.observed(case.id, event)
            self.runner.start_or_stop_in_background(await store.load(context.writer, case.id))

    async def _time(self) -> None:
        if self.context.trust.unsettled:  # a right that was opened is not taken back
            return
        now = self.context.clock.now()
        for case in await store.read_open_cases(self.context.writer):
            if case.state not in STANDING or case.termination_open_at is not None:
                continue
            terms = await find_terms(self.context.writer, case.terms_version)
            count = None if terms is None else countdown(case, terms, now)
            if count is not None and count.open:
                await self.cases.observed(case.id, ev.TimePassed(at=now))


def build(context: Context) -> SuspensionService:
    """Build the service, acting on the configured clusters."""
    return SuspensionService.over(context)
