"""Sends each probe at its own pace, spread in time, and concludes only what can be concluded."""

import asyncio
import zlib
from collections.abc import Awaitable, Callable

from noc_tui.clock import Clock
from noc_tui.contract.calendar import SECOND
from noc_tui.daemon.core.observations import Observation, Round
from noc_tui.daemon.probing.probe_plan import PlannedProbe
from noc_tui.probing.canary import Canary
from noc_tui.probing.checks import ProbeResult, check
from storage.times import micros

Take = Callable[[Round, int], Awaitable[None]]
Silent = Callable[[str, int, int], Awaitable[None]]

PATIENCE = 2.5
"""A probe that has concluded nothing for so many of its intervals leaves a gap.

One that fails is still sent: where its limit and the canary's are longer than its interval, they
are its pace.
"""


class Sender:
    """Sends the planned probes; `take` is given what was seen, `silent` that nothing was."""

    def __init__(self, clock: Clock, canary: Canary, take: Take, silent: Silent) -> None:
        self._clock = clock
        self._canary = canary
        self._take = take
        self._silent = silent
        self._running: dict[PlannedProbe, asyncio.Task[None]] = {}

    def use_canary(self, canary: Canary) -> None:
        """Listen to this one from now on."""
        self._canary = canary

    def plan(self, probes: list[PlannedProbe]) -> None:
        """Send these from now on and no others; those that stay keep their pace."""
        for gone in self._running.keys() - set(probes):
            self._running.pop(gone).cancel()
        for new in set(probes) - self._running.keys():
            self._running[new] = asyncio.create_task(self._repeat(new))

    async def stop(self) -> None:
        """Stop all probes."""
        tasks = list(self._running.values())
        self.plan([])
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _repeat(self, probe: PlannedProbe) -> None:
        # Spread by name: the same probe keeps its place in the interval over restarts.
        share = zlib.crc32(probe.observer.encode()) / 2**32
        await self._clock.sleep(probe.interval * share)
        while True:
            due = self._clock.monotonic() + probe.interval
            await self.send(probe)
            await self._clock.sleep(due - self._clock.monotonic())

    async def send(self, probe: PlannedProbe) -> None:
        """Send a probe once and pass its result on."""
        at = micros(self._clock.now())
        limits = self._clock.during(probe.timeout + self._canary.timeout)
        tolerance = int(max(probe.interval, limits) * PATIENCE * SECOND)
        seen = await self._concluded(probe)
        if seen.good is None:
            await self._silent(probe.observer, micros(self._clock.now()), tolerance)
            return
        placed = {} if probe.source != probe.observer else {probe.source: (probe.tenant, "")}
        observed = Observation(probe.source, seen.good, seen.reason)
        await self._take(
            Round(probe.observer, at, [observed], placed, confirm=probe.confirm), tolerance
        )

    async def _concluded(self, probe: PlannedProbe) -> ProbeResult:
        seen = await check(probe.target, probe.timeout)
        if seen.good is False and not await self._canary.sings():
            return ProbeResult(None, "cut_off")
        return seen
