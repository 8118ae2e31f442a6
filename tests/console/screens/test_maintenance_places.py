"""Who is concerned by work on a node or a cluster is chosen in one step."""

from noc_tui.console.screens.timeline.maintenance import tenants_by_place
from storage.guests import GuestLine


def _line(cluster: str, vmid: int, tenant: str, node: str) -> GuestLine:
    """A guest, of which only its tenant and its place count."""
    blank = dict.fromkeys(GuestLine.__struct_fields__)
    place = {"cluster": cluster, "vmid": vmid, "tenant": tenant, "node": node}
    return GuestLine(**(blank | place))  # type: ignore[arg-type]


def test_clusters_come_first_and_strangers_are_left_out() -> None:
    lines = [
        _line("rennes", 101, "acme", "pve1"),
        _line("rennes", 102, "globex", "pve2"),
        _line("nantes", 101, "acme", "pve9"),
        _line("nantes", 102, "", "pve9"),
        _line("nantes", 103, "gone", "pve8"),
    ]
    assert tenants_by_place(lines, {"acme", "globex"}) == {
        "nantes": {"acme"},
        "rennes": {"acme", "globex"},
        "nantes/pve9": {"acme"},
        "rennes/pve1": {"acme"},
        "rennes/pve2": {"globex"},
    }
