"""Tells the service manager that the daemon is ready or ending (`sd_notify`'s protocol)."""

import os
import socket


def notify(state: str) -> None:
    """Send a state such as `READY=1`; nothing where no manager asked for it."""
    address = os.environ.get("NOTIFY_SOCKET")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.connect(address)
        channel.sendall(state.encode())
