"""Identifies the caller by the kernel (`SO_PEERCRED`), never by what the caller says.

In a demo the one account that started it may play the members of a cast (`X-Noc-As: olga`), so that
one person can try hand-offs and approvals. Outside a demo such a request is refused.
"""

import socket
import struct

from aiohttp import web

from noc_tui.daemon.core.errors import Forbidden
from noc_tui.i18n import _
from noc_tui.roles import Caller, Role
from storage.evidence import Actor, program

_UCRED = struct.Struct("3i")


def peer_uid(request: web.Request) -> int:
    """The uid at the other end of the Unix socket, from the kernel."""
    transport = request.transport
    peer = transport.get_extra_info("socket") if transport is not None else None
    if peer is None or peer.family != socket.AF_UNIX:
        raise Forbidden(_("only the Unix socket is answered"))
    return uid_behind(peer)


def uid_behind(peer: socket.socket) -> int:
    """The same, of a connected Unix socket."""
    _pid, uid, _gid = _UCRED.unpack(
        peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size)
    )
    return int(uid)


def itself() -> Actor:
    """The daemon, as the author of what it does on its own."""
    return program()


def actor(caller: Caller) -> Actor:
    """The caller, as the evidence log names it."""
    return Actor(caller.uid, caller.name)


def require(caller: Caller, needed: Role) -> Caller:
    """The caller, or `Forbidden` when its role does not suffice."""
    if caller.role is None:
        raise Forbidden(_("{name} has no role here").format(name=caller.name))
    if not caller.may(needed):
        raise Forbidden(
            _("{name} is {role}; this needs {needed}").format(
                name=caller.name, role=caller.role.said, needed=needed.said
            )
        )
    return caller
