"""Heads of the chain that this machine keeps outside the database, as far as they can be read.

The lines of `anchor_file`, and the newest head that `nocd` found intact, beside the signing key. An
account that may not read a file has fewer to compare with.
"""

from collections import deque
from pathlib import Path

from noc_tui.config import Configuration
from storage.heads import HEAD, Head

NEWEST = 500
"""So many of the lines of `anchor_file` are compared, the newest."""


def known_head_file(config: Configuration) -> Path:
    """Where `nocd` keeps the newest head that it found intact."""
    key = config.evidence.key_file or config.database.path.with_name("evidence.key")
    return key.with_name(key.name + ".head")


def read_kept_heads(config: Configuration) -> list[Head]:
    """The newest heads of both files; lines that hold none are left out. Blocks."""
    found: list[Head] = []
    for file in filter(None, (config.evidence.anchor_file, known_head_file(config))):
        try:
            with file.open("rb") as lines:
                found += filter(None, map(_head, deque(lines, NEWEST)))
        except OSError:
            continue
    return found


def _head(line: bytes) -> Head | None:
    try:
        head = HEAD.decode(line)
        head.message()
    except ValueError:
        return None
    return head
