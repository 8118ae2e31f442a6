"""The console's themes. A state is never said by colour alone, so each must only be readable."""

from textual.theme import Theme

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
THEMES = (DARK, LIGHT, CONTRAST, MEASURED)
CYCLE = (DARK.name, LIGHT.name, CONTRAST.name)


def after(name: str) -> str:
    """The theme that comes after that one."""
    return CYCLE[(CYCLE.index(name) + 1) % len(CYCLE)] if name in CYCLE else CYCLE[0]
