"""Cells: an exact width, whatever the text; nothing leaks into the neighbour."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import get_character_cell_size

from widgets.cells import fit, guard, width_of


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("web-1", "web-1   "),
        ("a-long-name", "a-long-…"),
        ("日本語サーバ", "日本語… "),
        ("\x1b[31mred", "�[31mred"),
        ("a\nb\tc", "a�b�c   "),
        ("e\u0301te\u0301", "été     "),
        ("x\u0336y", "x·y     "),
        ("\u202eabc", "�abc    "),
        ("\U0001f1eb\U0001f1f7", "··      "),
        ("[bold]x", "[bold]x "),
    ],
)
def test_a_cell_shows_what_is_safe(text: str, shown: str) -> None:
    assert fit(text, 8) == shown


def test_figures_stand_at_the_right() -> None:
    assert fit("12 %", 8, "right") == "    12 %"


@given(st.text(), st.integers(0, 40), st.sampled_from(["left", "right"]))
def test_a_cell_is_never_wider_nor_narrower(text: str, width: int, align: str) -> None:
    shown = fit(text, width, "right" if align == "right" else "left")
    assert width_of(shown) == width
    assert sum(map(get_character_cell_size, shown)) == width


@given(st.text())
def test_guarded_text_prints_and_stands_alone(text: str) -> None:
    shown = guard(text)
    assert shown.isprintable()
    assert all(get_character_cell_size(char) > 0 for char in shown)


def test_unbreakable_spaces_are_drawn_as_spaces() -> None:
    assert guard("vu\u00a0: 3\u202f%") == "vu : 3 %"
