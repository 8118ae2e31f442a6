"""A form checks while one types, and says under the field what is wrong."""

from pathlib import Path

import pytest
from textual.widgets import Button, Input, Static

from noc_tui.console.dialogs.ask import Ask
from noc_tui.console.dialogs.form import Field, Form
from tests.console.conftest import console, shown, shows, until

pytestmark = pytest.mark.anyio


def whole_number(text: str) -> str:
    if not text.isdigit():
        raise ValueError("a whole number, please")
    return text


async def test_a_field_has_a_frame_its_label_and_its_fault(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as (app, pilot, _nocd):
        form = Form("Plan it", "", [Field("minutes", "Minutes", read=whole_number)])
        app.push_screen(form)
        await shows(pilot, "Minutes")
        await pilot.press(*"4x")
        await shows(pilot, "a whole number, please")
        await pilot.press("backspace")
        line = form.query_one(Input)
        await until(pilot, lambda: not line.has_class("-wrong"))


async def test_enter_goes_to_the_next_line_and_a_digit_on_a_button_opens_no_mode(
    tmp_path: Path,
) -> None:
    fields = [Field("start", "Start", "now"), Field("reason", "Why?"), Field("end", "End", "later")]
    async with console(tmp_path, size=(80, 24)) as (app, pilot, _nocd):
        form = Form("Move", "", fields)
        await app.push_screen(form)
        await until(pilot, lambda: app.focused is form.query_one("#reason", Input))
        await pilot.press("enter")
        await until(pilot, lambda: app.focused is form.query_one("#end", Input))
        form.query_one("#ok", Button).focus()
        await until(pilot, lambda: app.focused is form.query_one("#ok", Button))
        await pilot.press("5")
        await pilot.pause()
        assert app.screen is form
        assert "Move" in shown(app)


async def test_a_text_that_its_line_is_too_short_for_is_shown_whole(tmp_path: Path) -> None:
    text = "find the cause of what was sent, and tell us what was done about it, please"
    async with console(tmp_path, size=(80, 24)) as (app, pilot, _nocd):
        ask = Ask("What the client must do", value=text)
        await app.push_screen(ask)
        whole = ask.query_one(".dialog--whole", Static)
        await until(pilot, lambda: whole.display and str(whole.render()) == text)
        assert ask.query_one("#ok").region.bottom < 24
        ask.query_one(Input).value = "find the cause"
        await until(pilot, lambda: not whole.display)
