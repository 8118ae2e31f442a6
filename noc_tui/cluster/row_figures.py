"""What a row of Proxmox says, as figures of a snapshot: None where it says nothing. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from noc_tui.cluster.api_rows import Number, ResourceRow

UNKNOWN: Final = "unknown"

NO_LOADS: Mapping[str, None] = {
    "cpu_percent": None,
    "memory_percent": None,
    "disk_percent": None,
    "booted_at": None,
}
"""What is known of the load of a node or guest that is not seen."""

# Statistics are up to ten seconds old, and stand still for up to five minutes when pvestatd hangs:
# a boot time computed that much later than before is the same boot.
_LATER = timedelta(seconds=330)
_EARLIER = timedelta(seconds=30)


def percent(part: Number, whole: Number) -> int | None:
    """A part in whole percent; None when either is not known."""
    if part is None or not whole:
        return None
    return max(0, round(part * 100 / whole))


def whole_bytes(value: Number) -> int | None:
    """A size, which may come as a fraction."""
    return None if value is None else int(value)


def boot_instant(
    now: datetime, row: ResourceRow, before: ResourceRow | None, known: datetime | None
) -> datetime | None:
    """When it was started. The same instant is kept as long as the uptime only grows, for the
    figure itself jitters with the age of the statistics.
    """
    if not row.uptime:
        return None
    booted = (now - timedelta(seconds=row.uptime)).replace(microsecond=0)
    if known is None or not -_EARLIER <= booted - known <= _LATER:
        return booted
    if before is not None and before.uptime is not None and row.uptime < before.uptime:
        return booted
    return known
