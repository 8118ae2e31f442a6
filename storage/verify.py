"""Is the evidence what was written? One verdict, and the first entry that is not as it was.

Blocks; reads without changing anything, whoever writes meanwhile.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import msgspec

from storage.chain_checks import ChainFault, Walk, check_entry, check_erasures, check_heads
from storage.chain_reader import connect, entries, kept_heads, keys
from storage.heads import Head
from storage.verdict import Report, Verdict


def verify(path: Path, heads: Sequence[Head] = ()) -> Report:
    """Read the whole chain; `heads` are compared besides those that are kept in the file."""
    walk = Walk({})
    try:
        with closing(connect(path)) as connection:
            walk.keys = keys(connection)
            for stored in entries(connection):
                check_entry(walk, stored)
            check_erasures(walk)
            compared = [*kept_heads(connection), *heads]
            check_heads(walk, compared)
    except ChainFault as bad:
        return Report(bad.verdict, walk.count, bad.reason, bad.seq, erased=len(walk.erased))
    except (sqlite3.Error, OSError, ValueError, TypeError, msgspec.DecodeError) as error:
        seq = walk.count + 1 if walk.count else None
        reason = f"{path}: the chain cannot be read: {error}"
        return Report(Verdict.UNREADABLE, walk.count, reason, seq)
    return Report(
        Verdict.INTACT,
        walk.count,
        f"all {walk.count} entries are as they were written",
        heads=len(compared),
        erased=len(walk.erased),
        last_hash=walk.last.hex(),
    )
