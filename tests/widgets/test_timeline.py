"""The timeline: what stands where in time, and how one moves about in it."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.widgets.frames import frame
from tests.widgets.host import Host
from widgets.lanes import Chart, Lane, LaneKind, LaneSpan
from widgets.time_window import ZOOMS, window
from widgets.timeline import Timeline

pytestmark = pytest.mark.anyio

PARIS = ZoneInfo("Europe/Paris")
KINDS = (
    LaneKind("outage", "█", "outage", "bad"),
    LaneKind("maintenance", "▒", "maintenance", "accent"),
    LaneKind("unmeasured", "?", "unmeasured", "unknown"),
)


def paris(day: int, hour: int = 0, minute: int = 0, month: int = 5) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=PARIS).astimezone(UTC)


NOW = paris(20)
LANES = [
    Lane(
        "acme",
        "Acme",
        (
            LaneSpan("o1", "outage", paris(3), paris(3, 0, 1)),
            LaneSpan("m1", "maintenance", paris(10), paris(13)),
            LaneSpan("o2", "outage", paris(11), paris(12)),
        ),
    ),
    Lane("beta", "Beta", (LaneSpan("u1", "unmeasured", paris(18), None),)),
]


def timeline(**options: object) -> Timeline:
    return Timeline(
        KINDS, now=NOW, zone=PARIS, empty="No tenant yet", title_width=12, **options  # type: ignore[arg-type]
    )  # fmt: skip


async def test_a_month_has_a_column_a_day_where_there_is_room_for_one() -> None:
    shown = timeline()
    app = Host(shown)
    async with app.run_test(size=(12 + 31 + 1, 8)) as pilot:
        shown.show(LANES, NOW)
        await pilot.press("down")
        lines = frame(app)
        assert lines[0] == "            2026-05"
        assert lines[1] == "            01     08     15     22     29"
        assert lines[2] == "  Acme      ──█──────▒█▒────────"
        assert lines[3] == "▸ Beta      ─────────────────??─"
        assert lines[-1] == " █ outage  ▒ maintenance  ? unmeasured"


async def test_empty_says_so() -> None:
    shown = timeline()
    app = Host(shown)
    async with app.run_test(size=(60, 8)) as pilot:
        await pilot.press("enter", "n", "right", "down")
        assert frame(app)[3] == "reading …", "nothing was shown yet"
        shown.show([], NOW)
        await pilot.pause()
        assert frame(app)[3] == "No tenant yet"


async def test_zooming_in_goes_to_the_span_under_the_cursor() -> None:
    shown = timeline()
    app = Host(shown)
    async with app.run_test(size=(12 + 31 + 1, 8), message_hook=app.keep) as pilot:
        shown.show(LANES, NOW)
        await pilot.press("n", "n", "n")
        assert [span.key for span in shown.spans] == ["o2", "m1"]
        await pilot.press("enter")
        selected = app.told[-1]
        assert isinstance(selected, Timeline.SpanSelected)
        assert (selected.lane, selected.spans[0].key) == ("acme", "o2")
        await pilot.press("plus")
        assert shown.window == window("week", paris(11), PARIS)
        await pilot.press("plus", "plus")
        assert shown.window.zoom == "hour"
        assert shown.window.name == "2026-05-11 00h"
        await pilot.press("plus", "minus", "minus", "minus", "minus")
        assert shown.window.name == "2026-05"


async def test_over_the_edge_lies_the_next_period() -> None:
    shown = timeline()
    app = Host(shown)
    async with app.run_test(size=(12 + 31 + 1, 8), message_hook=app.keep) as pilot:
        shown.show(LANES, NOW)
        # It begins in the present, the 20th.
        await pilot.press(*["left"] * 20)
        assert shown.window.name == "2026-04"
        await pilot.press("pagedown", "pagedown")
        assert shown.window.name == "2026-06"
        changes = [told for told in app.told if isinstance(told, Timeline.WindowChanged)]
        assert [change.window.name for change in changes] == ["2026-04", "2026-05", "2026-06"]


async def test_a_click_goes_there_and_a_second_opens() -> None:
    shown = timeline()
    app = Host(shown)
    async with app.run_test(size=(12 + 31 + 1, 8), message_hook=app.keep) as pilot:
        shown.show(LANES, NOW)
        await pilot.click(Timeline, offset=(12 + 18, 3))
        assert [span.key for span in shown.spans] == ["u1"]
        await pilot.click(Timeline, offset=(12 + 18, 3))
        assert isinstance(app.told[-1], Timeline.SpanSelected)


async def test_many_subjects_scroll_and_the_cursor_keeps_its_own() -> None:
    shown = timeline()
    app = Host(shown)
    lanes = [Lane(f"t{n}", f"tenant {n}", LANES[0].spans) for n in range(500)]
    async with app.run_test(size=(60, 10)) as pilot:
        shown.show(lanes, NOW)
        await pilot.press(*["down"] * 9)
        assert frame(app)[-2].startswith("▸ tenant 9")
        shown.show(lanes[5:], NOW)
        await pilot.pause()
        assert any(line.startswith("▸ tenant 9") for line in frame(app))


@pytest.mark.parametrize("zoom", ZOOMS)
@given(
    start=st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),  # noqa: DTZ001 - made aware below
    length=st.integers(1, 10**6),
    width=st.integers(1, 200),
)
def test_a_span_in_the_window_is_never_lost(
    zoom: str, start: datetime, length: int, width: int
) -> None:
    begin = start.replace(tzinfo=UTC)
    span = LaneSpan("s", "outage", begin, begin + timedelta(seconds=length))
    level = next(level for level in ZOOMS if level == zoom)
    shown = window(level, begin, PARIS)
    drawn = Chart(KINDS, shown, width, NOW).columns(Lane("l", "", (span,)))
    assert drawn[shown.column(begin, width)] == 0
    for x, rank in enumerate(drawn):
        touches = span.start < shown.instant(x + 1, width) and shown.instant(x, width) < span.end  # type: ignore[operator]
        if rank is None:
            assert not touches or span.end == shown.instant(x, width)


@pytest.mark.parametrize(("day", "hours"), [((3, 29), 23), ((10, 25), 25), ((5, 5), 24)])
def test_a_day_is_as_long_as_the_clocks_make_it(day: tuple[int, int], hours: int) -> None:
    month, date = day
    assert window("day", paris(date, 12, month=month), PARIS).seconds == hours * 3600


@given(st.integers(1, 300), st.sampled_from(ZOOMS))
def test_labels_never_overlap(width: int, zoom: str) -> None:
    level = next(level for level in ZOOMS if level == zoom)
    labels = window(level, NOW, PARIS).labels(width)
    places = [x for x, _ in labels]
    assert places == sorted(places)
    assert all(x + len(text) <= width for x, text in labels)
    if width >= 60:
        assert all(a + len(text) < b for (a, text), (b, _) in pairwise(labels))
