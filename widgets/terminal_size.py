"""Screens of the size that the terminal has, however fast that changes."""

from textual.events import Resize
from textual.message_pump import MessagePump


class TerminalSized(MessagePump):
    """A base of screens, before Textual's own, that passes by sizes which the terminal has no more.

    A screen is laid out for each size that it is told, and each layout of another size tells it
    that size again. Told of two before it came to either, it lays itself out for both by turns and
    never comes to an end: no key is read any more, and neither is the terminal's last size.
    """

    async def _on_resize(self, event: Resize) -> None:
        if event.size != self.app.size:  # the app knows the last one first
            event.prevent_default()
