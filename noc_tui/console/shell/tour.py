"""The tour: six cards on what the console is for. Any key leaves it but those that turn a card."""

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.getters import query_one
from textual.screen import ModalScreen
from textual.widgets import Label, Static

from noc_tui.i18n import N_, _
from widgets.terminal_size import TerminalSized

CARDS: tuple[tuple[str, str], ...] = (
    (
        N_("A console for the night shift"),
        N_(
            "You look at Proxmox clusters, their guests and the tenants who pay for them. The two "
            "lines on top always say how old the data is, what waits for somebody and who you "
            "are.\n\nThe digits open the screens: 1 is what is wrong now, 7 the alerts."
        ),
    ),
    (
        N_("Find anything"),
        N_(
            "Press : and type a guest, a tenant, a number or a command; its state stands beside "
            "each hit.\n\nPress / in any table: mem>8G node:pve3 state:!running. Enter opens what "
            "is under the cursor, Esc goes back."
        ),
    ),
    (
        N_("An alert"),
        N_(
            "7 lists the alerts, the worst and unacknowledged ones first, with what to do next. "
            "a acknowledges, z snoozes, u assigns, n writes a note, i opens an incident."
        ),
    ),
    (
        N_("What an outage costs"),
        N_(
            "5 shows each tenant's month: how much downtime is left before a credit is due, and "
            "from when it would be. 4 shows every second of it and why; there you attribute "
            "outages, exclude time and plan maintenance."
        ),
    ),
    (
        N_("Suspending a tenant"),
        N_(
            "6 leads step by step from the ground to the order: proofs, the mildest measure, the "
            "notice that the client reads, the second person. Nothing is carried out before the "
            "tenant's name was typed; everything can be rehearsed with h."
        ),
    ),
    (
        N_("At the end of the shift"),
        N_(
            "8 builds the handover from the state itself; the next shift accepts it item by item. "
            "9 holds who did what when, chained and signed.\n\n? lists the keys of each screen, "
            "and there t shows this tour again."
        ),
    ),
)
_ON, _BACK = ("enter", "space", "right", "down", "pagedown"), ("left", "up", "pageup", "backspace")


class Tour(TerminalSized, ModalScreen[None]):
    """One card at a time over the screen that it begins on."""

    takes_letters: ClassVar[bool] = True
    DEFAULT_CSS = """
    Tour { align: center middle; background: $background 60%; }
    Tour > Vertical {
        width: 66; max-width: 96%; height: auto; max-height: 90%;
        padding: 1 2; background: $surface; border: round $primary;
    }
    Tour Label { width: 100%; text-style: bold; color: $text-primary; margin-bottom: 1; }
    Tour Static { height: auto; margin-bottom: 1; }
    Tour .tour--keys { color: $text-muted; margin-bottom: 0; }
    """

    heading = query_one(Label)
    card = query_one("#card", Static)

    def __init__(self) -> None:
        super().__init__()
        self._number = 0

    def compose(self) -> ComposeResult:
        title, text = self._words()
        with Vertical():
            yield Label(Content(title))
            yield Static(Content(text), id="card")
            keys = _("Enter goes on, ← back; any other key leaves the tour.")
            yield Static(Content(keys), classes="tour--keys")

    def _words(self) -> tuple[str, str]:
        title, text = CARDS[self._number]
        return f"{self._number + 1}/{len(CARDS)} · {_(title)}", _(text)

    def on_key(self, event: events.Key) -> None:
        """Turn the card, or leave."""
        event.stop()
        step = (event.key in _ON) - (event.key in _BACK)
        number = max(0, self._number + step)
        if step == 0 or number == len(CARDS):
            self.dismiss()
            return
        self._number = number
        title, text = self._words()
        self.heading.update(Content(title))
        self.card.update(Content(text))
