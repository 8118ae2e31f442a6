"""How full a guest's disk is, as its page says it: a figure with its time, or why there is none."""

import pytest
from msgspec.structs import replace
from rich.console import Console

from noc_tui.console.screens.guests.data import GuestRecord
from noc_tui.console.screens.guests.detail_text import describe_guest
from storage.backups import Backup
from storage.resources import GuestInside
from tests.console.estate import NOW
from tests.daemon.promises.test_night_checks import guest_row

TOLD = GuestInside("rennes", 101, NOW, "l26", "answers", "", 91, "/var", 91, 100, NOW)


def words(inside: GuestInside | None, kind: str = "qemu") -> str:
    guest = replace(guest_row(101), kind=kind, disk_percent=40)
    kept = Backup("rennes", 101, "pbs", "dc2", "fresh", NOW, 1, True, 9, None, ("2026-03-08",))
    console = Console(width=120)
    with console.capture() as capture:
        console.print(describe_guest(guest, GuestRecord(guest, "acme", [kept], inside)))
    return capture.get()


@pytest.mark.parametrize(
    ("inside", "said"),
    [
        (None, "? · not asked yet"),
        (TOLD, "91 % · /var · 2026-03-10 10:30"),
        (replace(TOLD, agent="silent"), "91 % · /var · 2026-03-10 10:30 · agent silent"),
        (replace(TOLD, agent="refused", disk_percent=None), "? · token may not ask"),
        (replace(TOLD, disk_percent=None), "? · tells no size"),
    ],
)
def test_an_unknown_disk_is_never_an_empty_one(inside: GuestInside | None, said: str) -> None:
    assert said in words(inside).replace("\N{NO-BREAK SPACE}", " ")


def test_a_container_says_it_by_itself_and_nights_are_counted() -> None:
    text = words(None, "lxc").replace("\N{NO-BREAK SPACE}", " ")
    assert "40 %" in text
    assert "1 night kept" in text


def test_a_stopped_guest_has_no_load_and_a_suspended_one_says_so() -> None:
    stopped = replace(guest_row(101), status="stopped", cpu_percent=0, memory_percent=0)
    console = Console(width=120)
    with console.capture() as capture:
        console.print(describe_guest(stopped, GuestRecord(stopped, "acme", [], case="S-2")))
    text = capture.get()
    assert "■ suspended S-2" in text
    assert "0 %" not in text
    assert "· —" in text
