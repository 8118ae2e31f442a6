"""Instants as the file has them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from storage.times import instant, micros

PARIS = ZoneInfo("Europe/Paris")
WHOLE = st.integers(-(2**63), 2**63 - 1)


@given(st.datetimes(datetime(2, 1, 1), datetime(9997, 12, 31), timezones=st.just(UTC)))  # noqa: DTZ001
def test_an_instant_is_read_as_it_was_written(at: datetime) -> None:
    assert instant(micros(at)) == at


@given(WHOLE, WHOLE)
def test_no_number_of_a_column_stops_a_reader(one: int, other: int) -> None:
    """Whatever another hand writes has a local time and a distance, in the order of the numbers."""
    first, last = sorted((one, other))
    assert instant(first) <= instant(last)
    assert (instant(last).astimezone(PARIS) - instant(first)) >= timedelta()
