"""The events of a demo's estate in last month and this one, before anybody opened the console.

Last month is told by its days; what is recent by how long ago it was. One of each thing that the
contract tells apart: the hoster's fault and the client's own, announced work, an hour that nobody
measured, a lost node that put nobody out, a credit that waits for an answer, and an incident that
somebody has yet to close.
"""

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from noc_tui.contract.attribution import Party
from noc_tui.contract.calendar import PARIS, Month
from noc_tui.demo_history.player import HistoryPlayer
from noc_tui.i18n import _
from storage.times import micros

PACE = timedelta(seconds=10)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

Happens = Callable[[HistoryPlayer], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Act:
    """Something happens at an instant."""

    at: datetime
    happens: Happens


def story(tenants: Sequence[str], now: datetime) -> list[Act]:
    """All that happened before `now` to those tenants (ids), in order; nothing without tenants."""
    if not tenants:
        return []
    cast = [tenants[place % len(tenants)] for place in range(9)]
    this = Month.of(micros(now))
    acts = [*_last_month(cast, this.previous), *_lately(cast, now), *_claimed(cast[0], this)]
    return sorted((act for act in acts if act.at < now), key=lambda act: act.at)


def _last_month(cast: Sequence[str], month: Month) -> Iterator[Act]:
    def at(day: int, hour: int, minute: int) -> datetime:
        local = datetime(month.year, month.month, day, hour, minute, tzinfo=PARIS)
        return local.astimezone(UTC)

    yield Act(at(2, 10, 0), _supplied("Windows Server 2022 Standard", cast[1]))
    yield from _out(cast[0], at(9, 21, 4), 54)
    yield from _worked_on(
        cast[0],
        at(9, 21, 7),
        Party.HOSTER,
        _("the transit provider withdrew our routes; confirmed by its operations centre"),
    )
    yield from _out(cast[1], at(17, 10, 30), 95)
    yield from _worked_on(
        cast[1],
        at(17, 10, 41),
        Party.CLIENT,
        _("a rule of the client's own firewall closed the port; it opened it again"),
    )
    window = (at(21, 2, 0), at(21, 3, 0))
    title, why = _("New firmware of the switches"), _("the maker's security fix")
    planned = _planned(title, window, cast[2:4], why)
    yield Act(at(14, 9, 20), planned)
    for tenant in dict.fromkeys(cast[2:4]):
        yield from _out(tenant, at(21, 2, 6), 21)
    yield Act(at(25, 15, 10), HistoryPlayer.look)
    yield Act(at(25, 15, 22), HistoryPlayer.look_after_silence)


def _lately(cast: Sequence[str], now: datetime) -> Iterator[Act]:
    minute = now.replace(second=0, microsecond=0)
    lost = minute - 6 * DAY - 5 * HOUR
    yield Act(lost - PACE, HistoryPlayer.look)
    yield Act(lost, HistoryPlayer.lose_a_node)
    yield Act(lost + PACE, HistoryPlayer.look)
    yield Act(lost + 14 * MINUTE - PACE, HistoryPlayer.look)
    yield Act(lost + 14 * MINUTE, HistoryPlayer.find_the_node)
    yield from _closed(lost + 4 * MINUTE, "", _("power supply replaced; guests came back by HA"))

    yield Act(minute - 5 * DAY, HistoryPlayer.look)
    yield Act(minute - 5 * DAY + 8 * MINUTE, HistoryPlayer.look_after_silence)
    ours = [
        (cast[4], 4 * DAY + 2 * HOUR, 47, _("a wrong route after our change that evening")),
        (cast[5], 2 * DAY + 7 * HOUR, 31, _("a line card failed; traffic moved to its neighbour")),
    ]
    for tenant, ago, minutes, why in ours:
        yield from _out(tenant, minute - ago, minutes)
        yield from _worked_on(tenant, minute - ago + 3 * MINUTE, Party.HOSTER, why)
    theirs = minute - 3 * DAY - 4 * HOUR
    yield from _out(cast[1], theirs, 70)
    yield from _worked_on(
        cast[1],
        theirs + 6 * MINUTE,
        Party.CLIENT,
        _("the client moved its site to another provider, and back"),
    )
    yield from _out(cast[6], minute - 26 * HOUR, 18)
    taken = minute - 26 * HOUR + 3 * MINUTE
    yield _step(taken, "olga", "ack", "", cast[6])
    said = _("the client was called: its site answers again, the cause is not known yet")
    yield _step(taken + 20 * MINUTE, "olga", "note", said, cast[6])
    tomorrow = (minute + 2 * DAY, minute + 2 * DAY + HOUR)
    title, why = _("More memory in two nodes"), _("the guests are moved one by one")
    yield Act(minute - 20 * HOUR, _planned(title, tomorrow, cast[7:9], why))


def _claimed(tenant: str, this: Month) -> Iterator[Act]:
    """The client that last month's outage cost the most asks for its credit on the third."""
    at = datetime(this.year, this.month, 3, 10, 12, tzinfo=PARIS).astimezone(UTC)

    async def claim(stage: HistoryPlayer) -> None:
        await stage.claim("omar", tenant, this.previous, "T-2041")

    yield Act(at, claim)


def _out(tenant: str, start: datetime, minutes: int) -> Iterator[Act]:
    """It is not reached from outside for so many minutes; a look each ten seconds knows bounds."""
    end = start + minutes * MINUTE

    async def unreach(stage: HistoryPlayer) -> None:
        await stage.unreach(tenant)

    async def reach(stage: HistoryPlayer) -> None:
        await stage.reach(tenant)

    yield Act(start - PACE, HistoryPlayer.look)
    yield Act(start, unreach)
    yield Act(start + PACE, HistoryPlayer.look)
    yield Act(end - PACE, HistoryPlayer.look)
    yield Act(end, reach)


def _worked_on(tenant: str, at: datetime, party: Party, why: str) -> Iterator[Act]:
    """Taken at `at`; two hours later it is known whose it was, and the incident closed."""

    async def attribute(stage: HistoryPlayer) -> None:
        await stage.attribute("omar", tenant, party, why)

    yield Act(at + 2 * HOUR, attribute)
    yield from _closed(at, tenant, why)


def _closed(at: datetime, about: str, found: str) -> Iterator[Act]:
    """Acknowledged, explained, resolved, and reviewed by a lead the next day."""
    yield _step(at, "omar", "ack", "", about)
    yield _step(at + 110 * MINUTE, "omar", "note", found, about)
    yield _step(at + 2 * HOUR + MINUTE, "omar", "resolve", "", about)
    yield _step(at + 14 * HOUR, "lea", "review", "", about)


def _step(at: datetime, who: str, verb: str, text: str, about: str) -> Act:
    async def step(stage: HistoryPlayer) -> None:
        await stage.step(who, verb, text, about=about)

    return Act(at, step)


def _supplied(product: str, left_out: str) -> Happens:
    return lambda stage: stage.supply_licences("lea", product, left_out)


def _planned(
    title: str, window: tuple[datetime, datetime], tenants: Sequence[str], why: str
) -> Happens:
    async def plan(stage: HistoryPlayer) -> None:
        await stage.plan("olga", title, window, list(dict.fromkeys(tenants)), why)

    return plan
