"""How a thing may be drawn, by a word: the same words and the same colours in every widget.

A tone is never the only thing that says something: a glyph or a word stands beside it.
"""

from rich.style import Style
from textual.widget import Widget

TONES = ("good", "warning", "bad", "stale", "unknown", "muted", "accent", "strong")

_LOOKS = {
    "good": "color: $text-success;",
    "warning": "color: $text-warning;",
    "bad": "color: $text-error; text-style: bold;",
    "stale": "color: $text-muted; text-style: italic;",
    "unknown": "color: $text-accent;",
    "muted": "color: $text-muted;",
    "accent": "color: $text-primary;",
    "strong": "text-style: bold;",
}


def tone_classes(prefix: str) -> set[str]:
    """The component classes of a widget: `<prefix>--<tone>`."""
    return {f"{prefix}--{tone}" for tone in TONES}


def tone_css(selector: str, prefix: str) -> str:
    """Default CSS that gives each tone its look in the widget that `selector` names."""
    return "".join(f"{selector} > .{prefix}--{tone} {{ {_LOOKS[tone]} }}\n" for tone in TONES)


def tone_styles(widget: Widget, prefix: str) -> dict[str, Style]:
    """The style of each tone as the widget's CSS has it now."""
    return {tone: widget.get_component_rich_style(f"{prefix}--{tone}") for tone in TONES}
