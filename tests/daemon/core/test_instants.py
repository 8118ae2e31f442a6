"""Instants of a request are in UTC, or refused by their field's name."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from noc_tui.daemon.core.errors import BadRequest
from noc_tui.daemon.core.instants import utc_instant

EAST, WEST = timezone(timedelta(hours=14)), timezone(timedelta(hours=-14))


def test_an_instant_is_told_in_utc() -> None:
    at = datetime(2026, 3, 10, 10, tzinfo=timezone(timedelta(hours=1)))
    assert utc_instant(at, "until") == datetime(2026, 3, 10, 9, tzinfo=UTC)
    assert utc_instant(at, "until").tzinfo is UTC


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 3, 10, 10),  # noqa: DTZ001 - without its offset
        datetime.min.replace(tzinfo=EAST),
        datetime.max.replace(tzinfo=WEST),
    ],
)
def test_what_is_no_instant_is_refused_by_its_name(at: datetime) -> None:
    with pytest.raises(BadRequest, match="until"):
        utc_instant(at, "until")
