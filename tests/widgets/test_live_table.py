"""The big table in a real app: frames, the cursor, hostile text, and what is drawn again."""

import pytest
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.pilot import Pilot

from tests.widgets.frames import frame, styles_at
from widgets.columns import Column
from widgets.live_table import LiveTable

pytestmark = pytest.mark.anyio

Guest = tuple[str, str, int | None]


def cpu(row: Guest) -> str:
    return "?" if row[2] is None else f"{row[2]} %"


COLUMNS: list[Column[Guest]] = [
    Column("name", "Name", 12, lambda row: row[0], stretch=1),
    Column("state", "State", 10, lambda row: row[1], tone=lambda row: row[1][2:]),
    Column("cpu", "CPU", 6, cpu, order=lambda row: row[2], align="right", priority=1),
    Column("note", "Note", 20, lambda row: "-", priority=2),
]


class Fleet(App[None]):
    """A table alone, and what it told."""

    def __init__(self, rows: dict[str, Guest]) -> None:
        super().__init__()
        self.fleet = rows
        self.told: list[str] = []

    def compose(self) -> ComposeResult:
        yield LiveTable(
            COLUMNS,
            words=lambda row: f"{row[0]} {row[1]}",
            empty="No guest yet",
            no_match="Nothing matches “{filter}”",
        )

    def on_mount(self) -> None:
        self.table.update(self.fleet)
        self.table.focus()

    @property
    def table(self) -> LiveTable[Guest]:
        return self.query_one(LiveTable)

    @property
    def cursor_key(self) -> str | None:
        rows, at = self.table.rows.items(), self.table.cursor_row
        return next((key for key, row in rows if row is at), None)

    def on_live_table_row_highlighted(self, message: LiveTable.RowHighlighted) -> None:
        self.told.append(f"at {message.key}")

    def on_live_table_row_selected(self, message: LiveTable.RowSelected) -> None:
        self.told.append(f"open {message.key}")

    def on_live_table_shown(self, message: LiveTable.Shown) -> None:
        self.told.append(f"{message.shown} of {message.total}")


def fleet(count: int) -> dict[str, Guest]:
    return {f"g{n}": (f"vm-{n:05d}", "● good", n * 7 % 100) for n in range(count)}


async def test_a_narrow_terminal_keeps_the_columns_that_matter() -> None:
    app = Fleet(fleet(2))
    async with app.run_test(size=(37, 6)) as pilot:
        await pilot.pause()
        assert frame(app)[:3] == [
            "  Name             State         CPU",
            "▸ vm-00000         ● good        0 %",
            "  vm-00001         ● good        7 %",
        ]
        await pilot.resize_terminal(25, 6)
        await pilot.pause()
        assert frame(app)[:2] == ["  Name         State", "▸ vm-00000     ● good"]


async def test_the_scrollbar_covers_no_figure() -> None:
    app = Fleet(fleet(100))
    async with app.run_test(size=(37, 6)) as pilot:
        await pilot.pause()
        assert frame(app)[1].startswith("▸ vm-00000         ● good        0 %")
        assert frame(app)[0] == "  Name             State         CPU"


async def test_empty_and_filtered_out_say_so() -> None:
    app = Fleet({})
    async with app.run_test(size=(60, 6)) as pilot:
        await pilot.pause()
        assert frame(app)[2] == "  No guest yet"
        app.table.update(fleet(3))
        app.table.filter("absent")
        await pilot.pause()
        assert frame(app)[2] == "  Nothing matches “absent”"
        assert app.cursor_key is None
        assert app.told[-2:] == ["at None", "0 of 3"]


async def test_foreign_text_changes_nothing_but_its_own_cell() -> None:
    nasty = ["[bold]x[/]", "a\x1b[2Jb", "\u202egpj", "x" * 500, "日本語" * 9, "\u0301\u0302"]
    rows: dict[str, Guest] = {str(n): (text, "● good", n) for n, text in enumerate(nasty)}
    app = Fleet(rows)
    async with app.run_test(size=(60, 10)) as pilot:
        await pilot.pause()
        lines = frame(app)[1:7]
        clean = Fleet({str(n): ("", "● good", n) for n in range(len(nasty))})
        assert "[bold]x[/]" in lines[0]
        assert all("\x1b" not in line for line in lines)
    async with clean.run_test(size=(60, 10)) as pilot:
        await pilot.pause()
        wanted = [line.split("● good")[1] for line in frame(clean)[1:7]]
    assert [line.split("● good")[1] for line in lines] == wanted


