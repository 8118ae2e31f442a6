"""Bars, sparklines, graphs and calendars: what they say, at every width."""

from hypothesis import given
from hypothesis import strategies as st

from widgets.bars import bar
from widgets.braille_graph import braille_rows, graph_lines, round_top, time_line
from widgets.calendar_bar import calendar_bar, calendar_scale, worst_marks
from widgets.sparkline import sparkline, spread

SHARES = st.floats(0, 3)
SAMPLES = st.lists(st.none() | st.floats(0, 200), max_size=90)
WIDTHS = st.integers(1, 60)


@given(SHARES, st.integers(2, 60))
def test_a_bar_is_empty_at_nothing_and_full_from_all_on(share: float, width: int) -> None:
    drawn = bar(share, width)
    assert len(drawn) == width
    assert ("▇" not in drawn) == (share == 0)
    assert ("░" not in drawn) == (share >= 1)


def test_a_bar_is_rounded_down_and_unknown_is_neither() -> None:
    assert bar(0.89, 10) == "▇▇▇▇▇▇▇▇░░"
    assert bar(0.001, 5) == "▇░░░░"
    assert bar(0.9999, 5) == "▇▇▇▇░"
    assert bar(None, 5) == "?    "


@given(SAMPLES, WIDTHS)
def test_a_sparkline_has_its_width_and_a_gap_stays_one(
    samples: list[float | None], width: int
) -> None:
    drawn = sparkline(samples, width)
    assert len(drawn) == width
    if len(samples) <= width:
        newest = drawn[width - len(samples) :]
        assert [one == " " for one in newest] == [one is None for one in samples]


def test_sparklines_share_one_scale() -> None:
    assert sparkline([0, 12, 50, 99, 100, None, 250], 7) == "▁▁▅██ █"
    assert sparkline([10, 10], 2) == "▁▁", "a tenth of the scale is no full block"
    assert sparkline([100, 0], 2) == "█▁"


def test_many_samples_show_the_highest_of_each_column() -> None:
    assert spread([1, 9, None, 2, None, None], 3) == [9, 2, None]


@given(SAMPLES, WIDTHS, st.integers(1, 8))
def test_a_graph_fills_its_place_exactly(
    samples: list[float | None], width: int, height: int
) -> None:
    drawn = braille_rows(samples, width, height, 200.0)
    assert [len(line) for line in drawn] == [width] * height


def test_a_graph_is_filled_from_below_and_missing_is_blank() -> None:
    assert braille_rows([100, 100], 1, 2, 100.0) == ["⣿", "⣿"]
    assert braille_rows([50, 50], 1, 2, 100.0) == [" ", "⣿"]
    assert braille_rows([1, None], 1, 1, 100.0) == ["⡀"], "above nothing is at least a dot"
    assert braille_rows([None, None, 100, 100], 2, 1, 100.0) == [" ⣿"]


def test_an_axis_has_its_unit_and_its_times() -> None:
    drawn = graph_lines(
        [200.0] * 40, width=30, height=4, top=200.0,
        say=lambda value: f"{value:.0f} Mb/s", times=["02:12", "now"],
    )  # fmt: skip
    assert len(drawn) == 5
    assert {len(line) for line in drawn} == {30}
    assert drawn[0].startswith("200 Mb/s ┤⣿")
    assert drawn[2].startswith("100 Mb/s ┤")
    assert drawn[4].startswith("  0 Mb/s ┴02:12")
    assert drawn[4].endswith("now")


def test_few_samples_take_the_whole_width_so_that_times_hold() -> None:
    drawn = graph_lines(
        [100.0, None], width=13, height=1, top=100.0, say=lambda value: f"{value:.0f}", times=[]
    )  # fmt: skip
    assert drawn[0] == "100 ┤⣿⣿⣿⣿    "


def test_times_that_do_not_fit_are_left_out_but_the_last() -> None:
    assert time_line(["02:12", "02:27", "02:42", "now"], 12) == "02:12    now"
    assert time_line([], 3) == "   "


def test_the_top_of_an_axis_is_round() -> None:
    assert [round_top(one) for one in (0, 0.3, 7, 180, 1000)] == [1.0, 0.5, 10, 200, 1000]


def test_a_month_shows_the_worst_of_each_day() -> None:
    marks = worst_marks([(9, "M"), (9, "✖"), (18, "M"), (9, "?")], "✖SM?")
    assert marks == {9: "✖", 18: "M"}
    assert calendar_bar(30, 20, marks) == "········✖········M··          "
    assert calendar_scale(30) == "1   5    10   15   20   25   30"[:30]
