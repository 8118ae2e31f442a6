"""Probes our end of tenants' VPNs and the firewalls in front of them, beside availability.

Whether a tenant is available is measured by the probes of the register (`noc_tui.daemon.probing`);
what is probed here decides nothing there.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from noc_tui.contract.calendar import Month, micros
from noc_tui.contract.edges import SILENT, EdgeFinding, follow_edge
from noc_tui.contract.resources import Tally
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.promises.resource_watch import MISSED, month_row, tally_of
from noc_tui.probing.canary import Canary
from noc_tui.probing.checks import ProbeResult, check
from noc_tui.probing.target import Target
from storage.change import Change
from storage.cloud_edges import EDGE_SEEN, EDGE_STATES, CloudEdge, EdgeState, watched_edges
from storage.resources import WATCH_MONTHS
from storage.tables import Key

AT_ONCE = 8
"""So many endpoints are probed at the same time."""
FAILURES = 2
"""So many probes in a row that fail are a silence, unless `[probing] failures` says otherwise."""

REFUSALS = frozenset({"econnrefused", "econnreset", "epipe"})
"""Of a tenant's network these are answers; of a VPN or a firewall they say that its service is not
there."""

Probe = Callable[[Target], Awaitable[ProbeResult]]


@dataclass(slots=True)
class EdgeWatch:
    """Probes each watched endpoint once an interval of `[probing]`."""

    context: Context
    _looked_at: float | None = field(default=None)

    async def run(self) -> None:
        """Probe until cancelled."""
        while True:
            await self.look()
            await self.context.clock.sleep(self.context.config.probing.interval)

    async def look(self) -> list[EdgeState]:
        """Probe every endpoint once; returns what is known of them now."""
        edges = await watched_edges(self.context.world)
        known = {EDGE_STATES.key_of(row): row for row in await EDGE_STATES.read(self.context.world)}
        seconds = self._elapsed()
        if not edges and not known:
            return []
        probe = self._prober()
        free = asyncio.Semaphore(AT_ONCE)

        async def send(edge: CloudEdge) -> ProbeResult:
            async with free:
                return await probe(Target.parse(edge.target))

        results = await asyncio.gather(*map(send, edges))
        now = self.context.clock.now()
        async with self.context.writer.change(itself()) as change:
            states = [
                self._follow(edge, known.get((edge.tenant, edge.kind, edge.target)), result, now)
                for edge, result in zip(edges, results, strict=True)
            ]
            await _put_states(change, known, states)
            await _write_month(change, list(zip(states, results, strict=True)), seconds, now)
        return states

    def _elapsed(self) -> int:
        """Whole seconds that this round stands for; none for the first of a run."""
        at, before = self.context.clock.monotonic(), self._looked_at
        self._looked_at = at
        if before is None:
            return 0
        return round(min(at - before, MISSED * self.context.config.probing.interval))

    def _prober(self) -> Probe:
        """A probe that concludes a silence only where the canary shows that we are connected."""
        config = self.context.config
        timeout = config.probing.timeout
        canary = Canary([Target.parse(one.target) for one in config.canaries], timeout)

        async def probe(target: Target) -> ProbeResult:
            found = await check(target, timeout)
            if found.reason in REFUSALS:
                return ProbeResult(False, found.reason)
            if found.good is False and not await canary.sings():
                return ProbeResult(None, "cut_off")
            return found

        return probe

    def _follow(
        self, edge: CloudEdge, before: EdgeState | None, result: ProbeResult, now: datetime
    ) -> EdgeState:
        was = None
        if before is not None:
            was = EdgeFinding(before.state, before.since, before.failures, before.failing_since)
        confirm = self.context.config.probing.failures or FAILURES
        found = follow_edge(was, result.good, now, confirm)
        return EdgeState(
            tenant=edge.tenant,
            kind=edge.kind,
            target=edge.target,
            state=found.state,
            since=found.since,
            checked_at=now,
            failures=found.failures,
            failing_since=found.failing_since,
            reason=result.reason,
        )


async def _put_states(
    change: Change, known: Mapping[Key, EdgeState], states: Sequence[EdgeState]
) -> None:
    """Keep what was found; what became another has an entry, and so has what is watched no more.

    Rows of a version that recorded none of them are put anew.
    """
    ever = await change.rows("SELECT 1 FROM evidence WHERE kind = ? LIMIT 1", (EDGE_SEEN,))
    found = {EDGE_STATES.key_of(state): state for state in states}
    for key in sorted(known.keys() - found.keys() if ever else known):
        over = await _record(change, known[key], "ended")
        await change.remove(EDGE_STATES, [key], by=over)
    for key, state in found.items():
        before = known.get(key) if ever else None
        same = before is not None and (before.state, before.since) == (state.state, state.since)
        entry = None if same else await _record(change, state, state.state)
        await change.put(EDGE_STATES, [state], by=entry)


async def _record(change: Change, edge: EdgeState, became: str) -> int:
    payload = {"kind": edge.kind, "target": edge.target, "state": became, "since": edge.since}
    return await change.record(EDGE_SEEN, [f"tenant:{edge.tenant}"], payload)


async def _write_month(
    change: Change,
    looks: Sequence[tuple[EdgeState, ProbeResult]],
    seconds: int,
    now: datetime,
) -> None:
    """Add the round to the month: known to answer, known not to, or unknown."""
    month = str(Month.of(micros(now)))
    rows = []
    for state, result in looks:
        subject = f"edge:{state.target}"
        before = await WATCH_MONTHS.get(change, month, state.tenant, subject, state.kind)
        tally = _add_probe(tally_of(before), state, result, seconds)
        rows.append(month_row(month, state.tenant, subject, state.kind, tally, threshold=None))
    await change.put(WATCH_MONTHS, rows)


def _add_probe(tally: Tally, state: EdgeState, result: ProbeResult, seconds: int) -> Tally:
    if result.good is None:
        return Tally(tally.known, tally.unknown + seconds, tally.bad)
    bad = seconds if state.state == SILENT else 0
    return Tally(tally.known + seconds, tally.unknown, tally.bad + bad)
