"""Three months of twelve tenants: the program says what was worked out on paper, to the second and
the cent.

`paper.md` was written from the reading of the contract alone; the statements and `sla list` of the
played quarter must say the same.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from noc_tui.clock import SteppedClock
from noc_tui.config.values import Poll, Probe, Smtp
from noc_tui.contract.calendar import Month
from noc_tui.contract.instants import format_seconds
from noc_tui.queries.record_check import INTACT_RECORD
from noc_tui.statement.build_statement import StatementFrame, statement
from noc_tui.statement.document import Statement
from storage.month_closes import ClosedFigure, closings_of
from storage.months import MonthFigure, figures
from storage.register import Register, Tenant, TenantAmount, TenantPool, replace_register
from storage.verdict import Verdict
from storage.verify import verify
from tests.daemon.monthend.served import opened
from tests.end_to_end.known_quarter import paper
from tests.end_to_end.known_quarter.play import TOLERANCE, Play
from tests.end_to_end.known_quarter.script import BEGINS, PARIS, at
from tests.support.changes import recorded
from tests.support.commands import call_in_thread
from tests.support.inline import run_inline
from tests.support.played_estate import Estate, context_of, opened_writer, tenant

pytestmark = pytest.mark.anyio

NAMES = "abcdefghijkl"
SINCE = date(2025, 1, 1)
AMOUNTS = {
    "a": {SINCE: "1000.00"},
    "b": {SINCE: "1234.45"},
    "c": {SINCE: "800.00", date(2026, 10, 1): "950.00", date(2026, 11, 16): "1100.00"},
    "d": {date(2026, 9, 16): "499.99"},
    "e": {SINCE: "700.00"},
    "f": {SINCE: "2000.00"},
    "g": {SINCE: "2000.00"},
    "i": {SINCE: "650.00"},
    "j": {SINCE: "1500.00"},
    "k": {SINCE: "900.00"},
    "l": {SINCE: "300.00"},
}
PARTICULARS: dict[str, dict[str, Any]] = {
    "b": {"endpoints": ("tcp://192.0.2.1:443",)},
    "d": {
        "contract_start": date(2026, 9, 16),
        "notice_given": date(2026, 9, 17),
        "contract_end": date(2026, 11, 20),
    },
    "e": {"notice_given": date(2026, 8, 3), "contract_end": date(2026, 11, 10)},
    "f": {"negotiated": True},
    "i": {"notice_given": date(2026, 7, 20), "contract_end": date(2026, 10, 31)},
}


def registered(name: str) -> Tenant:
    return msgspec.structs.replace(tenant(name), **PARTICULARS.get(name, {}))


REGISTER = Register(
    tenants=[registered(name) for name in NAMES],
    amounts=[
        TenantAmount(name, day, Decimal(amount))
        for name, days in AMOUNTS.items()
        for day, amount in days.items()
    ],
    pools=[TenantPool("rennes", name, date(2020, 1, 1), None, name) for name in NAMES],
)


@asynccontextmanager
async def playing(folder: Path) -> AsyncIterator[Play]:
    """The play on its stage, before the first look."""
    clock = SteppedClock(at(BEGINS))
    writer = await opened_writer(folder, clock)
    try:
        async with recorded(writer) as change:
            await replace_register(change, REGISTER)
        context = context_of(folder, clock, writer)
        config = msgspec.structs.replace(
            context.config,
            poll=Poll(fast=60.0, stale_after=TOLERANCE / 1_000_000),
            probes=(Probe(name="www", tenant="b", target="tcp://192.0.2.1:443"),),
            smtp=Smtp(host="localhost", sender="noc@example.fr"),
        )
        estate = Estate(replace(context, config=config), clock, {}, {})
        async with opened(estate) as socket:
            yield Play(estate, socket, REGISTER)
    finally:
        await writer.close()


async def read(play: Play, name: str, month: str) -> Statement:
    frame = StatementFrame("", play.estate.context.terms)
    async with play.writer.snapshot() as view:
        found = await statement(view, name, Month.parse(month), frame, INTACT_RECORD)
    assert found is not None
    return found


def told(found: Statement) -> dict[str, str]:
    """A statement's figures under the titles of the tables on paper."""
    credit, cut = found.credit, found.cut_from_base
    assert cut is not None
    return {
        "seconds: base": found.base_seconds,
        "seconds: raw down": found.raw.down_seconds,
        "seconds: counted": found.contractual.down_seconds,
        "seconds: unmeasured": found.unmeasured_seconds,
        "seconds: worst case": found.worst.down_seconds,
        "seconds: budget left": found.budget_left_seconds,
        "rates: raw": found.raw.percent or "none",
        "rates: contractual": found.contractual.percent or "none",
        "rates: excluded cut out": cut.percent or "none",
        "rates: measured": found.coverage_percent or "none",
        "rates: worst case": found.worst.percent or "none",
        "rates: bounds straddle": "yes" if found.straddles else "no",
        "credit: tier, whole base": str(cut.contractual_tier),
        "credit: tier, cut base": str(cut.tier),
        "credit: tier credited": str(credit.tier),
        "credit: worst case tier": str(found.worst_tier),
        "credit: monthly amount": credit.monthly_amount or "unknown",
        "credit: credit": credit.amount or "unknown",
    }


def listed_figures(line: dict[str, Any]) -> dict[str, str]:
    """The same of a line of `sla list`."""
    cut = line["cut_from_base"]
    return {
        "seconds: raw down": line["raw"]["down_seconds"],
        "seconds: counted": line["contractual"]["down_seconds"],
        "seconds: budget left": line["budget_left_seconds"],
        "rates: raw": line["raw"]["percent"] or "none",
        "rates: contractual": line["contractual"]["percent"] or "none",
        "rates: excluded cut out": cut["percent"] or "none",
        "rates: measured": line["coverage_percent"],
        "credit: tier, whole base": str(cut["contractual_tier"]),
        "credit: tier, cut base": str(cut["tier"]),
        "credit: tier credited": str(line["tier"]),
        "credit: worst case tier": str(line["worst_tier"]),
        "credit: credit": line["amount"] or "unknown",
    }


