"""Prints sentences and tables for people, and one JSON document for scripts."""

import sys
from collections.abc import Sequence
from typing import Any

import msgspec

from noc_tui.i18n import language
from noc_tui.kept_words import read_words
from noc_tui.text import visible


def say(line: str = "") -> None:
    """One line on standard output. The caller has made foreign text visible."""
    sys.stdout.write(line + "\n")


def say_json(document: Any) -> None:
    """One JSON document on standard output, keys in the order given, times in RFC 3339.

    JSON is UTF-8, whatever the terminal's own character set.
    """
    sys.stdout.flush()
    text = read_words(msgspec.json.encode(document).decode(), language())
    sys.stdout.buffer.write(msgspec.json.format(text, indent=2).encode() + b"\n")
    sys.stdout.buffer.flush()


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of foreign text under a header, in columns as wide as they need."""
    shown = [list(header), *([visible(cell) for cell in row] for row in rows)]
    widths = [max(len(row[column]) for row in shown) for column in range(len(header))]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in shown
    ]
