"""What an operator changed in a notice that was drawn from the facts, line by line (R16)."""

from collections.abc import Iterator
from difflib import ndiff

from noc_tui.contract.suspension.values import Notice
from noc_tui.text import visible


def list_edits(notice: Notice) -> list[str]:
    """The lines taken out (`- `) and put in (`+ `), subject first; empty where nothing changed."""
    if notice.drawn is None or not notice.edited:
        return []
    drawn = [notice.drawn.subject, *notice.drawn.body.splitlines()]
    text = [notice.text.subject, *notice.text.body.splitlines()]
    return list(_changes(drawn, text))


def _changes(drawn: list[str], text: list[str]) -> Iterator[str]:
    for line in ndiff(drawn, text):
        if line.startswith(("- ", "+ ")) and line[2:].strip():
            yield visible(line)
