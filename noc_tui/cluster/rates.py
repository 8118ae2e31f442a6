"""Rates from counters: how fast a guest sends, receives, reads and writes, between two polls."""

from typing import TYPE_CHECKING

import msgspec

from noc_tui.cluster.rows import Number, ResourceRow

if TYPE_CHECKING:
    from noc_tui.cluster.assembling import Known


class Rates(msgspec.Struct, frozen=True):
    """Bytes a second over `seconds`; None where a counter is missing or was reset by a restart."""

    seconds: float
    net_in: float | None
    net_out: float | None
    disk_read: float | None
    disk_write: float | None


def rates(before: "Known", after: "Known", vmid: int) -> Rates | None:
    """The rates of a guest between two polls, or None when it was not in both.

    The time between is the guest's own uptime, which is of the same age as its counters.
    """
    old, new = before.guests.get(vmid), after.guests.get(vmid)
    if old is None or new is None:
        return None
    return _between(old, new)


def _between(old: ResourceRow, new: ResourceRow) -> Rates | None:
    if old.uptime is None or new.uptime is None or new.uptime <= old.uptime:
        return None
    seconds = float(new.uptime - old.uptime)
    return Rates(
        seconds=seconds,
        net_in=_rate(old.netin, new.netin, seconds),
        net_out=_rate(old.netout, new.netout, seconds),
        disk_read=_rate(old.diskread, new.diskread, seconds),
        disk_write=_rate(old.diskwrite, new.diskwrite, seconds),
    )


def _rate(old: Number, new: Number, seconds: float) -> float | None:
    if old is None or new is None or new < old:
        return None
    return (new - old) / seconds
