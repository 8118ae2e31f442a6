"""What was parsed is kept for as long as it is true."""

import pytest
from textual.color import Color
from textual.css.stylesheet import StylesheetParseError

from widgets.stylesheet import KeptStylesheet


def sheet(colour: str = "red") -> KeptStylesheet:
    made = KeptStylesheet({"accent": colour})
    made.add_source("Label { color: $accent; }", read_from=("one", ""))
    made.parse()
    return made


def test_what_was_parsed_is_not_parsed_again() -> None:
    made = sheet()
    (before,) = made.rules
    made.add_source("Label { width: 3; }", read_from=("two", ""))
    made.set_variables({"accent": "red"})
    made.reparse()
    assert made.rules[0] is before
    assert len(made.rules) == 2


def test_another_theme_is_another_sheet() -> None:
    made = sheet()
    made.set_variables({"accent": "blue"})
    made.reparse()
    assert made.rules[0].styles.color == Color.parse("blue")


def test_a_mistake_leaves_the_rules_as_they_were() -> None:
    made = sheet()
    before = made.rules
    made.add_source("Label { color: nothing-like-it; }", read_from=("two", ""))
    with pytest.raises(StylesheetParseError):
        made.reparse()
    assert made.rules[:1] == before
