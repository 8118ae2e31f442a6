"""How alerts about several guests name them: alike, and no more than fit a line. Pure."""

from collections.abc import Sequence

SHOWN = 3
"""So many are named."""


def name_guest(name: str | None, place: str) -> str:
    """A guest by its name and its place (`rennes/101`); names alone are not unique."""
    return f"{name} ({place})" if name else place


def list_few(names: Sequence[str]) -> str:
    """The first of these, and how many more there are."""
    rest = [f"+{len(names) - SHOWN}"] if len(names) > SHOWN else []
    return ", ".join([*names[:SHOWN], *rest])
