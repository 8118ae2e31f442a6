"""A big table in a terminal, for tests from outside: `table_app.py delta|stock [patient]`.

With `patient` the driver waits for the terminal as long as it takes.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from textual.app import App, ComposeResult
from textual.widgets import Input

from widgets.columns import Column
from widgets.driver import DeltaDriver
from widgets.live_table import LiveTable
from widgets.terminal import pace
from widgets.terminal.encoder import Encoder

if "patient" in sys.argv:
    pace.PATIENCE_SECONDS = 3600.0

ROWS = {f"k{n}": (f"guest-{n:04d}", "● up" if n % 7 else "✖ down 日本") for n in range(500)}


class TableApp(App[None]):
    """A filter and a table."""

    def __init__(self) -> None:
        super().__init__(driver_class=DeltaDriver if sys.argv[1] == "delta" else None)

    def compose(self) -> ComposeResult:
        yield Input()
        yield LiveTable(
            [
                Column("name", "Name", 14, lambda row: row[0], stretch=1),
                Column("state", "State", 14, lambda row: row[1], tone=lambda row: "good"),
            ],
            words=lambda row: row[0],
            empty="nothing",
            no_match="no match",
        )

    def on_mount(self) -> None:
        table = self.query_one(LiveTable)
        table.update(ROWS)
        table.focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        self.query_one(LiveTable).filter(event.value)

    def key_f2(self) -> None:
        """Odd guests go down, so that much changes at once."""
        changed = {key: (name, "✖ down") for key, (name, _) in ROWS.items() if key[-1] in "13579"}
        self.query_one(LiveTable).update(changed)

    def key_f3(self) -> None:
        """From now on nothing can be drawn."""
        Encoder.encode = _fail  # type: ignore[method-assign] # what a mistake in it would do
        self.query_one(LiveTable).action_move(1)


def _fail(*_said: object, **_named: object) -> str:
    raise RuntimeError("no picture comes of this")


app = TableApp()
app.run()
sys.exit(app.return_code)
