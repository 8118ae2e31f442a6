"""Foreign text: nothing hidden, nothing interpreted, nothing lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.text import clip_text, visible, visible_lines


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("[bold]x[/]", "[bold]x[/]"),
        ("\x1b[2Jgone", "␛[2Jgone"),
        ("abc\u202edef", "abc⇄def"),
        ("a\nb", "a␊b"),
        ("été", "été"),
        ("zero\u200bwidth", "zero·width"),
    ],
)
def test_what_could_do_harm_is_made_visible(raw: str, shown: str) -> None:
    assert visible(raw) == shown


@given(st.text())
def test_no_control_character_is_left(raw: str) -> None:
    assert all(ord(c) >= 0x20 and not 0x7F <= ord(c) < 0xA0 for c in visible(raw))
    assert len(visible(raw)) == len(raw)


@given(st.text(), st.integers(min_value=1, max_value=50))
def test_clipping_keeps_to_the_width(raw: str, width: int) -> None:
    assert len(clip_text(raw, width)) <= width


def test_lines_stay_lines() -> None:
    assert visible_lines("a\r\n\tb\x07") == "a\n\tb␇"
