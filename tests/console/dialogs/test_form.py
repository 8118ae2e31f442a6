"""A form checks while one types, and says under the field what is wrong."""

from pathlib import Path

import pytest
from textual.widgets import Input

from noc_tui.console.dialogs.form import Field, Form
from tests.console.conftest import console, shows, until

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
