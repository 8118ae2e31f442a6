"""Checks mail addresses: exactly one, without a name, in ASCII, with a domain of two parts or
more.

The configuration and the register are held to it, so that a mail that is due at night is not the
first to find out.
"""

import re

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+")


def is_address(text: str) -> bool:
    """Whether a mail can be sent to it, as far as its form goes."""
    return _ADDRESS.fullmatch(text) is not None
