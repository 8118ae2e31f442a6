"""Months made at random, with what people decide of them: the statement and the figures that are
kept say what plain sums of the same facts say.
"""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from noc_tui.clock import SteppedClock
from noc_tui.contract.calendar import Month as ContractMonth
from noc_tui.daemon.availability.month_figures import refresh_kept_figures
from noc_tui.queries.record_check import INTACT_RECORD
from noc_tui.statement.build_statement import StatementFrame, statement
from noc_tui.statement.document import Statement
from storage.months import MonthFigure, figures
from storage.register import Register, TenantAmount, TenantPool, replace_register
from tests.daemon.availability.test_credit_decisions import Socket
from tests.daemon.monthend.served import opened
from tests.end_to_end.known_quarter.sums import Month, Spans, after, midnight
from tests.support.changes import recorded
from tests.support.inline import run_inline
from tests.support.played_estate import (
    STEP,
    Estate,
    context_of,
    guest,
    node,
    opened_writer,
    tenant,
)

pytestmark = pytest.mark.anyio

DAY, HOUR, SLACK = 86_400, 3_600, 60
FIRSTS = (date(2026, 3, 1), date(2026, 9, 1), date(2026, 10, 1), date(2027, 2, 1))
WHY = "as the client will read it"
QUICK = (1, 6, 22, 24)
"""Months whose two readings differ in what is left, or in the tier."""
SEEDS = [
    seed if seed in QUICK else pytest.param(seed, marks=pytest.mark.long) for seed in range(60)
]


