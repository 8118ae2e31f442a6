"""Another Unix account that reads the database with plain Python, as an operator's would."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Opens like the console does and tries a write; prints what happened, a line each.
_OPERATOR = """
import sqlite3, sys
path, query = sys.argv[1:3]
try:
    connection = sqlite3.connect(f"file:{path}?{query}", uri=True)
    print("read", connection.execute("SELECT count(*) FROM pool").fetchone()[0])
    connection.execute("INSERT INTO pool VALUES ('x', 'x', 0)")
    print("wrote")
except sqlite3.Error as error:
    print(error)
"""

OPERATOR = 65533
GROUP = 65534


def as_operator(python: str, path: Path, query: str = "mode=ro") -> list[str]:
    """What an account of the database's group, and nothing else, sees and cannot do."""
    finished = subprocess.run(
        [python, "-c", _OPERATOR, str(path), query],
        capture_output=True,
        text=True,
        check=True,
        user=OPERATOR,
        group=GROUP,
        extra_groups=[],
        cwd="/",
        env={"PATH": os.environ.get("PATH", "")},
    )
    return finished.stdout.splitlines()


@contextmanager
def without_write_permission(directory: Path) -> Iterator[None]:
    """As an account of the database's group; or, not being root, with nothing there to write to.

    A file of one's own can be written in a directory that cannot: so the files are closed too.
    """
    if os.geteuid() != 0:
        modes = {path: path.stat().st_mode & 0o7777 for path in (directory, *directory.iterdir())}
        for path, mode in modes.items():
            path.chmod(mode & ~0o222)
        try:
            yield
        finally:
            for path, mode in modes.items():
                path.chmod(mode)
        return
    os.setegid(GROUP)
    os.seteuid(OPERATOR)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
