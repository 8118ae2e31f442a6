"""The banner over a guest's console."""

from noc_tui.api.guest_console import ConsoleTicket
from noc_tui.labels.guest_console import banner_lines


def test_the_banner_ends_its_lines_between_words() -> None:
    ticket = ConsoleTicket(session="s", entry=136, guest="web-01", tenant="acme", idle_seconds=600)
    wide = list(banner_lines(ticket, "rennes/101", 200))
    narrow = list(banner_lines(ticket, "rennes/101", 80))
    assert len(wide) == 3
    assert " ".join(narrow) == " ".join(wide)
    assert all(len(line) <= 80 for line in narrow)
