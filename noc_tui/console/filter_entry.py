"""The line above a table for words to filter or to search by."""

from textual.widgets import Input


class EntryLine(Input):
    """Not there until it is opened; its style is in `console.tcss`, over that of every input."""

    @property
    def in_use(self) -> bool:
        """Whether it is open, or what was typed still holds."""
        return bool(self.value) or self.has_class("-open")

    def open(self) -> None:
        """Show it, with the focus."""
        self.add_class("-open")
        self.screen.set_focus(self)  # now: the next key may be waiting already

    def close(self) -> None:
        """Empty it and take it away."""
        self.value = ""
        self.remove_class("-open")
