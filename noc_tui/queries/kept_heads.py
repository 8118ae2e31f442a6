"""Heads of the chain that this machine keeps outside the database, as far as they can be read.

The lines of `anchor_file`, and the newest head that `nocd` knows, beside the signing key. An
account that may not read a file has fewer to compare with.
"""

from collections import deque
from pathlib import Path

import msgspec

from noc_tui.config import Configuration
from storage.heads import HEAD, Head

NEWEST = 500
"""So many of the lines of `anchor_file` are compared, the newest."""


class KnownHead(Head, frozen=True):
    """The newest head that `nocd` knows; `revision` is the number of the change that it was read
    after, 0 where an earlier version wrote it.
    """

    revision: int = 0


_KNOWN = msgspec.json.Decoder(KnownHead)


def known_head_file(config: Configuration) -> Path:
    """Where `nocd` keeps the newest head that it knows."""
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


def read_known_head(config: Configuration) -> KnownHead | None:
    """The newest head that `nocd` knows; None where there is none that can be read. Blocks."""
    try:
        head = _KNOWN.decode(known_head_file(config).read_bytes())
        head.message()
    except (OSError, ValueError):
        return None
    return head


def _head(line: bytes) -> Head | None:
    try:
        head = HEAD.decode(line)
        head.message()
    except ValueError:
        return None
    return head
