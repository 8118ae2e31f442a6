"""`noc-tui node show`: what is known of a node, in text and as a document."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from noc_tui.commands.node_lists import document, lines
from noc_tui.queries.nodes import read_node
from storage.reader import Reader
from tests.console.estate import NOW
from tests.console.screens.nodes.test_node_detail import NODE, write_node

pytestmark = pytest.mark.anyio


async def test_a_node_is_told_with_the_age_and_the_reason_of_what_is_not_known(
    tmp_path: Path,
) -> None:
    path = tmp_path / "noc.db"
    await write_node(path)
    db = await Reader.open(path, daemon_alive=lambda: False)
    try:
        record = await read_node(db, "rennes", NODE)
        assert await read_node(db, "rennes", "nobody") is None
    finally:
        await db.close()
    assert record is not None
    text = list(lines(record, NOW + timedelta(minutes=1)))
    assert text[0] == "rennes/ren-pve1 · ◐ maintenance"
    assert "local-zfs: ✖ not reached (zfspool)" in text
    assert "SDN public: ✖ error" in text
    assert "ZFS pools: read 51 min ago" in text
    assert "  ▲ rpool DEGRADED · 41 %" in text
    assert "Disks (SMART): read 46 min ago; since then: did not answer in time" in text
    assert "Updates: unknown: the token lacks Sys.Modify on /nodes/ren-pve1" in text
    assert "Certificates: never asked" in text
    found = msgspec.to_builtins(document(record, NOW))
    looks = {one["topic"]: one for one in found["looks"]}
    assert (looks["zfs"]["age_seconds"], looks["zfs"]["error"]) == (3000.0, None)
    assert found["node"]["ha_state"] == "maintenance"
