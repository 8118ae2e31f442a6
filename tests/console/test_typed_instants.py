"""What an operator types as an instant, on the days when Paris changes its clocks too."""

from datetime import datetime

import pytest

from noc_tui import i18n
from noc_tui.console.typed_instants import read_instant, write_instant


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-03-01 14:30", "2026-03-01T14:30:00+01:00"),
        (" 01/07/2026 14:30:05 ", "2026-07-01T14:30:05+02:00"),
        ("2026-07-01T12:30:05.25Z", "2026-07-01T14:30:05.250000+02:00"),
        ("2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+02:00"),
        ("2026-10-25T02:30:00+01:00", "2026-10-25T02:30:00+01:00"),
        ("2026-12-01 02:05 UTC", "2026-12-01T03:05:00+01:00"),
        ("2026-12-01 02:05Z", "2026-12-01T03:05:00+01:00"),
        ("01/07/2026 12:30:05 gmt", "2026-07-01T14:30:05+02:00"),
        ("2026-12-01 02:05 -0500", "2026-12-01T08:05:00+01:00"),
        ("2026-10-25 02:30 +02:00", "2026-10-25T02:30:00+02:00"),
        ("Tue, 1 Dec 2026 02:41:12 +0000", "2026-12-01T03:41:12+01:00"),
        ("1 Dec 2026 02:41:12 -0000 (UTC)", "2026-12-01T03:41:12+01:00"),
    ],
)
def test_paris_time_or_an_offset(typed: str, meant: str) -> None:
    assert read_instant(typed) == meant


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("2026-03-29 02:30", "skips this hour"),
        ("2026-10-25 02:30", "comes twice"),
        ("tomorrow", "write it as"),
        ("0001-01-01 00:00", "from 2000 to 2199"),
        ("9999-12-31 23:59", "from 2000 to 2199"),
        ("9999-12-31T23:59:59-12:00", "from 2000 to 2199"),
        ("2026-02-30 10:00", "write it as"),
        ("2026-02-30 10:00 UTC", "write it as"),
        ("2026-02-01 10:00 +99:99", "write it as"),
        ("30 Feb 2026 10:00 +0000", "write it as"),
        ("1 Dec 2026 10:00 +9999", "write it as"),
        ("1 Dec 2026 10:00", "write it as"),
        ("02:05 UTC", "write it as"),
        ("1 Dec 0001 00:30 +0100", "write it as"),
        ("1 Dec 1999 00:30 +0100", "from 2000 to 2199"),
        ("9999-12-31 23:59 -0500", "from 2000 to 2199"),
    ],
)
def test_what_names_no_one_instant_is_refused(typed: str, why: str) -> None:
    i18n.use("en")
    with pytest.raises(ValueError, match=why):
        read_instant(typed)


@pytest.mark.parametrize(
    ("language", "at", "proposed"),
    [
        ("fr", "2026-07-01T12:30:00+00:00", "01/07/2026 14:30"),
        ("en", "2026-07-01T12:30:00+00:00", "2026-07-01 14:30"),
        ("en", "2026-07-01T12:30:05+00:00", "2026-07-01T14:30:05+02:00"),
        ("en", "2026-10-25T00:30:00+00:00", "2026-10-25T02:30:00+02:00"),
        ("en", "2026-10-25T01:30:00+00:00", "2026-10-25T02:30:00+01:00"),
    ],
)
def test_what_is_proposed_reads_plainly_and_names_the_same_instant(
    language: i18n.Language, at: str, proposed: str
) -> None:
    i18n.use(language)
    assert write_instant(datetime.fromisoformat(at)) == proposed
    assert datetime.fromisoformat(read_instant(proposed)) == datetime.fromisoformat(at)
    i18n.use("en")
