"""Checks whether a `nocd` listens on its socket, using only the standard library."""

import socket
from pathlib import Path


def listens(path: Path) -> bool:
    """Return whether something accepts connections on the Unix socket at `path`."""
    probe = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    probe.settimeout(0.5)
    try:
        probe.connect(str(path))
    except BlockingIOError:  # more connect than it can take at once: it is there
        return True
    except OSError:
        return False
    finally:
        probe.close()
    return True
