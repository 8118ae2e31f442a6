"""Who is concerned by work on a node or a cluster is chosen in one step."""

from noc_tui.console.screens.timeline.maintenance import draw_letters, tenants_by_place
from noc_tui.views.worked_on import list_interrupted
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


def test_the_letter_that_is_shown_names_the_vms_that_stop_and_no_others() -> None:
    lines = [
        _line("rennes", 101, "acme", "pve1"),
        _line("rennes", 102, "acme", "pve2"),
        _line("nantes", 103, "acme", "pve1"),
        _line("rennes", 104, "globex", "pve1"),
    ]
    filled = {
        "title": "RAM", "reason": "panne", "start": "2026-03-01T10:00:00+01:00",
        "end": "2026-03-01T11:00:00+01:00",
    }  # fmt: skip
    there = list_interrupted(lines, "rennes/pve1")
    text = draw_letters({"acme": "Acme", "globex": "Globex"}, filled, there)
    assert "RAM" in text
    assert "VM 101" in text
    assert "Globex · 104 (VM 104" in text
    assert "VM 102" not in text
    assert "VM 103" not in text
