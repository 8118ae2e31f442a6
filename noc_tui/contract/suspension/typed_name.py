"""The tenant's name that an operator types to order: on any keyboard, and no other name."""

import unicodedata


def is_same_name(typed: str, name: str) -> bool:
    """Return whether the letters typed are those of the name, accents and case left aside.

    The typing makes an order deliberate; a keyboard without É must not stand in its way.
    """
    return _letters(typed) == _letters(name)


def _letters(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    plain = "".join(one for one in apart if not unicodedata.combining(one))
    return " ".join(plain.replace("œ", "oe").replace("æ", "ae").split())
