"""The gauge: its bar, and its state in a word."""

import pytest

from tests.widgets.frames import frame
from tests.widgets.host import Host
from widgets.gauge import Gauge

pytestmark = pytest.mark.anyio


async def test_a_gauge_says_its_state_in_a_word() -> None:
    gauge = Gauge("Budget left", label_width=12, bar_width=10)
    app = Host(gauge)
    async with app.run_test(size=(60, 3)) as pilot:
        assert frame(app)[0] == "Budget left", "nothing was read yet"
        gauge.show(0.5, "21 min", "● within budget", "good")
        await pilot.pause()
        assert frame(app)[0] == "Budget left  ▇▇▇▇▇░░░░░ 21 min  ● within budget"
        gauge.show(None, "—", "? unknown", "unknown")
        await pilot.pause()
        assert frame(app)[0] == "Budget left  ?          —  ? unknown"
