"""Days and amounts are taken as operators of both languages type them, and nothing else is."""

import pytest

from noc_tui.console.typed_instants import read_instant
from noc_tui.console.typed_values import read_amount, read_day, read_day_or_none, read_days


@pytest.mark.parametrize("typed", ["2026-03-01", "01/03/2026", " 2026-03-01 "])
def test_a_day_is_kept_as_a_case_keeps_it(typed: str) -> None:
    assert read_day(typed) == "2026-03-01"


@pytest.mark.parametrize("typed", ["", "03:05", "31/02/2026", "2026-3-1x", "tomorrow"])
def test_what_is_no_day_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="01/03/2026"):
        read_day(typed)


def test_no_day_may_be_left_out() -> None:
    assert read_day_or_none(" ") == ""


@pytest.mark.parametrize("typed", ["1250.00", "1 250,00 €", "1\u202f250,00"])
def test_an_amount_is_kept_with_a_point(typed: str) -> None:
    assert read_amount(typed) == "1250.00"


def test_other_amounts_and_days_are_refused() -> None:
    for reader, typed in ((read_amount, "0"), (read_amount, "many"), (read_days, "0")):
        with pytest.raises(ValueError, match="write"):
            reader(typed)
    assert read_days(" 30 ") == "30"


@pytest.mark.parametrize("typed", ["03:05", "3:05", "3 h 05", "3h"])
def test_a_time_without_its_day_is_asked_for_the_day(typed: str) -> None:
    with pytest.raises(ValueError, match="of which day"):
        read_instant(typed)
