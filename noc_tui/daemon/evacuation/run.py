"""Carries out an evacuation: wave after wave, so many moves at once, whatever happens to one.

Each move is an intent of its own, written before Proxmox is asked. After a crash those that were
begun are settled first, and none is made twice. A guest that fails stays, and the rest goes on;
nothing more is begun once more than a third of a wave failed, when somebody asks for that, or, of
guests that stop on the way, outside of their maintenance window.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from noc_tui.contract.calendar import instant
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.evacuation.orders import (
    KIND,
    MOVE,
    MOVE_KIND,
    EvacuationIntent,
    EvacuationOutcome,
    OrderedMove,
    batch_of,
)
from noc_tui.daemon.evacuation.planner import how_of
from noc_tui.daemon.guests.act_kinds import MigrationIntent
from noc_tui.daemon.guests.guest_guards import subjects_of
from noc_tui.daemon.guests.order_execution import OrderExecution, OrderOutcome
from noc_tui.i18n import N_
from noc_tui.kept_words import keep_words
from storage import evidence, intents
from storage.change import Change
from storage.connection import Readable
from storage.intents import Intent
from storage.outages import MAINTENANCE, Maintenance

WINDOW_LOOK_SECONDS = 20.0
LONGEST_ABSENCE = timedelta(hours=1)
"""After so long without anything done the plan is too old to go on by itself."""
TOO_MANY = 3
"""One failure in so many moves of a wave is borne; more, and nothing more is begun."""
_STOPPED = N_("not begun: {name} asked to stop")
_FAILING = N_("not begun: too much of the wave before it failed")
_WINDOW_OVER = N_("not begun: its maintenance window was over, or called off")
_AWAY = N_("not begun: nocd was not there for more than an hour")
_GONE = N_("it was not on {node} any more")
_UNSEEN = N_("not begun: {cluster} has not been seen since nocd started")
_STARTED = N_("not begun: it was started meanwhile, and would stop on the way")
FIRST_POLL_SECONDS = 2.0


@dataclass(slots=True)
class EvacuationRun:
    """One evacuation on its way."""

    context: Context
    intent: Intent
    order: EvacuationIntent
    moved: list[int] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)
    stopped_by: str | None = None

    async def carry_out(self) -> None:
        """Every wave in turn, and then the outcome."""
        if self.intent.state == "pending":
            async with self.context.writer.change(evidence.program()) as change:
                await intents.move(change, self.intent.id, "doing")
        self.left = dict(self.order.staying)
        await self._see_cluster()
        halted, away = "", await self._was_away()
        for wave in sorted({move.wave for move in self.order.moves}):
            moves = [move for move in self.order.moves if move.wave == wave]
            if away and not any(move.how == "restart" for move in moves):
                await self._leave(moves, keep_words(_AWAY))
                continue
            halted = halted or await self._barred(moves)
            if halted:
                await self._leave(moves, halted)
                continue
            failures = len(self.failed)
            await self._carry_out_wave(moves)
            if (len(self.failed) - failures) * TOO_MANY > len(moves):
                halted = keep_words(_FAILING)
        await self._settle()

    async def _see_cluster(self) -> None:
        """Wait until a daemon that has just started has seen the cluster: it does not know before
        where any guest is. Given up on when the plan has become too old.
        """
        while self.order.cluster not in self.context.estate.snapshots:
            if await self._was_away() or self.order.cluster not in self.context.gateways:
                return
            await self.context.clock.sleep(FIRST_POLL_SECONDS)

    async def _was_away(self) -> bool:
        """Whether nothing was done for so long that guests which do not wait for a window stay."""
        moves = await intents.in_batch(self.context.writer, MOVE_KIND, batch_of(self.intent.id))
        last = max([self.intent.changed_at, *(one.changed_at for one in moves)])
        return self.context.clock.now() - last > LONGEST_ABSENCE

    async def _leave(self, moves: Sequence[OrderedMove], why: str) -> None:
        """Nothing more is begun of these; what an earlier run began is settled all the same."""
        for move in moves:
            if await self._known(move.vmid) is None:
                self.left[str(move.vmid)] = why
            else:
                await self._move(move)

    async def _barred(self, moves: Sequence[OrderedMove]) -> str:
        """Why a wave is not begun, in both languages; waits for the window of one that stops
        guests.
        """
        if await self._asked_to_stop():
            return keep_words(_STOPPED, name=self.stopped_by or "")
        if not any(move.how == "restart" for move in moves):
            return ""
        while (bounds := await self._window()) is not None:
            start, end = bounds
            now = self.context.clock.now()
            if now >= end:
                break
            if now >= start:
                return ""
            if await self._asked_to_stop():
                return keep_words(_STOPPED, name=self.stopped_by or "")
            await self.context.clock.sleep(WINDOW_LOOK_SECONDS)
        return keep_words(_WINDOW_OVER)

    async def _window(self) -> tuple[datetime, datetime] | None:
        """When its guests may stop; None without a window that is in force."""
        row = await announced_window(self.context.writer, self.order.window)
        return None if row is None else (instant(row.start), instant(row.end))

    async def _asked_to_stop(self) -> bool:
        row = await intents.INTENTS.get(self.context.writer, self.intent.id)
        kept = msgspec.json.decode((row and row.result) or "{}", type=EvacuationOutcome)
        self.stopped_by = kept.stopped_by
        return self.stopped_by is not None

    async def _carry_out_wave(self, moves: Sequence[OrderedMove]) -> None:
        turn = asyncio.Semaphore(self.order.at_once)

        async def one(move: OrderedMove) -> None:
            async with turn:
                await self._move(move)

        await asyncio.gather(*(one(move) for move in moves))

    async def _move(self, move: OrderedMove) -> None:
        known = await self._known(move.vmid)
        if known is not None and known.state in intents.OPEN:
            known = await self._settled(known)
            known = None if _never_begun(known) else known
        if known is None:
            written = await self._begin(move)
            if isinstance(written, str):
                self.left[str(move.vmid)] = written
                return
            known = await self._settled(written)
        if known.state == "done":
            self.moved.append(move.vmid)
        else:
            said = msgspec.json.decode(known.result or "{}", type=OrderOutcome).said
            self.failed[str(move.vmid)] = said or "?"

    async def _settled(self, move: Intent) -> Intent:
        """The move's intent once it is over, or nobody knows."""
        await OrderExecution(self.context, {MOVE_KIND: MOVE}).carry_out(move.id)
        ended = await intents.INTENTS.get(self.context.writer, move.id)
        return ended or move

    async def _begin(self, move: OrderedMove) -> Intent | str:
        """The intent of a move, or why it is not begun. Both are in one change: who asks to stop,
        or calls the window off, does so before it or after it.
        """
        actor = evidence.Actor(self.intent.uid, self.intent.account)
        async with self.context.writer.change(actor) as change:
            if why := await self._kept_back(move):
                return why
            number = await self._write(change, move)
        written = await intents.INTENTS.get(self.context.writer, number)
        if written is None:
            raise AssertionError("it was just written")
        return written

    async def _kept_back(self, move: OrderedMove) -> str:
        """Why a move is not begun now, in both languages; empty where it is. What was planned may
        have changed since: a guest went elsewhere, one that was off runs, its window is over.
        """
        if await self._asked_to_stop():
            return keep_words(_STOPPED, name=self.stopped_by or "")
        snapshot = self.context.estate.snapshots.get(self.order.cluster)
        if snapshot is None:
            return keep_words(_UNSEEN, cluster=self.order.cluster)
        guest = snapshot.guests.get(move.vmid)
        if guest is None or guest.node != self.order.node:
            return keep_words(_GONE, node=self.order.node)
        if how_of(guest) != "restart":
            return ""
        if move.how != "restart":
            return keep_words(_STARTED)
        return "" if await self._in_window() else keep_words(_WINDOW_OVER)

    async def _in_window(self) -> bool:
        bounds = await self._window()
        return bounds is not None and bounds[0] <= self.context.clock.now() < bounds[1]

    async def _known(self, vmid: int) -> Intent | None:
        """The move's intent that an earlier run of the daemon wrote."""
        found = await intents.in_batch(self.context.writer, MOVE_KIND, batch_of(self.intent.id))
        subject = f"guest:{self.order.cluster}/{vmid}"
        return next((one for one in reversed(found) if one.subject == subject), None)

    async def _write(self, change: Change, move: OrderedMove) -> int:
        guest = self.context.estate.guest(self.order.cluster, move.vmid)
        subject = f"guest:{self.order.cluster}/{move.vmid}"
        order = MigrationIntent(
            cluster=self.order.cluster,
            vmid=move.vmid,
            batch=batch_of(self.intent.id),
            at_once=self.order.at_once,
            source=self.order.node,
            target=move.target,
            running=guest.status != "stopped",
            with_disks=move.with_disks,
        )
        number = await intents.create(
            change,
            kind=MOVE_KIND,
            subject=subject,
            payload=order,
            uid=self.intent.uid,
            account=self.intent.account,
        )
        await change.record(
            f"{MOVE_KIND}.ordered",
            [*subjects_of(subject, guest.pool), self.intent.subject],
            {
                "intent": number,
                "evacuation": self.intent.id,
                "name": guest.name,
                "target": move.target,
                "how": move.how,
            },
            actor=evidence.Actor(self.intent.uid, self.intent.account),
        )
        return number

    async def _settle(self) -> None:
        """Commit how it went; it is done only where nothing failed and nothing that runs stays."""
        whole = not self.failed and not self.left
        text = N_("{moved} moved, {failed} failed, {left} left")
        said = keep_words(
            text,
            moved=str(len(self.moved)),
            failed=str(len(self.failed)),
            left=str(len(self.left)),
        )
        outcome = EvacuationOutcome(
            moved=tuple(sorted(self.moved)),
            failed=dict(sorted(self.failed.items())),
            left=dict(sorted(self.left.items())),
            stopped_by=self.stopped_by,
            said=said,
        )
        actor = evidence.Actor(self.intent.uid, self.intent.account)
        state = "done" if whole else "failed"
        async with self.context.writer.change(actor) as change:
            await intents.move(change, self.intent.id, state, outcome)
            await change.record(
                f"{KIND}.{state}",
                [self.intent.subject],
                {"intent": self.intent.id, **msgspec.to_builtins(outcome)},
                actor=actor,
            )


def _never_begun(move: Intent) -> bool:
    """Whether a move that an earlier run of the daemon left half way surely has no task."""
    outcome = msgspec.json.decode(move.result or "{}", type=OrderOutcome)
    return move.state == "failed" and outcome.upid is None


async def announced_window(db: Readable, number: int | None) -> Maintenance | None:
    """The window of an evacuation; None where it has none, or where it was called off."""
    row = None if number is None else await MAINTENANCE.get(db, number)
    return None if row is None or row.cancelled_at is not None else row


async def guests_were_stopped(db: Readable, number: int, order: EvacuationIntent) -> bool:
    """Whether a move that stops its guest was begun."""
    stopping = {f"guest:{order.cluster}/{one.vmid}" for one in order.moves if one.how == "restart"}
    begun = await intents.in_batch(db, MOVE_KIND, batch_of(number))
    return any(one.subject in stopping for one in begun)


def asked_to_stop(intent: Intent, name: str) -> EvacuationOutcome:
    """What is kept of an evacuation that is to begin nothing more."""
    kept = msgspec.json.decode(intent.result or "{}", type=EvacuationOutcome)
    return replace(kept, stopped_by=name)
