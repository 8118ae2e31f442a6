"""Takes one guest through its steps, with retries, and shows its progress to consoles."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from noc_tui.contract.suspension.schedule import is_over
from noc_tui.contract.suspension.values import BARRIER, Case, PlannedGuest
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.core.service import PollResult
from noc_tui.daemon.suspension import store
from noc_tui.daemon.suspension.failures import Trouble
from noc_tui.daemon.suspension.planner import Measures, order_of
from noc_tui.daemon.suspension.steps import ASKED, CONFIGURED, Steps
from noc_tui.i18n import N_
from noc_tui.kept_words import keep_both, keep_words
from noc_tui.labels.formats import clock_time
from storage import suspension as stored
from storage.suspension import SUSPENDED_GUESTS, StepRow, SuspendedGuest

End = Literal["done", "failed", "gone", "stopped"]
Once = Callable[[], Awaitable[Trouble | None]]


def guest_state(rows: Sequence[StepRow]) -> str:
    """Return `configured`, `asked` or `suspended`, by how a guest's means are known to work."""
    proofs = {row.proof for row in rows if row.means != BARRIER} or {row.proof for row in rows}
    if CONFIGURED in {row.proof for row in rows}:
        return "configured"
    return "asked" if proofs == {ASKED} else "suspended"


@dataclass(slots=True, eq=False)
class _Waiting:
    """A guest that waits for the next try; `before` is what the polls saw of it at the last one."""

    guest: PlannedGuest
    before: object
    woken: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(slots=True)
