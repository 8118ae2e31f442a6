"""What the console is measured against: `python -m benchmarks.peers bare|clock|datatable [SHARE]`.

`bare` is Textual with one label, `clock` has the time in it. `datatable` is Textual's own table
with the guests of `benchmarks.feed`, `SHARE` of them changed each second.
"""

import random
import sys
from datetime import UTC, datetime
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.widgets import Static


class Bare(App[None]):
    """Nothing but a word."""

    def compose(self) -> ComposeResult:
        yield Static("ready for use")


class Clock(App[None]):
    """The same, with the time in seconds."""

    def compose(self) -> ComposeResult:
        yield Static("ready for use")

    def on_mount(self) -> None:
        self.set_interval(1.0, self.tick)

    def tick(self) -> None:
        self.query_one(Static).update(f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}")


def datatable(share: float) -> App[None]:
    """The peer; the guests change in the same process."""
    from textual.widgets import DataTable

    from benchmarks.feed import changed, guests
    from storage.guests import Guest

    known, dice = guests(10_000, random.Random(1)), random.Random(2)

    def cells(guest: Guest) -> dict[str, str]:
        return {
            "id": str(guest.vmid),
            "name": guest.name or "?",
            "state": guest.status,
            "node": guest.node,
            "cpu": f"{guest.cpu_percent} %",
            "memory": f"{guest.memory_percent} %",
            "cluster": guest.cluster,
        }

    class Peer(App[None]):
        """All guests in a DataTable."""

        CSS = "DataTable > .datatable--cursor { background: #ff0000; color: white; }"
        ENABLE_COMMAND_PALETTE: ClassVar[bool] = False

        def compose(self) -> ComposeResult:
            yield DataTable(cursor_type="row")

        def on_mount(self) -> None:
            table = self.query_one(DataTable)
            for title in cells(known[0]):
                table.add_column(title, key=title, width=14)
            for guest in known:
                table.add_row(*cells(guest).values(), key=f"{guest.cluster}/{guest.vmid}")
            table.focus()
            if share > 0:
                self.set_interval(1.0, self.tick)

        def tick(self) -> None:
            table = self.query_one(DataTable)
            for guest in changed(known, share, dice):
                shown = cells(guest)
                for column in ("state", "cpu", "memory"):
                    key = f"{guest.cluster}/{guest.vmid}"
                    table.update_cell(key, column, shown[column])

    return Peer()


if __name__ == "__main__":
    simple = {"bare": Bare, "clock": Clock}
    app = simple[sys.argv[1]]() if sys.argv[1] in simple else datatable(float(sys.argv[2]))
    app.run()
