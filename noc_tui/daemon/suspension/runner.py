"""Carries out the orders of cases guest by guest, and resumes them after a crash.

One task per case. The case gets its result when every guest is done or, at the latest, after a
minute; guests that still wait then count as not suspended, and are reported when they are done.
"""

import asyncio
from dataclasses import dataclass, field
from functools import partial

from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.values import STANDING, Case, GuestId
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import Conflict
from noc_tui.daemon.core.supervision import is_unwritable
from noc_tui.daemon.suspension import store
from noc_tui.daemon.suspension.cases import Cases
from noc_tui.daemon.suspension.effect_proofs import EffectProofs, list_unproven, took_effect
from noc_tui.daemon.suspension.guest_runner import End, GuestRunner
from noc_tui.daemon.suspension.notice_delivery import Notices, refuse_held
from noc_tui.i18n import language
from noc_tui.kept_words import read_words
from storage import suspension as stored
from storage.change import Change

THROUGH = ("suspended", "configured", "asked")
"""The states of a guest on which everything was carried out."""
PATIENCE_SECONDS = 60.0
AGAIN_SECONDS = 2.0


@dataclass(slots=True)
class _Run:
    """A case under way, and how to make it stop at the next safe point."""

    task: "asyncio.Task[None]"
    stopping: asyncio.Event


