"""Whether an endpoint answers, probe by probe."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from noc_tui.contract.edges import ANSWERS, SILENT, UNKNOWN, EdgeFinding, follow_edge

NOW = datetime(2026, 3, 10, 3, 0, tzinfo=UTC)


def at(minute: int) -> datetime:
    return NOW + timedelta(minutes=minute)


def follow(*results: bool | None, confirm: int = 2) -> EdgeFinding:
    found: EdgeFinding | None = None
    for minute, good in enumerate(results):
        found = follow_edge(found, good, at(minute), confirm)
    assert found is not None
    return found


def test_a_silence_runs_from_the_first_probe_that_failed() -> None:
    assert follow(True, False) == EdgeFinding(ANSWERS, at(0), 1, at(1))
    assert follow(True, False, False) == EdgeFinding(SILENT, at(1), 2, at(1))
    assert follow(True, False, False, False) == EdgeFinding(SILENT, at(1), 3, at(1))
    assert follow(True, False, False, True) == EdgeFinding(ANSWERS, at(3))


def test_one_probe_that_fails_is_no_silence() -> None:
    assert follow(True, False, True, False).state == ANSWERS


def test_what_concludes_nothing_is_unknown_and_ends_no_silence() -> None:
    assert follow(True, None) == EdgeFinding(UNKNOWN, at(1))
    assert follow(False, False, None).state == SILENT
    assert follow(None, None).state == UNKNOWN


@given(st.lists(st.sampled_from((True, False, None)), min_size=1), st.integers(1, 4))
def test_silent_takes_so_many_failures_and_one_answer_ends_it(
    results: list[bool | None], confirm: int
) -> None:
    found = follow(*results, confirm=confirm)
    answered = max((n for n, good in enumerate(results) if good), default=-1)
    since = results[answered + 1 :]
    assert (found.state == SILENT) is (since.count(False) >= confirm)
    if found.state == SILENT:
        assert found.since == at(answered + 1 + since.index(False))
