"""How many colours a terminal shows, as its environment says: over SSH that is all one knows."""

from collections.abc import Mapping
from typing import Literal

Colours = Literal["none", "16", "256", "all"]


def colours_of(environment: Mapping[str, str]) -> Colours:
    """Return how many colours a terminal shows.

    `NO_COLOR` asks for none. `COLORTERM` announces all of them, and is rarely sent over SSH;
    `TERM` names 256 or not. What says nothing has the sixteen that every terminal has.
    """
    term = environment.get("TERM", "")
    if environment.get("NO_COLOR") or term == "dumb":
        return "none"
    if environment.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit"):
        return "all"
    if term.endswith("-direct"):
        return "all"
    return "256" if "256color" in term or term.endswith("-kitty") else "16"
