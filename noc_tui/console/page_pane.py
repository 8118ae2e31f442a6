"""Panes of a page: as tall as what stands in them, one below the other."""

from textual.widget import Widget

from widgets.pane import Pane


def page_pane(title: str, shown: Widget, *, id: str | None = None) -> Pane:  # noqa: A002 - Textual's name
    """Return a framed part of a page; its style is in `detail.tcss`."""
    shown.add_class("detail")
    return Pane(shown, title=title, id=id, classes="page")
