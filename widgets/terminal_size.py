"""Screens of the size that the terminal has: from the first layout on, however fast it changes."""

from collections.abc import Iterable

from textual.events import Compose, Resize
from textual.message_pump import MessagePump
from textual.screen import Screen


class TerminalSized(MessagePump):
    """A base of screens, before Textual's own, that passes by sizes which the terminal has no more.

    A screen is laid out for each size that it is told, and each layout of another size tells it
    that size again. Told of two before it came to either, it lays itself out for both by turns and
    never comes to an end: no key is read any more, and neither is the terminal's last size.

    The classes of its breakpoints are there before its widgets. Textual gives them after the first
    layout, and then styles, lays out and draws everything a second time.
    """

    async def _on_compose(self, _event: Compose) -> None:
        if isinstance(self, Screen):
            width, height = self.app.size
            self.add_class(
                *_reached(width, self.HORIZONTAL_BREAKPOINTS or ()),
                *_reached(height, self.VERTICAL_BREAKPOINTS or ()),
            )

    def _compositor_refresh(self) -> None:
        """Draw nothing that is not shown: Textual draws a whole screen within a batch, throws that
        away, and draws it again at its end.
        """
        if not self.app._batch_count:
            super()._compositor_refresh()  # type: ignore[misc] # Textual's screen is below

    async def _on_resize(self, event: Resize) -> None:
        if event.size != self.app.size:  # the app knows the last one first
            event.prevent_default()


def _reached(cells: int, breakpoints: Iterable[tuple[int, str]]) -> tuple[str, ...]:
    """The class of the greatest breakpoint that a length reaches, as Textual chooses it."""
    return tuple(name for least, name in sorted(breakpoints, reverse=True) if cells >= least)[:1]
