"""What a poll changed, as rows: a load alone writes its own columns, anything else a whole row."""

from pathlib import Path

from msgspec.structs import replace

from noc_tui.cluster.difference import difference
from noc_tui.cluster.guest_snapshot import GuestSnapshot
from noc_tui.cluster.snapshot import ClusterSnapshot
from noc_tui.config import ClusterConfig
from noc_tui.daemon.polling import snapshot_rows
from storage import inventory
from storage.guests import GUEST_LOADS, GUESTS, GuestLoad
from tests.support.context import START
from tests.support.guests import seen_guest

CONFIG = ClusterConfig(
    name="lab", site="dc1", endpoints=("https://a",), read_token_file=Path("token")
)
GUEST = seen_guest(
    name="web", cpu_percent=5, memory_percent=50, cpus=2.0, memory=2**32, disk=2**35,
    booted_at=START, pool="acme",
)  # fmt: skip


def seen(*guests: GuestSnapshot) -> ClusterSnapshot:
    return ClusterSnapshot(
        cluster="lab", observed_at=START, endpoint="https://a", version=None, quorate=True,
        nodes={}, guests={guest.vmid: guest for guest in guests}, storages={}, pools={}, tasks={},
    )  # fmt: skip


def test_a_load_is_written_apart_from_what_happened() -> None:
    other = replace(GUEST, vmid=102)
    busier, stopped = (
        replace(GUEST, cpu_percent=90),
        replace(other, status="stopped", cpu_percent=0),
    )
    after = seen(busier, stopped)
    parts = snapshot_rows.list_changed_rows(CONFIG, after, difference(seen(GUEST, other), after))
    written = {part.table: list(part.rows) for part in parts}
    assert written == {
        inventory.CLUSTERS: [inventory.Cluster("lab", "dc1", "unknown", True)],
        GUEST_LOADS: [GuestLoad("lab", 101, 90, 50, None)],
        GUESTS: [snapshot_rows.guest("lab", stopped)],
    }
