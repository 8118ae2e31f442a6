"""The steady clock over random histories of the machine's, against a small independent oracle.

The oracle knows the true time. A history is a list of intervals; in each the machine may be
suspended (which time counts all the same), and at its end its clock may be set to anything.
"""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from noc_tui.steady_clock import AGREEMENT, LIMIT, KnownTime, SteadyTime

START = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)
HOUR = 3600.0
HISTORY = st.lists(
    st.tuples(
        st.floats(min_value=0, max_value=3 * HOUR),
        st.sampled_from([0.0, 0.0, 1.0, -1.0, 120.0, -120.0, 599.0, -599.0, 601.0, -601.0,
                         HOUR, -HOUR, 86_400.0, -86_400.0, 30 * 86_400.0]),
    ),
    min_size=1,
    max_size=40,
)  # fmt: skip
"""Seconds that go by, and by how much the machine's clock is off the truth from then on."""


def wall(boot: float, off: float) -> datetime:
    return START + timedelta(seconds=boot + off)


@given(HISTORY)
def test_it_never_goes_back_and_never_invents_time(history: list[tuple[float, float]]) -> None:
    """Without a confirmation it stays within the limit of the truth, whatever the machine says."""
    clock, boot = SteadyTime(START, 0.0), 0.0
    shown = [START]
    for passed, off in history:
        boot += passed
        shown.append(clock.read(wall(boot, off), boot))
        truth = START + timedelta(seconds=boot)
        assert abs(shown[-1] - truth) <= LIMIT * len(history)
        assert clock.in_doubt == (abs(clock.jump) > LIMIT)
    assert all(before <= after for before, after in pairwise(shown))
    assert shown[-1] - shown[0] <= timedelta(seconds=boot) + LIMIT * len(history)


@given(HISTORY, st.floats(min_value=0, max_value=HOUR))
def test_a_clock_that_is_put_right_was_never_wrong(
    history: list[tuple[float, float]], after: float
) -> None:
    """Jumps beyond the limit that are undone before anybody believed them leave nothing behind."""
    clock, boot = SteadyTime(START, 0.0), 0.0
    for passed, off in history:
        boot += passed
        clock.read(wall(boot, off if abs(off) > LIMIT.total_seconds() else 0.0), boot)
    boot += after
    shown = clock.read(wall(boot, 0.0), boot)
    assert abs(shown - wall(boot, 0.0)) <= timedelta(milliseconds=1)
    assert not clock.unsettled
    assert clock.accept() is None


@given(st.sampled_from([86_400.0, -86_400.0, HOUR, -HOUR]), st.floats(min_value=1, max_value=60))
def test_an_hour_of_agreement_takes_it_over_and_another_jump_begins_anew(
    off: float, pace: float
) -> None:
    clock, boot = SteadyTime(START, 0.0), 0.0
    half = AGREEMENT.total_seconds() / 2
    while boot < half:
        boot += pace
        clock.read(wall(boot, off), boot)
    assert not clock.agreed
    other = off + 2 * HOUR if off > 0 else off - 2 * HOUR
    jumped = boot
    while boot < jumped + AGREEMENT.total_seconds() - 2 * pace:
        boot += pace
        clock.read(wall(boot, other), boot)
        assert not clock.agreed
    boot += 4 * pace
    clock.read(wall(boot, other), boot)
    step = clock.accept()
    assert step is not None
    assert step.at == wall(boot, other)
    assert abs(step.was - wall(boot, 0.0)) <= timedelta(seconds=1)
    assert clock.read(wall(boot + 1, other), boot + 1) == wall(boot + 1, other)


def test_neither_change_of_summer_time_is_a_jump() -> None:
    """UTC does not know it: the local clock of Paris goes back an hour, and forth one."""
    paris = ZoneInfo("Europe/Paris")
    for day in (datetime(2026, 10, 25, tzinfo=UTC), datetime(2027, 3, 28, tzinfo=UTC)):
        clock, shown = SteadyTime(day, 0.0), []
        for minute in range(0, 180, 5):
            local = (day + timedelta(minutes=minute)).astimezone(paris)
            shown.append(clock.read(local, minute * 60.0))
        assert not clock.in_doubt
        spans = {after - before for before, after in pairwise(shown)}
        assert spans == {timedelta(minutes=5)}


def test_a_suspended_machine_is_no_jump_and_its_time_counts() -> None:
    clock = SteadyTime(START, 0.0)
    assert clock.read(wall(8 * HOUR, 0), 8 * HOUR) == wall(8 * HOUR, 0)
    assert not clock.in_doubt


def test_a_small_step_back_is_made_up_slowly() -> None:
    clock = SteadyTime(START, 0.0)
    shown = [clock.read(wall(boot, -60.0), float(boot)) for boot in range(0, 200, 10)]
    assert all(
        timedelta(seconds=5) <= after - before <= timedelta(seconds=10)
        for before, after in pairwise(shown)
    )
    assert shown[-1] == wall(190, -60.0)


def test_the_next_run_of_the_program_goes_on() -> None:
    ahead = START + timedelta(days=1)
    known = KnownTime(ahead, 100.0, "boot")
    same = SteadyTime(START, 160.0)
    same.resume(known, START, 160.0, "boot")
    assert (same.shown, same.in_doubt) == (ahead + timedelta(seconds=60), True)

    other = SteadyTime(START, 5.0)
    other.resume(known, START, 5.0, "other")
    assert (other.shown, other.in_doubt) == (ahead, True)

    off = SteadyTime(ahead, 5.0)
    off.resume(KnownTime(START, 100.0, "boot"), ahead, 5.0, "other")
    assert (off.shown, off.in_doubt, off.unsettled) == (ahead, False, True)
    off.read(ahead + AGREEMENT, 5.0 + AGREEMENT.total_seconds())
    assert not off.unsettled
