"""R29 and R34: freshness on the second site, and where things stand."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.contract.backups import BackupCopy, Freshness, Verification, freshness, worst
from noc_tui.contract.location import abroad, second_site

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)


def made(hours: float, verification: Verification = Verification.OK) -> BackupCopy:
    return BackupCopy(NOW - timedelta(hours=hours), verification)


@pytest.mark.parametrize(
    ("backups", "failed_hours_ago", "state"),
    [
        (None, None, Freshness.UNKNOWN),
        (None, 1, Freshness.UNKNOWN),
        ([], None, Freshness.MISSING),
        ([], 3, Freshness.FAILED),
        ([made(8)], None, Freshness.FRESH),
        ([made(25.99)], None, Freshness.FRESH),
        ([made(26)], None, Freshness.STALE),
        ([made(26)], 30, Freshness.STALE),
        ([made(30)], 3, Freshness.FAILED),
        ([made(8)], 3, Freshness.FRESH),
        ([made(8, Verification.NONE)], None, Freshness.UNVERIFIED),
        ([made(8, Verification.NONE), made(32)], None, Freshness.UNVERIFIED),
        ([made(8, Verification.FAILED)], None, Freshness.FAILED),
        ([made(8, Verification.FAILED), made(20)], None, Freshness.FRESH),
        ([made(8, Verification.FAILED), made(32)], None, Freshness.FAILED),
        ([made(40, Verification.FAILED), made(32)], None, Freshness.STALE),
        ([made(32), made(8)], None, Freshness.FRESH),
    ],
)
def test_the_states(
    backups: list[BackupCopy] | None, failed_hours_ago: float | None, state: Freshness
) -> None:
    failed = None if failed_hours_ago is None else NOW - timedelta(hours=failed_hours_ago)
    assert freshness(backups, NOW, 26, failed) is state


BACKUPS = st.lists(
    st.builds(made, st.floats(0, 400), st.sampled_from(list(Verification))), max_size=9
)


@given(BACKUPS, st.none() | st.floats(0, 400))
def test_fresh_needs_a_good_recent_backup(backups: list[BackupCopy], failed: float | None) -> None:
    last_failure = None if failed is None else NOW - timedelta(hours=failed)
    state = freshness(backups, NOW, 26, last_failure)
    recent = [
        backup
        for backup in backups
        if NOW - backup.at < timedelta(hours=26) and backup.verification is not Verification.FAILED
    ]
    assert (state in (Freshness.FRESH, Freshness.UNVERIFIED)) == bool(recent)
    assert state is not Freshness.UNKNOWN


@given(BACKUPS)
def test_the_order_of_a_list_says_nothing(backups: list[BackupCopy]) -> None:
    assert freshness(backups[::-1], NOW, 26) in (freshness(backups, NOW, 26), *_ties(backups))


def _ties(backups: list[BackupCopy]) -> list[Freshness]:
    """Two backups of one instant may be told apart by their place alone."""
    instants = [backup.at for backup in backups]
    return list(Freshness) if len(set(instants)) < len(instants) else []


def test_the_worst_is_shown() -> None:
    assert worst([]) is Freshness.UNKNOWN
    assert worst([Freshness.FRESH, Freshness.UNVERIFIED]) is Freshness.UNVERIFIED
    assert worst([Freshness.FRESH, Freshness.UNKNOWN]) is Freshness.UNKNOWN
    assert worst(list(Freshness)) is Freshness.MISSING


def test_what_stands_outside_france_or_nowhere_known_is_found() -> None:
    countries = {"dc1": "FR", "dc2": "DE"}
    used = {"rennes": "dc1", "away": "dc2", "lost": "dc3"}
    assert abroad(countries, used) == {"away": "DE", "lost": ""}


@pytest.mark.parametrize(("guest", "backup", "counts"), [("a", "b", True), ("a", "a", False)])
def test_a_backup_beside_its_guest_does_not_count(guest: str, backup: str, counts: bool) -> None:
    assert second_site(guest, backup) is counts
