"""Keys are written as a hand finds them."""

import pytest

from noc_tui.console.shell.keys import key_label


@pytest.mark.parametrize(
    ("key", "label"),
    [
        ("asterisk", "*"),
        ("question_mark", "?"),
        ("f5", "F5"),
        ("ctrl+s", "^s"),
        ("shift+f5", "shift+f5"),
    ],
)
def test_a_key_is_the_sign_that_it_types(key: str, label: str) -> None:
    assert key_label(key) == label
