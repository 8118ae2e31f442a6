"""The console's themes. A state is never said by colour alone, so each must only be readable."""

from textual.theme import Theme

from widgets.terminal.colours import Colours

DARK = Theme(
    name="noc-dark",
    primary="#4FA3D9",
    secondary="#7FB7BE",
    accent="#C792EA",
    success="#6CC070",
    warning="#E5B567",
    error="#F2777A",
    foreground="#D8DEE4",
    background="#11161C",
    surface="#171D25",
    panel="#202833",
    variables={
        "block-cursor-background": "#2F6690",
        "block-cursor-foreground": "#FFFFFF",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#26323F",
        "block-cursor-blurred-foreground": "#D8DEE4",
        "footer-key-foreground": "#4FA3D9",
        "input-selection-background": "#2F6690",
    },
)
LIGHT = Theme(
    name="noc-light",
    primary="#1F5F8B",
    secondary="#2F7F86",
    accent="#7A3E9D",
    success="#1D7A3A",
    warning="#9A6200",
    error="#B3261E",
    foreground="#1C2329",
    background="#FAFBFC",
    surface="#F1F4F7",
    panel="#E2E8EE",
    dark=False,
    variables={
        "block-cursor-background": "#1F5F8B",
        "block-cursor-foreground": "#FFFFFF",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#CFDCE7",
        "block-cursor-blurred-foreground": "#1C2329",
        "footer-key-foreground": "#1F5F8B",
        "input-selection-background": "#BCD4E6",
    },
)
CONTRAST = Theme(
    name="noc-contrast",
    primary="#00FFFF",
    secondary="#FFFFFF",
    accent="#FF80FF",
    success="#00FF00",
    warning="#FFFF00",
    error="#FF6060",
    foreground="#FFFFFF",
    background="#000000",
    surface="#000000",
    panel="#1A1A1A",
    text_alpha=1.0,
    variables={
        "block-cursor-background": "#FFFF00",
        "block-cursor-foreground": "#000000",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#404040",
        "block-cursor-blurred-foreground": "#FFFFFF",
        "footer-key-foreground": "#00FFFF",
        "border": "#FFFFFF",
        "text-muted": "#E0E0E0",
        "foreground-muted": "#E0E0E0",
    },
)
# The cursor's row in a colour that nothing else has: measurements from outside find it by that.
MEASURED = Theme(
    name="noc-measured",
    primary=DARK.primary,
    foreground="#D8DEE4",
    background="#11161C",
    surface="#171D25",
    panel="#202833",
    variables={
        **DARK.variables,
        "block-cursor-background": "#FF0000",
        "block-cursor-foreground": "#FFFFFF",
    },
)
# The same for terminals of 256 colours, which over SSH are most: only colours that these have, so
# that nothing is rounded to a loud neighbour.
DARK_256 = Theme(
    name=DARK.name,
    primary="#5FAFD7",
    secondary="#87AFAF",
    accent="#D7AFFF",
    success="#87D787",
    warning="#D7AF5F",
    error="#FF8787",
    foreground="#DADADA",
    background="#121212",
    surface="#1C1C1C",
    panel="#262626",
    variables={
        "block-cursor-background": "#005F87",
        "block-cursor-foreground": "#FFFFFF",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#303030",
        "block-cursor-blurred-foreground": "#DADADA",
        "footer-key-foreground": "#5FAFD7",
        "input-selection-background": "#005F87",
        "panel-lighten-2": "#4E4E4E",
        "text-primary": "#5FAFD7",
        "text-success": "#87D787",
        "text-warning": "#D7AF5F",
        "text-error": "#FF8787",
        "text-accent": "#D7AFFF",
        "text-muted": "#9E9E9E",
    },
)
LIGHT_256 = Theme(
    name=LIGHT.name,
    primary="#005F87",
    secondary="#005F5F",
    accent="#87005F",
    success="#005F00",
    warning="#875F00",
    error="#AF0000",
    foreground="#1C1C1C",
    background="#FFFFFF",
    surface="#EEEEEE",
    panel="#E4E4E4",
    dark=False,
    variables={
        "block-cursor-background": "#005F87",
        "block-cursor-foreground": "#FFFFFF",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#D0D0D0",
        "block-cursor-blurred-foreground": "#1C1C1C",
        "footer-key-foreground": "#005F87",
        "input-selection-background": "#AFD7FF",
        "panel-lighten-2": "#A8A8A8",
        "text-primary": "#005F87",
        "text-success": "#005F00",
        "text-warning": "#875F00",
        "text-error": "#AF0000",
        "text-accent": "#87005F",
        "text-muted": "#585858",
    },
)
CONTRAST_256 = Theme(
    name=CONTRAST.name,
    primary="#00FFFF",
    secondary="#FFFFFF",
    accent="#FF87FF",
    success="#00FF00",
    warning="#FFFF00",
    error="#FF5F5F",
    foreground="#FFFFFF",
    background="#000000",
    surface="#000000",
    panel="#1C1C1C",
    text_alpha=1.0,
    variables={
        **CONTRAST.variables,
        "block-cursor-blurred-background": "#444444",
        "text-muted": "#E4E4E4",
        "foreground-muted": "#E4E4E4",
        "panel-lighten-2": "#9E9E9E",
    },
)
THEMES = (DARK, LIGHT, CONTRAST, MEASURED)
THEMES_256 = (DARK_256, LIGHT_256, CONTRAST_256, MEASURED)
CYCLE = (DARK.name, LIGHT.name, CONTRAST.name)
ANSI = ("ansi-dark", "ansi-light")
"""Textual's themes in the terminal's own sixteen colours."""


def choose_theme(name: str, colours: Colours) -> str:
    """Return the theme that a terminal can show: of sixteen colours its own, dark or light."""
    if colours != "16" or name not in CYCLE:
        return name
    return ANSI[1] if name == LIGHT.name else ANSI[0]


def in_all_colours(name: str) -> str:
    """Return the theme to remember: that of sixteen colours is this terminal's, not the operator's
    choice.
    """
    return {ANSI[0]: DARK.name, ANSI[1]: LIGHT.name}.get(name, name)


def list_themes(colours: Colours) -> tuple[Theme, ...]:
    """Return our themes, in colours that the terminal has."""
    return THEMES_256 if colours == "256" else THEMES


def after(name: str) -> str:
    """The theme that comes after that one, among those of as many colours."""
    cycle = ANSI if name in ANSI else CYCLE
    return cycle[(cycle.index(name) + 1) % len(cycle)] if name in cycle else cycle[0]
