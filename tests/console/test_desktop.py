"""What reaches the terminal's title and the desktop: the cause, in one line, without controls."""

from hypothesis import given
from hypothesis import strategies as st

from noc_tui.console.shell.desktop import notify_sequence, title_sequence


def test_the_title_says_the_worst_and_how_many_more() -> None:
    assert (
        title_sequence("Atelier Armor is out", 3) == "\x1b]2;Atelier Armor is out +2 · noc-tui\x07"
    )
    assert title_sequence("", 0) == "\x1b]2;noc-tui\x07"
    assert notify_sequence("osc9", "x") == "\x1b]9;noc-tui: x\x07"
    assert notify_sequence("osc777", "a;b") == "\x1b]777;notify;noc-tui;a,b\x07"
    assert notify_sequence("off", "x") == ""


@given(st.text(max_size=200))
def test_foreign_text_ends_no_sequence(text: str) -> None:
    for sequence in (title_sequence(text, 1), notify_sequence("osc9", text)):
        assert "\x1b" not in sequence[1:-1]
        assert "\x07" not in sequence[:-1]
        assert "\x9c" not in sequence
