"""What happened last, what falls due, and whom a lost node hurts, read from a real file."""

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from noc_tui.console.screens.overview.data import OverviewFigures
from noc_tui.console.screens.overview.lines import estate_lines
from noc_tui.console.screens.overview.tables import ClusterLine
from noc_tui.daemon.core.identity import itself
from noc_tui.i18n import use
from noc_tui.problems import Problem
from noc_tui.queries.last_events import read_last_events
from noc_tui.queries.losses import read_losses
from noc_tui.queries.shift_due import read_due
from noc_tui.ref import Ref
from storage import oncall
from storage.database import Writer
from storage.inventory import Cluster
from storage.ledger import LEDGER, PLACEMENTS, ObservedState, Placement
from storage.outages import MAINTENANCE, Maintenance
from storage.times import micros
from tests.console import busy_estate, estate
from tests.console.estate import NOW, node
from tests.support.changes import recorded

pytestmark = pytest.mark.anyio


async def test_the_lines_of_a_busy_day(tmp_path: Path) -> None:
    use("en")
    path = estate.configuration(tmp_path).database.path
    await busy_estate.write(path)
    lost = NOW - timedelta(minutes=8)
    start = micros(NOW + timedelta(hours=2))
    writer = await Writer.open(path, clock_now=lambda: NOW)
    try:
        async with recorded(writer) as change:
            window = Maintenance(
                3, "switch", start, start + 3_600_000_000, ("acme",), "", "omar", 0, None, None, 1
            )  # fmt: skip
            await change.put(MAINTENANCE, [window])
        async with writer.change(itself()) as change:
            entry = await change.record("availability.observed", [], {})
            seen = ObservedState(
                1, "node:rennes/ren-pve2", micros(lost), micros(lost) - 10**7, "down", "", entry
            )
            moved = Placement(
                "guest:rennes/120", micros(NOW - timedelta(days=9)), "acme", "cluster:rennes",
                "rennes/ren-pve2", None, entry,
            )  # fmt: skip
            await change.put(LEDGER, [seen])
            await change.put(PLACEMENTS, [moved])
        events = [one.text for one in await read_last_events(writer, NOW)]
        assert events[0].startswith("acknowledged by olga: storage nfs")
        assert any(one.startswith("incident 2, opened: globex") for one in events)
        duty = await oncall.duty(writer, NOW)
        due = [one.text for one in await read_due(writer, NOW, duty)]
        assert due == ["maintenance: switch, 1 tenant", "handover to olga"]
        problem = Problem(
            key="n", severity="critical", where="rennes", text="", rule="node",
            subject=Ref.of("node", "rennes", "ren-pve2"),
        )  # fmt: skip
        (loss,) = await read_losses(writer, [problem], NOW)
        assert loss.since == lost
        assert [(one.tenant, one.vmid, one.runs) for one in loss.placed] == [("acme", 120, True)]
        async with writer.change(itself()) as change:
            entry, at = await change.record("availability.observed", [], {}), micros(NOW) - 10**7
            back = replace(seen, seq=2, since=at, before=at, state="up", evidence=entry)
            await change.put(LEDGER, [back])
        assert await read_losses(writer, [problem], NOW) == []
    finally:
        await writer.close()


def test_no_page_of_nodes_hides_a_cluster() -> None:
    nodes = [node("nantes", f"n{number:02}") for number in range(20)]
    figures = OverviewFigures(
        sites=[], clusters=[], nodes=nodes, storages=[], zones=[], facts=[], tasks=[], guests=[],
        bearing=[], backups=[], alerts=[], places={},
    )  # fmt: skip
    clusters = [
        ClusterLine(Cluster(name, "dc1", "9", True), "FR", 20, 20, 0, 0, 0, None, stale=False)
        for name in ("nantes", "rennes")
    ]
    few = estate_lines(clusters, replace(figures, nodes=nodes[:2]))
    assert sorted(few, key=lambda key: few[key].order)[1] == "nantes/n00"
    many = estate_lines(clusters, figures)
    assert sorted(many, key=lambda key: many[key].order)[:2] == ["nantes", "rennes"]