@dataclass(slots=True)
class Runner:
    """Starts, resumes and stops the work on cases."""

    context: Context
    cases: Cases
    guests: GuestRunner
    notices: Notices
    effect_proofs: EffectProofs
    _runs: dict[str, _Run] = field(default_factory=dict)
    _looks: set["asyncio.Task[None]"] = field(default_factory=set)

    async def resume(self) -> None:
        """Resume the work on every open case."""
        for case in await store.read_open_cases(self.context.writer):
            await self.start_or_stop_work(case)
        await self.notices.follow()

    async def resume_released(self) -> None:
        """Take up what a lead releases after a restore, whenever that is."""
        known = self.context.held.hold
        while True:
            known = await self.context.held.moved(known)
            await self.resume()

    def start_or_stop_in_background(self, case: Case) -> None:
        """Call `start_or_stop_work` without waiting: work in progress may be minutes from a safe
        point.
        """
        task = asyncio.create_task(self.start_or_stop_work(case))
        self._looks.add(task)
        task.add_done_callback(partial(self._looked, case.id))

    def _looked(self, identifier: str, task: "asyncio.Task[None]") -> None:
        self._looks.discard(task)
        self._told_broken(identifier, task)

    async def start_or_stop_work(self, case: Case) -> None:
        """Start the work that the case's state requires, and stop work that it no longer
        requires.

        Nothing is begun on a case that is held since a restore.
        """
        if self.context.held.case(case.id):
            return await self.stop(case.id)
        if case.state in ("ordered", "executing"):
            await self._begin(case, back=False)
        elif case.state == "restoring":
            await self._begin(case, back=True)
        elif case.state in STANDING and await self._waiting(case):
            await self._begin(case, back=False)
        elif case.state not in STANDING:
            await self.stop(case.id)
        return None

    async def data_access(self, case: Case) -> None:
        """Lift the client's barrier on every held guest, or raise it again."""
        refuse_held(self.context, case.id)
        held = {(ref.cluster, ref.vmid) for ref in case.held}
        guests = {(row.ref.cluster, row.ref.vmid): row for row in case.plan.guests}
        for row in await stored.steps_of(self.context.writer, case.id):
            if (row.cluster, row.vmid) in held:
                guest = guests[(row.cluster, row.vmid)]
                found = await self.guests.steps.barrier(guest, row, lifted=case.data_access)
                if found is not None:
                    raise Conflict(f"{guest.ref}: {read_words(found.said, language())}")

    async def stop(self, identifier: str) -> None:
        """Stop the work on a case at its next safe point, and wait for it. A caller that is
        cancelled does not affect the work.
        """
        run = self._runs.get(identifier)
        if run is not None:
            run.stopping.set()
            await asyncio.wait({run.task})

    async def close(self) -> None:
        """Cancel all work when the daemon ends; the journal allows it to be resumed."""
        for look in self._looks:
            look.cancel()
        for run in self._runs.values():
            run.stopping.set()
            run.task.cancel()
        tasks = [*self._looks, *(run.task for run in self._runs.values())]
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _begin(self, case: Case, *, back: bool) -> None:
        """One work a case at any time: a guest is never brought both ways at once."""
        while case.id in self._runs:
            await self.stop(case.id)
        stopping = asyncio.Event()
        work = self._restore(case, stopping) if back else self._suspend(case, stopping)
        task = asyncio.create_task(work, name=f"suspension {case.id}")
        task.add_done_callback(partial(self._ended, case.id))
        self._runs[case.id] = _Run(task, stopping)

    def _ended(self, identifier: str, task: "asyncio.Task[None]") -> None:
        del self._runs[identifier]
        self._told_broken(identifier, task)

    def _told_broken(self, identifier: str, task: "asyncio.Task[None]") -> None:
        if task.cancelled() or (error := task.exception()) is None:
            return
        self.context.logger.error("a suspension broke off", case=identifier, exc_info=error)
        if is_unwritable(error):
            again = asyncio.create_task(self._look_when_writable(identifier))
            self._looks.add(again)
            again.add_done_callback(partial(self._looked, identifier))

    async def _look_when_writable(self, identifier: str) -> None:
        """Take a case up again that broke off because nothing could be written."""
        await self.context.writer.writable.wait()
        await self.context.clock.sleep(AGAIN_SECONDS)
        for case in await store.read_open_cases(self.context.writer):
            if case.id == identifier:
                await self.start_or_stop_work(case)

    async def _waiting(self, case: Case) -> bool:
        """Whether a guest is not through, or is and the case was not told before a crash."""
        rows = await stored.guests_of(self.context.writer, case.id)
        there = {(row.cluster, row.vmid): row.state for row in rows}
        for guest in case.plan.guests:
            if guest.ref in case.restored:
                continue
            state = there.get((guest.ref.cluster, guest.ref.vmid))
            if state in ("applying", "applying-waiting"):
                return True
            if state in THROUGH and guest.ref not in case.suspended:
                return True
        return False

    async def _suspend(self, case: Case, stopping: asyncio.Event) -> None:
        if case.state == "ordered":
            begun = ev.ExecutionBegan(at=self.context.clock.now())
            case = await self.cases.apply_event(case.id, begun)
        work = {
            asyncio.create_task(self.guests.suspend(case, guest, stopping)): guest.ref
            for guest in case.plan.guests
            if guest.ref not in case.restored
        }
        pending: set[asyncio.Task[End]] = set(work)
        patience = asyncio.ensure_future(self.context.clock.sleep(PATIENCE_SECONDS))
        try:
            await _all_or(pending, patience)
            while not stopping.is_set():
                done = {task for task in work if task.done()}
                await self._told(case, work, done)
                if len(done) == len(work):
                    break
                await asyncio.wait(work.keys() - done, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.gather(*work)
        finally:
            patience.cancel()
            for task in work:
                task.cancel()
            await asyncio.gather(patience, *work, return_exceptions=True)

    async def _told(
        self,
        case: Case,
        work: "dict[asyncio.Task[End], GuestId]",
        ended: "set[asyncio.Task[End]]",
    ) -> None:
        """Tell the case how its guests stand."""
        done = tuple(ref for task, ref in work.items() if task in ended and task.result() == "done")
        failed = tuple(ref for ref in work.values() if ref not in done)
        rows = await stored.steps_of(self.context.writer, case.id)
        started = took_effect(case, rows, done)
        if case.rehearsal and done:
            started = self.context.clock.now()
        event = ev.Executed(
            at=self.context.clock.now(),
            suspended=done,
            failed=failed,
            started_at=started,
            unproven=() if case.rehearsal else list_unproven(rows, done),
        )
        await self.cases.apply_event(case.id, event, self.effect_proofs.begin)
        await self.notices.send_owed(case.id)

    async def _restore(self, case: Case, stopping: asyncio.Event) -> None:
        aim = [guest for guest in case.plan.guests if guest.ref in case.restoring]
        ends = await asyncio.gather(*(self.guests.restore(case, guest, stopping) for guest in aim))
        if stopping.is_set():
            return
        back = tuple(
            guest.ref for guest, end in zip(aim, ends, strict=True) if end in ("done", "gone")
        )
        failed = tuple(guest.ref for guest in aim if guest.ref not in back)
        event = ev.Restored(at=self.context.clock.now(), restored=back, failed=failed)

        async def tell_client(change: Change, told: Case) -> Case:
            by = case.remedy.by if case.remedy else case.opened_by
            await self.notices.tell_restored(change, told, event, by)
            return told

        await self.cases.apply_event(case.id, event, tell_client)


async def _all_or(tasks: "set[asyncio.Task[End]]", patience: "asyncio.Future[None]") -> None:
    """Until every task is done, or patience ends."""
    while tasks and not patience.done():
        await asyncio.wait({*tasks, patience}, return_when=asyncio.FIRST_COMPLETED)  # type: ignore[type-var]  # tasks of two kinds of results
        tasks = {task for task in tasks if not task.done()}
