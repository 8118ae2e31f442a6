"""How a storage fills: told from seven days on, with the day on which it is nearly full."""

from datetime import date, timedelta

from noc_tui.views.storage_trend import storage_trend
from storage.load_history import StorageDay

START = date(2026, 3, 1)


def days(*used: int) -> list[StorageDay]:
    return [
        StorageDay("rennes", "ceph", "", START + timedelta(days=number), one, 1000)
        for number, one in enumerate(used)
    ]


def test_of_a_few_days_nothing_is_said() -> None:
    assert storage_trend(()) is None
    assert storage_trend(days(800, 810, 820, 830, 840, 850, 860)) is None


def test_a_pace_leads_to_a_day() -> None:
    found = storage_trend(days(*range(800, 900, 10)))
    assert found is not None
    assert (round(found.daily, 3), found.days) == (1.0, 9)
    assert found.full_on == START + timedelta(days=9 + 6)


def test_what_shrinks_or_is_full_has_no_day() -> None:
    for used in (range(900, 800, -10), range(960, 970)):
        found = storage_trend(days(*used))
        assert found is not None
        assert found.full_on is None
