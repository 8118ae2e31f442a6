"""Stand-ins for terminals with few signs: as many columns, and what differs still differs."""

import pytest

from widgets.bars import bar
from widgets.braille_graph import braille_rows
from widgets.sparkline import sparkline
from widgets.terminal.charset import signs_of, speller
from widgets.terminal.colours import colours_of

SPELLED = speller("ascii")


def test_bars_sparklines_and_graphs_have_stand_ins() -> None:
    assert SPELLED(bar(0.4, 10)) == "####......"
    assert SPELLED(sparkline([0, 15, 30, 55, 99, None], 6)) == "_.-=# "
    (upper, lower) = braille_rows([0, 0, 20, 20, 70, 70, 100, 100], 4, 2, 100.0)
    assert (SPELLED(upper), SPELLED(lower)) == ("  _#", " _##")


def test_states_stay_apart() -> None:
    states = [SPELLED(one) for one in "✖▲◌●·✓■?"]
    assert states == ["X", "!", "~", "*", ".", "v", "#", "?"]
    assert len(set(states)) == len(states)


def test_the_frame_with_the_focus_is_another_one() -> None:
    assert SPELLED("┌─┐│└┘") == "+-+|++"
    assert SPELLED("┏━┓┃┗┛") == "#=####"


def test_the_console_of_linux_has_letters_and_few_signs() -> None:
    spelled = speller(signs_of("linux", "utf-8"))
    assert spelled("é œ € ▇ ┏━ ✖") == "é œ € # #= X"
    assert signs_of("xterm-256color", "utf-8") == "utf-8"


@pytest.mark.parametrize(
    ("environment", "colours"),
    [
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "all"),
        ({"TERM": "xterm-256color"}, "256"),
        ({"TERM": "tmux-direct"}, "all"),
        ({"TERM": "screen"}, "16"),
        ({"TERM": "linux"}, "16"),
        ({"TERM": "dumb"}, "none"),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, "none"),
        ({}, "16"),
    ],
)
def test_how_many_colours(environment: dict[str, str], colours: str) -> None:
    assert colours_of(environment) == colours
