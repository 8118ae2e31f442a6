"""The guest table's cells: a suspended guest says so, a stopped one has no load."""

from noc_tui.console.screens.guests.tables import guests_table
from noc_tui.i18n import use
from storage.guests import GuestLine
from widgets.columns import Column


def line(status: str, cpu: int | None) -> GuestLine:
    return GuestLine(
        "rennes", 101, "web", "pve1", status, None, "acme", "fresh", cpu, cpu, 1, 1, None, ()
    )


def column(key: str, case: str = "") -> Column[GuestLine]:
    table = guests_table(lambda _cluster: False, lambda _line: case)
    return next(one for one in table._lines.columns if one.key == key)


def test_a_suspended_guest_says_so_with_its_case() -> None:
    use("en")
    state = column("state", "S-7")
    assert state.text(line("stopped", 0)) == "■ suspended S-7"
    assert state.text(line("running", 8)) == "■ running S-7", "restricted in another way"
    assert state.tone is not None
    assert state.tone(line("running", 8)) == "warning"
    assert column("state").text(line("stopped", 0)) == "○ stopped"


def test_a_stopped_guest_has_no_load() -> None:
    cpu = column("cpu")
    assert cpu.text(line("stopped", 0)) == "—"
    assert cpu.sort_value(line("stopped", 0)) is None
    assert cpu.text(line("running", 0)) == "0 %"
    assert cpu.text(line("unknown", None)) == "?"
