"""The gauge: its bar, and its state in a word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.widgets.frames import frame
from tests.widgets.host import Host
from widgets.gauge import Gauge, bar

pytestmark = pytest.mark.anyio


async def test_a_gauge_says_its_state_in_a_word() -> None:
    gauge = Gauge("Budget left", label_width=12, bar_width=10)
    app = Host(gauge)
    async with app.run_test(size=(60, 3)) as pilot:
        gauge.show(0.5, "21 min", "● within budget", "good")
        await pilot.pause()
        assert frame(app)[0] == "Budget left  █████░░░░░ 21 min  ● within budget"
        gauge.show(None, "—", "? unknown", "unknown")
        await pilot.pause()
        assert frame(app)[0] == "Budget left  ?????????? —  ? unknown"


@given(st.floats(0, 1), st.integers(1, 60))
def test_a_bar_is_full_or_empty_only_when_it_is(share: float, width: int) -> None:
    drawn = bar(share, width)
    assert len(drawn) == width
    assert (drawn == "░" * width) == (share == 0)
    assert (drawn == "█" * width) == (share == 1)
