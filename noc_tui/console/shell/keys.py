"""Keys as they are written in footer, header and help."""

import re

from textual.keys import key_to_character

from noc_tui.i18n import N_, _

_KEYS = {
    "question_mark": "?",
    "slash": "/",
    "colon": ":",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "plus": "+",
    "minus": "-",
    "escape": "Esc",
    "enter": "⏎",
    "space": "␣",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "exclamation_mark": "!",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "home": N_("Home"),
    "end": N_("End"),
    "pageup": N_("PgUp"),
    "pagedown": N_("PgDn"),
}
_FUNCTION = re.compile(r"f\d+$")


def key_label(keys: str) -> str:
    """The first of `keys`, which Textual separates by commas, as a hand finds it."""
    first = keys.split(",")[0]
    name = first.removeprefix("ctrl+")
    word = _(_KEYS[name]) if name in _KEYS else _sign_of(name)
    return ("^" if name != first else "") + (word.upper() if _FUNCTION.match(name) else word)


def _sign_of(name: str) -> str:
    """The sign that a key types (`asterisk`); the key's own name where it types none to see."""
    typed = key_to_character(name) or ""
    return typed if typed.isprintable() and not typed.isspace() and typed else name