class GuestRunner:
    """Suspends and restores single guests, a limited number per node at a time."""

    context: Context
    measures: Measures
    steps: Steps
    _limits: dict[str, asyncio.Semaphore] = field(default_factory=dict)
    _waiting: list[_Waiting] = field(default_factory=list)
    _unseen: set[str] = field(default_factory=set)

    async def suspend(self, case: Case, guest: PlannedGuest, stopping: asyncio.Event) -> End:
        """Apply every action in order, and wait while a retry may succeed.

        A means that waits for the guest's node keeps none back that needs no node: HA would start
        the guest elsewhere, with nothing of the order in force.
        """

        async def tell(detail: str) -> None:
            await self.say(case, guest, "applying", detail)

        async def once() -> Trouble | None:
            waits: Trouble | None = None
            for position, means in enumerate(order_of(case)):
                step = await self.steps.begun(case, guest, position, means)
                if means == BARRIER and case.data_access and step.state == "done":
                    continue
                if waits is not None and not await self._needs_no_node(case, guest, means):
                    continue
                if step.state != "done" and is_over(case, self.context.clock.now()):
                    over = keep_words(N_("the window of the maintenance is over"))
                    return Trouble("stop", over)
                found = await self.steps.apply(case, guest, step, tell)
                if found is not None and not (found.kind == "wait" and found.away):
                    return waits or found
                waits = waits or found
            return waits

        return await self._until_over(case, guest, stopping, once, "applying", "suspended")

    async def restore(self, case: Case, guest: PlannedGuest, stopping: asyncio.Event) -> End:
        """Undo every step that was begun, the last one first.

        A step that waits for the guest's node keeps none back that needs no node.
        """

        async def tell(detail: str) -> None:
            await self.say(case, guest, "restoring", detail)

        async def once() -> Trouble | None:
            rows = await stored.steps_of(self.context.writer, case.id)
            mine = [
                row
                for row in rows
                if (row.cluster, row.vmid) == (guest.ref.cluster, guest.ref.vmid)
            ]
            waits: Trouble | None = None
            for step in sorted(mine, key=lambda row: -row.position):
                if waits is not None and not await self._needs_no_node(case, guest, step.means):
                    continue
                found = await self.steps.undo(case, guest, step, tell)
                if found is not None and not (found.kind == "wait" and found.away):
                    return waits or found
                waits = waits or found
            return waits

        return await self._until_over(case, guest, stopping, once, "restoring", "restored")

    async def _until_over(
        self,
        case: Case,
        guest: PlannedGuest,
        stopping: asyncio.Event,
        once: Once,
        doing: str,
        done: str,
    ) -> End:
        """Its end; what nobody foresaw is this guest's own failure, and not that of the others."""
        try:
            return await self._tried(case, guest, stopping, once, doing, done)
        except Exception as error:
            self.context.logger.error("a guest broke off", guest=str(guest.ref), exc_info=error)
            await self.say(case, guest, f"{doing}-failed", repr(error))
            return "failed"

    async def _tried(
        self,
        case: Case,
        guest: PlannedGuest,
        stopping: asyncio.Event,
        once: Once,
        doing: str,
        done: str,
    ) -> End:
        waits, tried = 0, False
        while not stopping.is_set():
            async with self._limit(guest):
                if not tried:
                    await self.say(case, guest, doing)
                tried, before = True, self._seen(guest)
                found = await once()
            if found is None:
                state = done if doing == "restoring" else await self._standing(case, guest)
                await self.say(case, guest, state, await self._noted(case, guest))
                return "done"
            if found.kind != "wait":
                return await self._given_up(case, guest, doing, found)
            seconds = self._pause(waits)
            again = self.context.clock.now() + timedelta(seconds=seconds)
            text = N_("{reason} · next try at {time}, or as soon as a poll sees a change")
            detail = keep_words(text, reason=found.said, time=clock_time(again))
            await self.say(case, guest, f"{doing}-waiting", detail)
            woken = await self._rest(stopping, guest, before, seconds)
            waits = 0 if woken else waits + 1
        return "stopped"

    async def _given_up(self, case: Case, guest: PlannedGuest, doing: str, found: Trouble) -> End:
        """What a person must mend. A guest on which a part of the order is in force is not told as
        one on which nothing is.
        """
        if found.kind == "gone":
            await self.say(case, guest, "gone", found.said)
            return "gone"
        applying = doing == "applying" and not case.rehearsal
        held = await self._in_force(case, guest) if applying else []
        if not held:
            await self.say(case, guest, f"{doing}-failed", found.said)
            return "failed"
        terms = await store.terms_of(self.context.writer, case)
        labels = [terms.means_of(means).label for means in held if means != BARRIER]
        barrier = [keep_words(N_("the client's barrier"))] if BARRIER in held else []
        names = barrier + [keep_both(label.en, label.fr) for label in labels]
        text = N_("in force: {means} · not in force: {reason}")
        detail = keep_words(text, means=", ".join(names), reason=found.said)
        # The barrier alone leaves the guest as it was.
        state = "applying-failed" if held == [BARRIER] else "applying-partly"
        await self.say(case, guest, state, detail)
        return "failed"

    async def _standing(self, case: Case, guest: PlannedGuest) -> str:
        """How a guest stands on which everything was carried out: in force once that is known."""
        here = (guest.ref.cluster, guest.ref.vmid)
        rows = await stored.steps_of(self.context.writer, case.id)
        return guest_state([row for row in rows if (row.cluster, row.vmid) == here])

    async def refresh(self, case: Case, guest: PlannedGuest) -> None:
        """Say anew how a guest stands, and why, after a look at what was carried out on it."""
        await self.say(
            case, guest, await self._standing(case, guest), await self._noted(case, guest)
        )

    async def _in_force(self, case: Case, guest: PlannedGuest) -> list[str]:
        """The means that hold on the guest."""
        here = (guest.ref.cluster, guest.ref.vmid)
        rows = await stored.steps_of(self.context.writer, case.id)
        return [
            row.means for row in rows if (row.cluster, row.vmid) == here and row.state == "done"
        ]

    async def _needs_no_node(self, case: Case, guest: PlannedGuest, means: str) -> bool:
        if case.rehearsal:
            return False
        terms = await store.terms_of(self.context.writer, case)
        return self.measures.needs_no_node(guest, means, terms)

    def polled(self, result: PollResult) -> None:
        """Wake whoever waits for a guest of which this poll sees something else than before."""
        if result.error is not None:
            self._unseen.add(result.cluster)
            return
        self._unseen.discard(result.cluster)
        for waiting in self._waiting:
            if self._has_changed(waiting.guest, waiting.before):
                waiting.woken.set()

    def _has_changed(self, guest: PlannedGuest, before: object) -> bool:
        seen = self._seen(guest)
        return seen is not None and seen != before

    def _seen(self, guest: PlannedGuest) -> object:
        """What the polls see of what an order waits for: quorum, the guest's place, its node, its
        lock, how far HA is with it. None while the cluster or the guest is not seen.
        """
        snapshot = self.context.estate.snapshots.get(guest.ref.cluster)
        row = None if snapshot is None else snapshot.guests.get(guest.ref.vmid)
        if snapshot is None or row is None or guest.ref.cluster in self._unseen:
            return None
        node = snapshot.nodes.get(row.node)
        status = None if node is None else node.status
        return snapshot.quorate, row.node, status, row.lock, row.ha_state

    async def say(self, case: Case, guest: PlannedGuest, state: str, detail: str = "") -> None:
        """Write the guest's progress if it changed."""
        key = (case.id, guest.ref.cluster, guest.ref.vmid)
        known = await SUSPENDED_GUESTS.get(self.context.writer, *key)
        if known is not None and (known.state, known.detail) == (state, detail):
            return
        async with self.context.writer.change(itself()) as change:
            row = SuspendedGuest(*key, guest.name, state, detail, change.at)
            await change.put(SUSPENDED_GUESTS, [row])

    def _limit(self, guest: PlannedGuest) -> asyncio.Semaphore:
        size = self.context.config.suspension.guests_per_node
        return self._limits.setdefault(self.measures.node_of(guest), asyncio.Semaphore(size))

    async def _noted(self, case: Case, guest: PlannedGuest) -> str:
        """What was noted on the way, e.g. what somebody else changed and is left as it is."""
        if case.rehearsal:
            return ""
        rows = await stored.steps_of(self.context.writer, case.id)
        here = (guest.ref.cluster, guest.ref.vmid)
        mine = [row for row in rows if (row.cluster, row.vmid) == here]
        text = N_("not seen to work: {why}")
        doubts = [keep_words(text, why=row.doubt) for row in mine if row.doubt]
        return "; ".join([*doubts, *(row.said for row in mine if row.said)])

    def _pause(self, waited: int) -> float:
        """Seconds until the next try: longer each time, to twentyfold."""
        factor: int = min(2 ** min(waited, 5), 20)
        return self.context.config.suspension.retry_seconds * factor

    async def _rest(
        self, stopping: asyncio.Event, guest: PlannedGuest, before: object, seconds: float
    ) -> bool:
        """Until the next try, until a poll sees something else of the guest than `before` (True
        then), or until the case is to stop.
        """
        waiting = _Waiting(guest, before)
        self._waiting.append(waiting)
        if self._has_changed(guest, before):
            waiting.woken.set()
        waits = {
            asyncio.ensure_future(self.context.clock.sleep(seconds)),
            asyncio.ensure_future(stopping.wait()),
            asyncio.ensure_future(waiting.woken.wait()),
        }
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            return waiting.woken.is_set()
        finally:
            self._waiting.remove(waiting)
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)
