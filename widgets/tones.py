"""The tones in which something is drawn: the same words and colours in every widget.

A tone is never the only thing that says something: a glyph or a word stands beside it.

The colours are read from the theme's variables and not from component classes: Textual computes
each component class of each widget again and again while an app starts.
"""

import msgspec
from rich.style import Style
from textual.color import Color
from textual.widget import Widget

TONES = ("good", "warning", "bad", "stale", "unknown", "muted", "accent", "strong")

_VARIABLES = {
    "good": "text-success",
    "warning": "text-warning",
    "bad": "text-error",
    "stale": "text-muted",
    "unknown": "text-accent",
    "muted": "text-muted",
    "accent": "text-primary",
}
_ATTRIBUTES = {"bad": Style(bold=True), "stale": Style(italic=True), "strong": Style(bold=True)}


class Look(msgspec.Struct, frozen=True):
    """The styles that a widget of lines draws with, resolved from its CSS."""

    base: Style
    header: Style
    cursor: Style
    tones: dict[str, Style]


def look_of(widget: Widget, name: str) -> Look:
    """The look of a widget that has the component classes `{name}--header`, `{name}--cursor`."""
    return Look(
        base=widget.rich_style,
        header=widget.get_component_rich_style(f"{name}--header"),
        cursor=widget.get_component_rich_style(f"{name}--cursor"),
        tones=tone_styles(widget),
    )


def tone_styles(widget: Widget) -> dict[str, Style]:
    """The style of each tone on the widget's background, as the theme has it now."""
    base, variables = widget.rich_style, widget.app.theme_variables
    background = widget.background_colors[1]
    styles = {}
    for tone in TONES:
        style = base + _ATTRIBUTES.get(tone, Style.null())
        if tone in _VARIABLES:
            colour = _colour(variables[_VARIABLES[tone]], background)
            style += Style.from_color(colour.rich_color)
        styles[tone] = style
    return styles


def _colour(value: str, background: Color) -> Color:
    """A variable's colour as it is seen on a background: `auto 60%` contrasts with it."""
    if value.startswith("auto"):
        share = value.removeprefix("auto").strip().rstrip("%") or "100"
        return background + background.get_contrast_text(float(share) / 100)
    name, _space, share = value.partition(" ")
    colour = Color.parse(name)
    if colour.ansi is not None:  # the terminal's own: it mixes with nothing
        return colour
    return background + (colour.multiply_alpha(float(share.rstrip("%")) / 100) if share else colour)
