"""Marks a string that the console translates when it shows it."""


def N_(message: str) -> str:  # noqa: N802 - the name that gettext's tools look for
    """`message` itself: it is a message id, shown through the console's catalogue."""
    return message
