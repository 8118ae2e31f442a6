"""The fill levels at which storages, datastores and the machine's disk become alerts."""

FULL_PERCENT = 90
"""From here on it is time to free space."""
BRIM_PERCENT = 97
"""From here on writes are about to fail."""


def fill_severity(percent: int) -> str:
    """Return `critical` from `BRIM_PERCENT` on, `warning` from `FULL_PERCENT` on, an empty text
    below.
    """
    if percent >= BRIM_PERCENT:
        return "critical"
    return "warning" if percent >= FULL_PERCENT else ""
