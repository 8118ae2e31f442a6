"""The line above a table."""

from textual.widgets import Static


class Heading(Static):
    """A line of text above a table, drawn again only when it says something else; never markup."""

    DEFAULT_CSS = "Heading { height: 1; width: 100%; }"

    def __init__(
        self,
        text: str = "",
        *,
        id: str | None = None,  # noqa: A002 - the name that every Textual widget gives it
        classes: str | None = None,
    ) -> None:
        super().__init__(text, id=id, classes=classes, markup=False)
        self._said = text

    def say(self, text: str) -> None:
        """Show `text` from now on. The line stays where it is, so nothing is laid out again."""
        if text != self._said:
            self._said = text
            self.update(text, layout=False)
