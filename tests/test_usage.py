"""What no command takes is refused with a sentence before arguments are read."""

import pytest

from noc_tui import i18n, usage


@pytest.mark.parametrize(
    ("argument", "refusal"),
    [("--reason=--", "not a value"), ("caf\udce9", "not UTF-8")],
)
def test_an_argument_that_cannot_be_read_is_named(argument: str, refusal: str) -> None:
    i18n.use("en")
    said = usage.unreadable_argument(["scope", argument])
    assert said is not None
    assert refusal in said


def test_other_dashes_are_arguments() -> None:
    assert usage.unreadable_argument(["--", "--reason=-", "--reason=a--", "--reason", "é"]) is None
