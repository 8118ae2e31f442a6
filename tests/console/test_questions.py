"""What is typed for `nocd` is not lost to its refusal: the question stays until it has an answer.

`ask_in` does that. A function that shows a dialog to write in, and then asks `nocd`, does not.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.widgets import Input

from noc_tui import console as package
from noc_tui.console.dialogs.ask import Ask
from tests.console import busy_estate, estate
from tests.console.conftest import console, shown, shows, until

SCREENS = Path(package.__file__).parent
WRITTEN = ("Ask", "Form")
FOR_A_FILE = {"action_export", "write_termination_file"}
"""They ask for the name of a file here: nocd is asked for what goes into it."""


def _called(node: ast.AST) -> Iterator[str]:
    for one in ast.walk(node):
        if isinstance(one, ast.Call):
            name = one.func
            yield name.attr if isinstance(name, ast.Attribute) else getattr(name, "id", "")


def _asks_first(function: ast.AsyncFunctionDef) -> bool:
    """Whether it waits for a dialog to write in, and asks nocd itself."""
    waits = (
        one
        for one in ast.walk(function)
        if isinstance(one, ast.Call)
        and isinstance(one.func, ast.Attribute)
        and one.func.attr == "push_screen_wait"
    )
    written = any(name in WRITTEN for wait in waits for name in _called(wait))
    return written and "ask_nocd" in _called(function)


def test_no_question_closes_before_nocd_has_taken_its_answer() -> None:
    found = [
        f"{path.relative_to(SCREENS)}: {one.name}"
        for path in sorted(SCREENS.rglob("*.py"))
        for one in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(one, ast.AsyncFunctionDef) and one.name not in FOR_A_FILE and _asks_first(one)
    ]
    assert found == [], "await self.ask_in(dialog, request_of)"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("key", "title", "typed"),
    [("z", "Snooze until when?", "90"), ("a", "Acknowledge", "seen, on my way")],
)
async def test_what_is_typed_about_an_alert_outlives_a_refusal(
    tmp_path: Path, key: str, title: str, typed: str
) -> None:
    await busy_estate.write(estate.configuration(tmp_path).database.path)
    async with console(tmp_path, size=(120, 40)) as (app, pilot, nocd):
        assert nocd is not None
        nocd.refuses = True
        await pilot.press("7")
        await shows(pilot, "unacknowledged alerts")
        await pilot.press(key)
        await until(pilot, lambda: isinstance(app.screen, Ask) and title in shown(app))
        app.screen.query_one(Input).value = typed
        await pilot.press("enter")
        await shows(pilot, "vera is viewer")
        assert app.screen.query_one(Input).value == typed
        nocd.refuses = False
        await pilot.press("enter")
        await until(pilot, lambda: not isinstance(app.screen, Ask))
        assert len(nocd.orders) == 2


@pytest.mark.anyio
async def test_a_snooze_that_is_no_number_is_said_in_its_dialog(tmp_path: Path) -> None:
    await busy_estate.write(estate.configuration(tmp_path).database.path)
    async with console(tmp_path, size=(120, 40)) as (app, pilot, nocd):
        assert nocd is not None
        await pilot.press("7")
        await shows(pilot, "unacknowledged alerts")
        await pilot.press("z")
        await shows(pilot, "Snooze until when?")
        app.screen.query_one(Input).value = "an hour"
        await pilot.press("enter")
        await shows(pilot, "write it as 2026-03-01 14:30")
        assert nocd.orders == []
