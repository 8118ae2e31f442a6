"""What a console remembers of its operator, and what a damaged file costs: nothing but itself."""

from pathlib import Path

import pytest

from noc_tui.console.habits import (
    Habits,
    HabitsError,
    TableHabit,
    habits_file,
    read_habits,
    write_habits,
)
from tests.console import estate
from tests.console.conftest import console, shown, shows, until
from widgets.live_table import LiveTable

pytestmark = pytest.mark.anyio


def test_habits_are_read_as_they_were_written(tmp_path: Path) -> None:
    file = tmp_path / "state" / "console.json"
    kept = Habits(theme="noc-light", tables={"guests": TableHabit("cpu", True, "mem>8G", ("id",))})
    assert read_habits(file) == Habits()
    write_habits(file, kept)
    assert read_habits(file) == kept
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", [b"", b"{", b'{"theme": 5}', b"[" * 300_000])
def test_a_damaged_file_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "console.json"
    file.write_bytes(content)
    with pytest.raises(HabitsError):
        read_habits(file)


async def test_screen_theme_order_and_filter_are_there_the_next_time(tmp_path: Path) -> None:
    async with console(tmp_path, size=(120, 24)) as (app, pilot, _nocd):
        await pilot.press("ctrl+t", "3")
        await shows(pilot, "acme-db-1")
        await pilot.press("greater_than_sign", "slash", *"state:stopped", "enter")
        await until(pilot, lambda: "acme-db-1" not in shown(app))
    async with console(tmp_path, size=(120, 24)) as (app, pilot, _nocd):
        assert app.theme == "noc-light"
        await shows(pilot, "acme-batch")
        assert "acme-db-1" not in shown(app)
        assert "state:stopped" in shown(app), "a filter that holds is seen"
        assert app.screen.query_one("#guests", LiveTable).sorted_by == ("id", False)


async def test_nothing_is_kept_where_it_is_not_wanted(tmp_path: Path) -> None:
    async with console(tmp_path, size=(120, 24), remember=False) as (app, pilot, _nocd):
        await pilot.press("ctrl+t")
        assert app.theme == "noc-light"
    kept = habits_file(estate.configuration(tmp_path), "omar")
    assert kept is not None
    assert read_habits(kept) == Habits(), "there is no file"


async def test_a_damaged_file_is_told_and_kept(tmp_path: Path) -> None:
    file = habits_file(estate.configuration(tmp_path), "omar")
    assert file is not None
    file.write_text("{", encoding="utf-8")
    async with console(tmp_path, size=(120, 24)) as (_app, pilot, _nocd):
        await shows(pilot, "What was remembered of your console cannot be used")
    assert file.with_name(f"{file.name}.damaged").read_text(encoding="utf-8") == "{"
    assert read_habits(file).mode in ("", "overview")