def differences(month: str, found: dict[str, dict[str, str]]) -> list[str]:
    """What the program says otherwise than the paper."""
    on_paper = paper.figures(month)
    assert on_paper.keys() == set(NAMES)
    return [
        f"{month} {name.upper()} {title}: paper {on_paper[name][title]}, program {said}"
        for name, row in found.items()
        for title, said in row.items()
        if on_paper[name][title] != said
    ]


async def test_a_quarter_is_what_was_worked_out_on_paper(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_inline(monkeypatch)
    async with playing(tmp_path) as play:
        await play.until("states then")
        for month in paper.MONTHS:
            now = {
                name: one["state"] for name, one in (await listed(tmp_path, play, month)).items()
            }
            assert now == on_day(month, "2 December")
        await play.until("the end")
        for month in paper.MONTHS:
            stated = {name: await read(play, name, month) for name in NAMES}
            lines = await listed(tmp_path, play, month)
            assert differences(month, {key: told(one) for key, one in stated.items()}) == []
            assert (
                differences(month, {key: listed_figures(one) for key, one in lines.items()}) == []
            )
            assert differences(month, await kept_figures(play, month)) == []
            assert differences(month, await closed_figures(play, month)) == []
            assert await paid(tmp_path, month) == paper.paid(month)
            ends = {key: standing(one, lines[key]["state"]) for key, one in stated.items()}
            assert ends == on_day(month, "10 January")
        for name in NAMES:
            assert await excluded_in_the_end(play, name) == paper.exclusions(name)
        assert verify(play.writer.path).verdict is Verdict.INTACT


def on_day(month: str, day: str) -> dict[str, str]:
    return {name: row[f"credit: {day}"] for name, row in paper.figures(month).items()}


def standing(found: Statement, listed_state: str) -> str:
    """How a credit stands, and what was granted. What was claimable is not restated when lapsed."""
    assert found.credit.deadline == paper.DEADLINES[found.month]
    state = found.credit.state
    assert (state, listed_state) == ("claimable", "lapsed") or state == listed_state
    granted = "" if found.credit.granted is None else f" {found.credit.granted}"
    return f"{listed_state}{granted}"


async def kept_figures(play: Play, month: str) -> dict[str, dict[str, str]]:
    """The figures that `nocd` keeps for the screens."""
    kept = {row.tenant: durations(row) for row in await figures(play.writer, month)}
    assert kept.keys() == set(NAMES)
    return kept


async def closed_figures(play: Play, month: str) -> dict[str, dict[str, str]]:
    """Those that the month was closed with last; November was not."""
    closings = await closings_of(play.writer, month)
    numbers = {"2026-09": 2, "2026-10": 3, "2026-11": 0}
    assert len(closings) == numbers[month]
    return {
        name: {
            **durations(one),
            "credit: tier credited": str(one.tier),
            "credit: monthly amount": one.amount or "unknown",
        }
        for closing in closings[-1:]
        for name, one in closing.tenants.items()
    }


def durations(row: MonthFigure | ClosedFigure) -> dict[str, str]:
    assert row.excluded is not None
    return {
        "seconds: base": format_seconds(row.base),
        "seconds: raw down": format_seconds(row.down),
        "seconds: counted": format_seconds(row.counted),
        "seconds: excluded": format_seconds(row.excluded),
        "seconds: unmeasured": format_seconds(row.unmeasured),
        "seconds: worst case": format_seconds(row.worst),
    }


async def paid(folder: Path, month: str) -> list[dict[str, str]]:
    """What `noc-tui month credits` tells accounting."""
    words = ["month", "credits", month, "--json", "--config", str(folder / "noc.toml")]
    rows = json.loads((await call_in_thread("month", words)).out)
    return [
        {
            "paid": row["tenant"],
            "per cent": str(row["tier"]),
            "of": row["monthly"],
            "amount": row["amount"],
            "granted in all": row["total"],
        }
        for row in rows
    ]


async def excluded_in_the_end(play: Play, name: str) -> list[dict[str, str]]:
    """A tenant's exclusions on its three statements, with who decided them; one that lies in two
    months stands on both.
    """
    parts = [one for month in paper.MONTHS for one in (await read(play, name, month)).intervals]
    rows = [
        {
            "from": written(one.start),
            "to": written(one.end or ""),
            "basis": one.basis or "",
            "decided": one.decided_by,
            "agreed": one.approved_by,
            "contestable": "yes" if one.contestable else "no",
        }
        for one in parts
        if one.kind == "exclusion"
    ]
    return [row for number, row in enumerate(rows) if row not in rows[:number]]


def written(text: str) -> str:
    """An instant as paper has it."""
    moment = datetime.fromisoformat(text).astimezone(PARIS)
    return f"{moment.day}/{moment.month} {moment.hour}:{moment.minute:02}"


async def listed(folder: Path, play: Play, month: str) -> dict[str, dict[str, Any]]:
    """What `noc-tui sla list` says of a month, by tenant."""
    config = folder / "noc.toml"
    config.write_text(
        f'[database]\npath = "{play.writer.path}"\n[socket]\npath = "{folder / "s"}"\n'
    )
    words = ["sla", "list", "--month", month, "--json", "--config", str(config)]
    called = await call_in_thread("sla", words)
    return {one["tenant"]: one for one in json.loads(called.out)["tenants"]}
