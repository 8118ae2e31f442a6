"""A framed part of a screen: a title with its counters, drawn heavier where the focus is inside."""

from typing import ClassVar

from textual.containers import Container
from textual.content import Content


class Pane(Container):
    """A frame around widgets. Where the focus is inside it is heavy and its title is reversed.

    So the focus is told by shape, in every theme and without colour. With the class `-flat` only
    the upper rule with the title is left, for narrow terminals.
    """

    DEFAULT_CSS: ClassVar[str] = """
    Pane {
        width: 1fr;
        height: 1fr;
        border: solid $panel-lighten-2;
        border-title-color: $text-primary;
        border-title-style: bold;
        border-subtitle-color: $text-muted;
        &:focus-within {
            border: heavy $primary;
            border-title-color: $background;
            border-title-background: $primary;
        }
        &.-flat { border: none; border-top: solid $panel-lighten-2; }
        &.-flat:focus-within { border: none; border-top: heavy $primary; }
        &:ansi { border-title-color: ansi_default; }
        &:ansi:focus-within, &:nocolor:focus-within { border-title-style: bold reverse; }
    }
    """

    def __init__(
        self,
        *children: object,
        title: str = "",
        id: str | None = None,  # noqa: A002 - the name that every Textual widget gives it
        classes: str | None = None,
    ) -> None:
        super().__init__(*children, id=id, classes=classes)  # type: ignore[arg-type]
        self._title = self._note = ""
        self.entitle(title)

    def entitle(self, title: str, note: str = "") -> None:
        """Write `title` into the frame's upper edge and `note` into its lower one; never markup."""
        if title != self._title:
            self._title = title
            self.border_title = Content(title) if title else None
        if note != self._note:
            self._note = note
            self.border_subtitle = Content(note) if note else None
