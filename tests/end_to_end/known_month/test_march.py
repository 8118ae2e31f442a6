"""A known month through the whole program; the statements equal the answer worked out on paper.

A look is taken each five simulated minutes, and the statements must say what `march.md` says, to
the second. With `NOC_PACE=10` a look is taken as often as in production: every bound is then within
a minute and a look of what really happened. So that this takes minutes, the cluster is then asked
over the wire around everything that happens alone, and statements of SQL run inline. `pytest -s`
tells how far it got.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from noc_tui.clock import SteppedClock
from noc_tui.config import Secrets
from noc_tui.config.secret import Secret, SecretToken
from noc_tui.config.values import (
    ClusterConfig,
    Configuration,
    Database,
    Poll,
    Probing,
    Smtp,
    Socket,
)
from noc_tui.contract.attribution import Party
from noc_tui.contract.calendar import Month
from noc_tui.contract.instants import parse_instant
from noc_tui.contract.terms_book import load_shipped_book
from noc_tui.daemon.availability import decisions
from noc_tui.daemon.core import gateways
from noc_tui.daemon.core.bus import Bus
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.core.log import logger
from noc_tui.daemon.core.snapshot_cache import SnapshotCache
from noc_tui.queries.attribution_proposals import proposals
from noc_tui.queries.record_check import INTACT_RECORD
from noc_tui.simulator.estate.tenants import Tenant
from noc_tui.simulator.options import Options
from noc_tui.simulator.simulator import Simulator
from noc_tui.statement.build_statement import StatementFrame, statement
from noc_tui.statement.document import Statement
from noc_tui.views.month_intervals import Interval
from storage.database import Writer
from storage.outages import OUTAGES
from storage.register import Register, TenantAmount, TenantPool, replace_register
from storage.register import Tenant as Registered
from tests.end_to_end.known_month import paper
from tests.end_to_end.known_month.play import BEGINS, OMAR, PACE, Play
from tests.support.changes import recorded
from tests.support.inline import run_inline

pytestmark = pytest.mark.anyio

MARCH = Month(2026, 3)
ON_PAPER = timedelta(minutes=5)
BOUND = timedelta(minutes=1)
"""Where looks are not those on paper: one look, and what a node's machines take to start."""
AMOUNTS = {"A": Decimal("1000.00"), "B": Decimal("1250.00")}
PROPOSED = {
    "A": [Party.HOSTER, Party.HOSTER, Party.CLIENT, Party.HOSTER],
    "B": [Party.HOSTER, Party.MAINTENANCE, Party.SUSPENSION],
}


