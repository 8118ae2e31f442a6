"""Finds where a guest is and calls it there: one way for reads, writes and checks.

A guest moves: it is migrated, or HA starts it on another node when its own has died. Whoever asks
one therefore gets one of three outcomes: the answer; an error that time alone may settle
(`errors.GuestNotLocated` and the other errors of a cluster that is out of reach); or `GuestGone`.
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from noc_tui.cluster import errors
from noc_tui.cluster.gateway import Gateway
from noc_tui.cluster.ids import GuestPlace
from noc_tui.i18n import _

T = TypeVar("T")
_TRIES = 3


class GuestGone(Exception):
    """The guest is surely not there any more, or its number is another's; the message says which.

    Only a list of guests that is whole, and that the token may read, proves it.
    """


async def locate_guest(gateway: Gateway, vmid: int) -> GuestPlace:
    """Where the cluster's own list has the guest now.

    Raises `GuestGone`, and `GatewayError`s, `GuestNotLocated` among them, where nobody can tell.
    """
    found = await gateway.locate(vmid)
    if found is None:
        place = f"{gateway.name}/{vmid}"
        raise GuestGone(_("guest {guest} is not in the cluster").format(guest=place))
    return found


async def reach_guest(
    gateway: Gateway,
    vmid: int,
    call: Callable[[GuestPlace], Awaitable[T]],
    *,
    seen: GuestPlace | None = None,
) -> T:
    """What `call` returns at the node where the guest is.

    `seen` is where it was last known to be: asked first, without a look at the list. Where it is
    not there, or its node does not answer, it is looked for, and `call` is made again at another
    node: HA starts a guest elsewhere when its node has died. `call` only reads. Raises
    `GuestGone` and `GatewayError`s; `GuestNotLocated` for a guest that is on its way.
    """
    where = seen or await locate_guest(gateway, vmid)
    for _attempt in range(_TRIES):
        try:
            return await call(where)
        except (errors.GuestNotLocated, errors.Untrusted):
            raise
        except (errors.ObjectMissing, errors.Unreachable) as error:
            found = await locate_guest(gateway, vmid)
            if found == where and isinstance(error, errors.Unreachable):
                raise
            if found == where:
                raise errors.GuestNotLocated(error.cluster, error.endpoint, error.said) from error
            where = found
    raise errors.GuestNotLocated(gateway.name, None, f"guest {vmid} moves from node to node")
