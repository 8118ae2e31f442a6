"""Gauge, graph, checklist, matrix and dialogs: frames, keys, messages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.app import App
from textual.widgets import Button

from tests.widgets.frames import frame
from tests.widgets.host import Host
from widgets.checklist import Checklist, Step
from widgets.confirm import Confirm, TypedConfirm
from widgets.gauge import Gauge, bar
from widgets.load_graph import MISSING, LoadGraph, resampled, rows_of
from widgets.matrix import Mark, Matrix

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


def test_what_was_not_measured_is_neither_zero_nor_blank() -> None:
    assert rows_of([0.0, 0.0, None, None, 4.0, 4.0], 3, 1, 4.0) == ["⣀░⣿"]


@given(st.lists(st.none() | st.floats(0, 100), max_size=60), st.integers(1, 50))
def test_a_gap_in_the_samples_is_a_gap_in_the_graph(
    samples: list[float | None], width: int
) -> None:
    points = resampled(samples, width * 2)
    (line,) = rows_of(samples, width, 1, 100.0)
    for x, char in enumerate(line):
        assert (char == MISSING) == (points[2 * x] is None and points[2 * x + 1] is None)


async def test_a_graph_tells_what_its_hatching_means() -> None:
    graph = LoadGraph("CPU", top=100, legend="░ not measured")
    app = Host(graph)
    async with app.run_test(size=(30, 8)) as pilot:
        graph.show([50.0, 100.0, 0.0, 25.0], "25 %")
        await pilot.pause()
        assert frame(app)[0] == "CPU  25 %"
        graph.show([50.0, None], "?")
        await pilot.pause()
        assert frame(app)[0] == "CPU  ?  ░ not measured"
        assert frame(app)[4].endswith(MISSING * 15)


STEPS = [
    Step("notice", "Send the notice", "done", "done", "mail of 3 March", "good"),
    Step("backup", "Check the backup", "open", "open", "a verified copy is wanted", "warning"),
    Step("order", "Order it", "blocked", "blocked", "waits for the step before"),
]


async def test_steps_are_ticked_when_they_may_be() -> None:
    checklist = Checklist(STEPS)
    app = Host(checklist)
    async with app.run_test(size=(50, 8), message_hook=app.keep) as pilot:
        await pilot.pause()
        assert frame(app)[:6] == [
            "▸  ☑ Send the notice                          done",
            "       mail of 3 March",
            "   ☐ Check the backup                         open",
            "       a verified copy is wanted",
            "   ✖ Order it                              blocked",
            "       waits for the step before",
        ]
        await pilot.press("space", "down", "enter", "down", "down", "space")
        kinds = [(type(told).__name__, getattr(told, "key", "")) for told in app.told]
        assert kinds == [("Ticked", "notice"), ("Ticked", "backup"), ("Refused", "order")]
        done = [told.done for told in app.told if isinstance(told, Checklist.Ticked)]
        assert done == [False, True]
        await pilot.click(Checklist, offset=(4, 2))
        assert getattr(app.told[-1], "key", "") == "backup"


FIRST = ["          col0  col1  col2", "▸ row0    ● ok  ?     ?"]


async def test_a_matrix_shows_what_is_missing_and_where_one_is() -> None:
    matrix = Matrix(title_width=10, cell_width=6, missing=Mark("?", "unknown"), empty="nothing")
    app = Host(matrix)
    async with app.run_test(size=(30, 5), message_hook=app.keep) as pilot:
        await pilot.press("enter")
        assert frame(app)[2] == "nothing"
        columns = [(f"c{n}", f"col{n}") for n in range(6)]
        rows = [(f"r{n}", f"row{n}") for n in range(9)]
        matrix.show(rows, columns, {("r0", "c0"): Mark("● ok", "good")})
        await pilot.pause()
        assert [line[:28].rstrip() for line in frame(app)[:2]] == FIRST
        await pilot.press(*["right"] * 5, *["down"] * 8, "enter")
        selected = app.told[-1]
        assert isinstance(selected, Matrix.CellSelected)
        assert (selected.row, selected.column) == ("r8", "c5")
        assert "col5" in frame(app)[0]
        assert any(line.startswith("▸ row8") for line in frame(app))
        await pilot.press(*["left"] * 5, *["up"] * 8)
        assert matrix.place == ("r0", "c0")
        assert [line[:28].rstrip() for line in frame(app)[:2]] == FIRST


@pytest.mark.parametrize(
    ("keys", "answer"),
    [(["escape"], False), (["enter"], False), (["right", "enter"], True)],
)
async def test_a_question_is_answered_with_no_unless_one_says_yes(
    keys: list[str], answer: bool
) -> None:
    app: App[None] = App()
    answers: list[bool | None] = []
    async with app.run_test(size=(60, 16)) as pilot:
        dialog = Confirm("Stop [b]web-1[/]?", ["It stops at once."], yes="Stop", no="Keep")
        app.push_screen(dialog, answers.append)
        await pilot.pause()
        text = "\n".join(frame(app))
        assert "Stop [b]web-1[/]?" in text
        assert "It stops at once." in text
        await pilot.press(*keys)
        await pilot.pause()
    assert answers == [answer]


async def test_a_name_must_be_typed_before_yes_can_be_said() -> None:
    app: App[None] = App()
    answers: list[bool | None] = []
    async with app.run_test(size=(60, 20)) as pilot:
        dialog = TypedConfirm(
            "Suspend?", ["acme"], name="acme", prompt="Type acme", yes="Suspend", no="Cancel"
        )
        app.push_screen(dialog, answers.append)
        await pilot.pause()
        await pilot.press("a", "c", "m", "enter")
        assert dialog.query_one("#yes", Button).disabled
        await pilot.press("e")
        assert not dialog.query_one("#yes", Button).disabled
        await pilot.press("enter", "enter")
        await pilot.pause()
    assert answers == [True]