async def test_the_cursor_stays_on_its_guest_through_sort_filter_and_change() -> None:
    app = Fleet(fleet(100))
    async with app.run_test(size=(60, 12)) as pilot:
        await pilot.press("down", "down", "down")
        assert app.cursor_key == "g3"
        app.table.sort_by("cpu", descending=True)
        await pilot.pause()
        assert app.cursor_key == "g3"
        assert any(line.startswith("▸ vm-00003") for line in frame(app))
        app.table.update({"zz": ("aaa", "● good", 99), "g3": ("vm-00003", "● good", 0)})
        await pilot.pause()
        assert app.cursor_key == "g3"
        app.table.filter("vm-0001")
        await pilot.pause()
        assert app.cursor_key != "g3"
        app.table.filter("")
        await pilot.pause()
        assert app.cursor_key == "g3"
        assert any(line.startswith("▸ vm-00003") for line in frame(app))
        app.table.drop(["g3"])
        await pilot.pause()
        assert app.cursor_key is not None


async def test_keys_go_where_they_say() -> None:
    app = Fleet(fleet(1000))
    async with app.run_test(size=(60, 11)) as pilot:
        await pilot.press("pagedown")
        assert app.cursor_key == "g9"
        await pilot.press("end")
        assert app.cursor_key == "g999"
        assert frame(app)[-1].startswith("▸ vm-00999")
        await pilot.press("pageup", "up")
        assert app.cursor_key == "g989"
        await pilot.press("home", "enter")
        assert app.told[-1] == "open g0"


async def test_an_untouched_cursor_stays_at_the_top() -> None:
    app = Fleet(fleet(5))
    async with app.run_test(size=(60, 11)) as pilot:
        app.table.sort_by("name")
        app.table.update({"first": ("aaa", "● good", 1)})
        await pilot.pause()
        assert app.cursor_key == "first"


async def test_the_mouse_picks_opens_sorts_and_scrolls() -> None:
    app = Fleet(fleet(100))
    async with app.run_test(size=(60, 11)) as pilot:
        await pilot.click(LiveTable, offset=(5, 4))
        assert app.cursor_key == "g3"
        await pilot.click(LiveTable, offset=(5, 4))
        assert "open g3" in app.told
        await pilot.click(LiveTable, offset=(3, 0))
        assert "Name ▲" in frame(app)[0]
        await pilot.click(LiveTable, offset=(3, 0))
        assert "Name ▼" in frame(app)[0]
        app.table._wheel_by(3)
        await pilot.pause()
        assert app.table.scroll_offset.y > 0


async def test_sorting_by_the_keys() -> None:
    app = Fleet(fleet(10))
    async with app.run_test(size=(60, 11)) as pilot:
        await pilot.press("greater_than_sign")
        assert "Name ▲" in frame(app)[0]
        await pilot.press("greater_than_sign", "greater_than_sign", "exclamation_mark")
        assert "CPU ▼" in frame(app)[0]
        await pilot.press("less_than_sign")
        assert "State ▲" in frame(app)[0]


async def painted(pilot: Pilot[None], app: Fleet, changed: dict[str, Guest]) -> set[Region]:
    """What the table asks to have drawn again because of `changed`."""
    await pilot.pause()
    app.table._repaint_regions.clear()
    app.table.update(changed)
    return set(app.table._repaint_regions)


async def test_only_cells_that_look_different_are_drawn_again() -> None:
    app = Fleet(fleet(1000))
    async with app.run_test(size=(60, 11)) as pilot:
        assert await painted(pilot, app, {"g500": ("far", "● good", 1)}) == set()
        assert await painted(pilot, app, {"g2": ("vm-00002", "● good", 14)}) == set()
        (region,) = await painted(pilot, app, {"g2": ("vm-00002", "● good", 15)})
        assert (region.y, region.height) == (3, 1)
        assert 0 < region.width < 10
        await pilot.pause()
        assert "15 %" in frame(app)[3]
        await pilot.press("end")
        assert not any("far" in line for line in frame(app))
        app.table.filter("far")
        await pilot.pause()
        assert "far" in frame(app)[1]


async def test_states_have_a_word_and_a_tone() -> None:
    app = Fleet({"a": ("web", "● good", 1), "b": ("db", "✖ bad", 2)})
    async with app.run_test(size=(60, 11)) as pilot:
        await pilot.pause()
        good, bad = styles_at(app, 1), styles_at(app, 2)
        assert "✖ bad" in frame(app)[2]
        assert len({style for _, style in bad}) > 1
        assert good != bad


async def test_without_colours_the_cursor_is_reversed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = Fleet(fleet(3))
    async with app.run_test(size=(60, 6)) as pilot:
        await pilot.pause()
        assert "reverse" in styles_at(app, 1)[0][1]
        assert "reverse" not in styles_at(app, 2)[0][1]
