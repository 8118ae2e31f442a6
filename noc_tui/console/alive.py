"""Whether a `nocd` listens on its socket, found out without any library."""

import socket
from pathlib import Path


def listens(path: Path) -> bool:
    """True when something accepts connections there; at once, for a Unix socket never waits."""
    probe = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    probe.settimeout(0.5)
    try:
        probe.connect(str(path))
    except OSError:
        return False
    finally:
        probe.close()
    return True
