"""An app around one widget, which keeps the messages that it posts."""

from textual.app import App, ComposeResult
from textual.message import Message
from textual.widget import Widget


class Host(App[None]):
    """Shows `shown` alone; `told` are the messages it posted, oldest first."""

    def __init__(self, shown: Widget) -> None:
        super().__init__()
        self.shown = shown
        self.told: list[Message] = []

    def compose(self) -> ComposeResult:
        yield self.shown

    def on_mount(self) -> None:
        self.shown.focus()

    def keep(self, message: Message) -> None:
        """For `run_test(message_hook=…)`: it sees each message at each widget it reaches."""
        ours = type(message).__module__.startswith("widgets.")
        if ours and not any(message is told for told in self.told):
            self.told.append(message)
