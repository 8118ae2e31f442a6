"""What a Textual app shows now, as lines of plain text."""

from typing import Any

from textual.app import App


def frame(app: App[Any]) -> list[str]:
    """The lines of the screen, without colours and without blanks at their end."""
    return [strip.text.rstrip() for strip in app.screen._compositor.render_strips()]


def styles_at(app: App[Any], y: int) -> list[tuple[str, str]]:
    """The runs of line `y`: their text and the style they are drawn in."""
    strip = app.screen._compositor.render_strips()[y]
    return [(segment.text, str(segment.style)) for segment in strip]
