"""Which guests work on a place interrupts, in one way for the screen that asks and for `nocd`."""

from collections.abc import Iterable
from typing import Protocol, TypeVar


class GuestAtPlace(Protocol):
    """What of a guest says whether it is interrupted."""

    @property
    def cluster(self) -> str: ...
    @property
    def node(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def template(self) -> bool | None: ...


G = TypeVar("G", bound=GuestAtPlace)


def list_interrupted(guests: Iterable[G], place: str) -> list[G]:
    """Return the guests that run on a cluster, or on a `cluster/node`; of an empty place all of
    them, templates apart. One whose status is not known may run.
    """
    return [
        one
        for one in guests
        if not one.template
        and (not place or (one.status != "stopped" and place in {one.cluster, _node(one)}))
    ]


def _node(guest: GuestAtPlace) -> str:
    return f"{guest.cluster}/{guest.node}"
