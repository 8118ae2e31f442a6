"""Themes for what a terminal shows: sixteen colours, 256 of which none is rounded, or all."""

import pytest
from textual.color import Color
from textual.theme import Theme

from noc_tui.console.shell.themes import (
    ANSI,
    CYCLE,
    MEASURED,
    THEMES,
    THEMES_256,
    after,
    choose_theme,
    in_all_colours,
    list_themes,
)

CUBE = (0x00, 0x5F, 0x87, 0xAF, 0xD7, 0xFF)
GREYS = tuple(range(8, 248, 10))


def colours(theme: Theme) -> dict[str, str]:
    own = {
        name: str(getattr(theme, name))
        for name in ("primary", "secondary", "accent", "success", "warning", "error",
                     "foreground", "background", "surface", "panel")
    }  # fmt: skip
    return own | {name: one for name, one in theme.variables.items() if one.startswith("#")}


@pytest.mark.parametrize("theme", [one for one in THEMES_256 if one is not MEASURED],
                         ids=lambda theme: theme.name)  # fmt: skip
def test_a_palette_of_256_colours_has_no_other(theme: Theme) -> None:
    for name, text in colours(theme).items():
        red, green, blue = Color.parse(text).rgb
        exact = red in CUBE and green in CUBE and blue in CUBE
        assert exact or (red == green == blue and red in GREYS), f"{name}: {text}"


def test_the_same_names_stand_for_both() -> None:
    assert [one.name for one in THEMES_256] == [one.name for one in THEMES]
    assert list_themes("256") == THEMES_256
    assert list_themes("all") == THEMES


def test_sixteen_colours_are_the_terminals_own() -> None:
    assert [choose_theme(name, "16") for name in CYCLE] == [ANSI[0], ANSI[1], ANSI[0]]
    assert [in_all_colours(name) for name in ANSI] == ["noc-dark", "noc-light"]
    assert choose_theme("noc-light", "256") == "noc-light"
    assert (after(ANSI[0]), after(ANSI[1])) == (ANSI[1], ANSI[0])
    assert [after(name) for name in CYCLE] == [*CYCLE[1:], CYCLE[0]]
