"""The directory of the database: made for the operators' group to read, and for nobody else."""

import grp
import os

from noc_tui.config import Database

MODE = 0o2750
"""What is made in it belongs to its group, which reads and cannot make files of its own there."""


def prepare(database: Database) -> None:
    """Make the directory when it is missing; one that is there is left as its owner made it.

    Raises `OSError`, and `KeyError` for a group that the machine does not know.
    """
    directory = database.path.parent
    if directory.is_dir():
        return
    directory.mkdir(parents=True)
    if database.group is not None:
        os.chown(directory, -1, grp.getgrnam(database.group).gr_gid)
    directory.chmod(MODE)