class Chance(random.Random):
    """What happens in a month, at random, and close to the thresholds."""

    def month(self) -> Month:
        first = self.choice(FIRSTS)
        last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        ends = self.choice([None, first.replace(day=self.randint(21, 28))])
        seen, unknown = self.spans(midnight(first), after(last))
        return Month(
            first=first,
            last=last,
            seen=seen,
            unknown=unknown,
            negotiated=self.random() < 0.5,
            begins=self.choice([None, first.replace(day=self.randint(1, 20))]),
            ends=ends,
            confirmed=ends and self.choice([None, ends + timedelta(days=self.randint(-3, 8))]),
            amounts=self.choice([
                [],
                [(date(2025, 1, 1), Decimal(self.randint(100, 9_999_999)) / 100)],
                [(date(2025, 1, 1), Decimal("100.05")), (first.replace(day=10), Decimal(999))],
            ]),
            slack=SLACK,
        )  # fmt: skip

    def spans(self, start: int, end: int) -> tuple[Spans, Spans]:
        """Outages, and time of which nobody can tell; they keep apart. Most months are calm."""
        thousandth, hundredth = (end - start) // 1000, (end - start) // 100
        close = thousandth - self.randint(0, thousandth // 10)
        calm = self.random() < 0.7
        sizes = [180, 420, close] if calm else [600, 3 * HOUR, thousandth, hundredth]
        seen: Spans = []
        unknown: Spans = []
        at = start - 2 * DAY + self.randint(2, 60) * HOUR
        while at < end + DAY:
            lasts = self.choice(sizes) + self.choice([0, 0, 1, -1])
            self.choice([seen, seen, unknown]).append((at, at + lasts))
            at += lasts + self.randint(600, self.choice([14, 28] if calm else [2, 6, 12]) * DAY)
        return seen, unknown

    def near(self, month: Month) -> tuple[int, int]:
        """A span that people decide on: one that happened, or something like it, or days of it."""
        start, end = self.choice([*month.seen, *month.unknown])
        start += self.choice([0, 0, -HOUR, 60, self.randint(-DAY, DAY)])
        end = self.choice([end, end, end + HOUR, end - 30, start + self.randint(60, 9 * DAY)])
        end = min(end, after(month.last) + 2 * DAY)
        return (start, end) if end > start else (start, start + 600)


def text(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")


async def watch(estate: Estate, month: Month) -> None:
    """Look twice a day, and before, at and after each change."""
    begins = midnight(month.first) - 2 * DAY
    looks = set(range(begins, after(month.last) + 2 * DAY, 12 * HOUR))
    for start, end in (*month.seen, *month.unknown):
        looks |= {start - SLACK, start, start + 30, end - SLACK, end}
    for at in sorted(looks):
        status = "running"
        if any(start <= at < end for start, end in month.seen):
            status = "stopped"
        elif any(start < at < end for start, end in month.unknown):
            status = "unknown"
        estate.guests = {1: guest(1, "a", status=status)}
        estate.clock.at = datetime.fromtimestamp(at - STEP, UTC)
        await estate.poll()
    estate.clock.at = datetime.fromtimestamp(after(month.last) + 3 * DAY, UTC)


async def ask(socket: Socket, who: str, path: str, **body: object) -> Any:
    status, answer = await socket.ask(who, path, **body)
    assert status in (200, 201), (path, body, answer)
    return answer


async def decide(socket: Socket, chance: Chance, month: Month) -> None:
    """What the client measured, or an exclusion: agreed or declined, and perhaps withdrawn."""
    start, end = chance.near(month)
    measured = chance.random() < 0.3
    end = min(end, start + 1800) if measured else end
    span = {"start": text(start), "end": text(end), "reason": WHY}
    if measured:
        await ask(socket, "omar", "outages", tenant="a", **span)
        month.told.append((start, end))
        return
    shown = {"basis": "attack", "grounds": ["flow:41 Gbit/s"], **span}
    made = await ask(socket, "omar", "exclusions", tenants=["a"], **shown)
    (number,) = made["exclusions"] or made["proposed"]
    if made["proposed"]:
        if chance.random() < 0.2:
            await ask(socket, "olga", f"decisions/{number}/refusal", reason=WHY)
            return
        number = (await ask(socket, "olga", f"decisions/{number}/approval"))["exclusion"]
    if chance.random() < 0.25:
        await ask(socket, "olga", f"exclusions/{number}/withdrawal", reason=WHY)
    else:
        month.excluded.append((start, end))


def register(month: Month) -> Register:
    client = msgspec.structs.replace(
        tenant("a"),
        contract_start=month.begins or date(2025, 1, 1),
        contract_end=month.ends,
        notice_given=month.ends and month.first - timedelta(days=90),
        data_confirmed=month.confirmed,
        negotiated=month.negotiated or None,
    )
    return Register(
        tenants=[client],
        amounts=[TenantAmount("a", since, amount) for since, amount in month.amounts],
        pools=[TenantPool("rennes", "a", date(2020, 1, 1), None, "a")],
    )


def stated(found: Statement) -> dict[str, object]:
    """The statement's figures by the names of the sums."""
    cut, credit = found.cut_from_base, found.credit
    assert cut is not None
    return {
        "base": int(found.base_seconds),
        "raw down": int(found.raw.down_seconds),
        "counted": int(found.contractual.down_seconds),
        "unmeasured": int(found.unmeasured_seconds),
        "worst case": int(found.worst.down_seconds),
        "raw": found.raw.percent,
        "contractual": found.contractual.percent,
        "cut": cut.percent,
        "measured": found.coverage_percent,
        "worst": found.worst.percent,
        "straddles": found.straddles,
        "tier, whole base": cut.contractual_tier,
        "tier, cut base": cut.tier,
        "tier": credit.tier,
        "worst tier": found.worst_tier,
        "left": Decimal(found.budget_left_seconds),
        "amount": credit.monthly_amount and Decimal(credit.monthly_amount),
        "credit": credit.amount and Decimal(credit.amount),
    }


def kept(row: MonthFigure) -> dict[str, object]:
    """The same of what `nocd` keeps for the screens."""
    assert row.excluded is not None
    durations = {
        "base": row.base,
        "raw down": row.down,
        "counted": row.counted,
        "unmeasured": row.unmeasured,
        "worst case": row.worst,
        "excluded": row.excluded,
    }
    return {name: micros // 1_000_000 for name, micros in durations.items()}


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_month_is_what_plain_sums_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    run_inline(monkeypatch)
    chance = Chance(seed)
    month = chance.month()
    clock = SteppedClock(datetime.fromtimestamp(midnight(month.first) - 2 * DAY, UTC))
    writer = await opened_writer(tmp_path, clock)
    try:
        async with recorded(writer) as change:
            await replace_register(change, register(month))
        context = context_of(tmp_path, clock, writer)
        poll = msgspec.structs.replace(context.config.poll, stale_after=13.0 * HOUR)
        config = msgspec.structs.replace(context.config, poll=poll)
        context = replace(context, config=config)
        estate = Estate(context, clock, {}, {"pve1": node("pve1")})
        await watch(estate, month)
        async with opened(estate) as socket:
            for _ in range(chance.randint(0, 6)):
                await decide(socket, chance, month)
        if month.ends is not None and month.confirmed is None and chance.random() < 0.5:
            month.confirmed = month.ends + timedelta(days=1)
            async with recorded(writer) as change:
                await replace_register(change, register(month))
                await refresh_kept_figures(change, {"a"}, context)
        name = f"{month.first:%Y-%m}"
        async with writer.snapshot() as view:
            frame = StatementFrame("", context.terms)
            found = await statement(view, "a", ContractMonth.parse(name), frame, INTACT_RECORD)
        assert found is not None
        (row,) = [one for one in await figures(writer, name) if one.tenant == "a"]
        wanted = month.figures()
        for said in (stated(found), kept(row)):
            assert said == {title: wanted[title] for title in said}, (seed, month)
    finally:
        await writer.close()
