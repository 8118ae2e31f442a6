"""A view that nothing was read for yet says so: neither empty nor full."""

import pytest

from tests.widgets.frames import frame
from tests.widgets.host import Host
from widgets.columns import Column
from widgets.live_table import LiveTable

pytestmark = pytest.mark.anyio


class Translating(Host):
    """An app with a catalogue."""

    def translate(self, message: str) -> str:
        return {"reading …": "lecture …"}[message]


def table() -> LiveTable[str]:
    return LiveTable(
        [Column("name", "Name", 12, str)], words=str, empty="No guest", no_match="Not {filter}"
    )


async def test_a_table_is_being_read_then_empty_then_filtered() -> None:
    shown = table()
    app = Host(shown)
    async with app.run_test(size=(40, 5)) as pilot:
        assert frame(app)[2] == "  reading …"
        assert not shown.was_read
        shown.sync({})
        await pilot.pause()
        assert frame(app)[2] == "  No guest"
        shown.update({"a": "a"})
        shown.filter("b")
        await pilot.pause()
        assert frame(app)[2] == "  Not b"


async def test_it_is_said_in_the_language_of_the_app() -> None:
    app = Translating(table())
    async with app.run_test(size=(40, 5)):
        assert frame(app)[2] == "  lecture …"
