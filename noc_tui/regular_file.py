"""Reads files that somebody else wrote: configuration, register, secrets.

A name may lead to a pipe, a device or a folder: opening a pipe waits for a writer, for ever where
none comes, and a device has no end. Only regular files are read, up to a size.
"""

import errno
import os
import stat
from pathlib import Path

MOST_BYTES = 64 << 20


def read_regular(file: Path, most: int = MOST_BYTES) -> bytes:
    """What is in the file; raises `OSError`, also for what is no regular file or larger."""
    descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    with open(descriptor, "rb") as opened:
        found = os.fstat(descriptor)
        if stat.S_ISDIR(found.st_mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(file))
        if not stat.S_ISREG(found.st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(file))
        content = opened.read(most + 1)
    if len(content) > most:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(file))
    return content
