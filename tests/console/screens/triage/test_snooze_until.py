"""A snooze ends after minutes, when the clock next shows a time, or at an instant."""

from datetime import UTC, datetime

import pytest

from noc_tui.console.screens.triage.snooze_until import read_snooze_end

NOW = datetime(2026, 11, 30, 2, 12, tzinfo=UTC)
"""12 minutes past three in Paris."""


@pytest.mark.parametrize(
    ("typed", "until"),
    [
        ("90", datetime(2026, 11, 30, 3, 42, tzinfo=UTC)),
        ("08:00", datetime(2026, 11, 30, 7, 0, tzinfo=UTC)),
        (" 8h ", datetime(2026, 11, 30, 7, 0, tzinfo=UTC)),
        ("8h30", datetime(2026, 11, 30, 7, 30, tzinfo=UTC)),
        ("03:00", datetime(2026, 12, 1, 2, 0, tzinfo=UTC)),
        ("03:12", datetime(2026, 12, 1, 2, 12, tzinfo=UTC)),
        ("2026-12-02 08:00", datetime(2026, 12, 2, 7, 0, tzinfo=UTC)),
        ("999999999999", datetime(2026, 12, 7, 2, 12, tzinfo=UTC)),
    ],
)
def test_the_end_of_a_snooze(typed: str, until: datetime) -> None:
    assert read_snooze_end(typed, NOW) == until


def test_eight_o_clock_is_eight_o_clock_over_the_change_of_the_clock() -> None:
    saturday = datetime(2026, 10, 24, 20, 0, tzinfo=UTC)
    assert read_snooze_end("08:00", saturday) == datetime(2026, 10, 25, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "typed", ["0", "25:00", "8:75", "soon", "2026-11-29 08:00", "2026-12-09 08:00"]
)
def test_what_is_no_end_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_snooze_end(typed, NOW)