@pytest.mark.long
@pytest.mark.timeout(900 if PACE == ON_PAPER else 0)
async def test_the_statements_of_a_known_month_are_those_worked_out_on_paper(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    always = PACE == ON_PAPER
    if not always:
        run_inline(monkeypatch)
    async with playing(tmp_path, always=always) as play:
        await play.month()
        for name, tenant in (("A", play.a), ("B", play.b)):
            await attribute(play.context.writer, tenant, name)
            found = await read(play.context, tenant)
            assert found.final
            intervals_on_paper(name, found)
            figures_on_paper(name, found)


@asynccontextmanager
async def playing(folder: Path, *, always: bool) -> AsyncIterator[Play]:
    """The play on its stage, before the first look."""
    clock = SteppedClock(BEGINS)
    options = Options(guests=8, tenants=3, delay_scale=0, task_scale=0)
    async with Simulator(options, clock, folder) as simulator:
        a, b = (one for one in simulator.tenants if tuple(one.clusters) == ("rennes",))
        config, secrets = configuration(simulator, folder)
        writer = await Writer.open(config.database.path, clock_now=clock.now)
        try:
            async with recorded(writer) as change:
                await replace_register(change, register(simulator, a, b))
            async with gateways.open_gateways(config, secrets, clock) as opened:
                context = Context(
                    config=config,
                    secrets=secrets,
                    terms=load_shipped_book(),
                    clock=clock,
                    writer=writer,
                    gateways=opened,
                    estate=SnapshotCache(),
                    bus=Bus(),
                    logger=logger("test"),
                )
                yield Play(simulator, clock, context, a, b, always)
        finally:
            await writer.close()


def register(simulator: Simulator, a: Tenant, b: Tenant) -> Register:
    """A has no public endpoint, B a TCP port."""
    since = date(2025, 1, 1)
    port = simulator.services.doors[b.slug].port
    return Register(
        tenants=[registered(a, since, ()), registered(b, since, (f"tcp://127.0.0.1:{port}",))],
        amounts=[
            TenantAmount(a.slug, since, AMOUNTS["A"]),
            TenantAmount(b.slug, since, AMOUNTS["B"]),
        ],
        pools=[TenantPool("rennes", one.pool, since, None, one.slug) for one in (a, b)],
    )


def registered(tenant: Tenant, since: date, endpoints: tuple[str, ...]) -> Registered:
    return Registered(
        id=tenant.slug,
        name=tenant.name,
        email="client@example.fr",
        contract_start=since,
        contract_end=None,
        pools=(f"rennes/{tenant.pool}",),
        users=(tenant.user,),
        groups=(),
        guest_users=(),
        endpoints=endpoints,
        support="none",
        support_billing="",
        support_perimeter=(),
    )


def configuration(simulator: Simulator, folder: Path) -> tuple[Configuration, Secrets]:
    rennes = next(one for one in simulator.clusters if one.name == "rennes")
    name, _equals, secret = rennes.token.partition("=")
    seconds = PACE.total_seconds()
    config = Configuration(
        database=Database(path=folder / "db" / "noc.db"),
        socket=Socket(path=folder / "nocd.sock"),
        clusters=(
            ClusterConfig(
                name="rennes",
                site="dc1",
                endpoints=tuple(rennes.urls),
                ca_file=Path(rennes.ca_file),
                read_token_file=folder / "unused",
            ),
        ),
        poll=Poll(fast=seconds, stale_after=seconds * 1.5),
        probing=Probing(interval=seconds * 0.6),
        smtp=Smtp(host="127.0.0.1", sender="noc@example.fr"),
    )
    return config, Secrets(read={"rennes": SecretToken(name, Secret(secret))})


async def attribute(writer: Writer, tenant: Tenant, name: str) -> None:
    """What is proposed follows from the records; what a person decides is on paper."""
    outages = [row for row in await OUTAGES.read(writer) if row.tenant == tenant.slug]
    offered = [await proposals(writer, row) for row in outages]
    assert [one[0].party for one in offered] == PROPOSED[name]
    decided = [line.whose for line in paper.lines(name) if line.kind == "outage"]
    for row, proposed, party in zip(outages, offered, decided, strict=True):
        async with writer.change(itself()) as change:
            grounds = proposed[0].evidence
            await decisions.attribute(change, OMAR, row.id, Party(party), "as on paper", grounds)


async def read(context: Context, tenant: Tenant) -> Statement:
    async with context.writer.snapshot() as view:
        found = await statement(
            view, tenant.slug, MARCH, StatementFrame("", context.terms), INTACT_RECORD
        )
    assert found is not None
    return found


def intervals_on_paper(name: str, found: Statement) -> None:
    """Each interval with its bounds, whose it is, who decided, and an entry to prove it."""
    lines = paper.lines(name)
    assert [one.kind for one in found.intervals] == [line.kind for line in lines]
    for one, line in zip(found.intervals, lines, strict=True):
        assert one.end is not None
        near_instant(one.start, line.seen[0], line.happens[0])
        near_instant(one.end, line.seen[1], line.happens[1])
        assert one.entries
        if PACE == ON_PAPER:
            assert Decimal(one.seconds) == line.seconds, one
        if line.kind != "unmeasured":
            assert (whose(one), one.decided_by) == (line.whose, OMAR.name)


def whose(one: Interval) -> str | None:
    return one.cause if one.kind == "outage" else one.basis


def near_instant(text: str, seen: datetime, happens: datetime) -> None:
    at = datetime.fromtimestamp(parse_instant(text) / 1_000_000, seen.tzinfo)
    if PACE == ON_PAPER:
        assert at == seen
    else:
        assert abs(at - happens) <= PACE + BOUND, (at, happens)


def figures_on_paper(name: str, found: Statement) -> None:
    """Every figure of the statement; seconds are summed up anew where the looks are others."""
    wanted = paper.figures(name)
    figures = {
        "base": found.base_seconds,
        "tier": str(found.credit.tier),
        "worst case tier": str(found.worst_tier),
        "budget left": found.budget_left_seconds,
        "monthly amount": found.credit.monthly_amount,
        "credit": found.credit.amount,
        "claim until": found.credit.deadline,
    }
    seen = {
        "raw down": found.raw.down_seconds,
        "counted down": found.contractual.down_seconds,
        "unmeasured": found.unmeasured_seconds,
        "raw percent": found.raw.percent,
        "contractual percent": found.contractual.percent,
        "coverage percent": found.coverage_percent,
        "worst case down": found.worst.down_seconds,
    }
    exact = PACE == ON_PAPER
    assert {**figures, **(seen if exact else {})} == {
        key: value for key, value in wanted.items() if key in figures or exact
    }
    assert found.credit.state == "claimable"
