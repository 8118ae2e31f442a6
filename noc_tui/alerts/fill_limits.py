"""When something that fills up is too full: storages, and the disk of the machine."""

FULL_PERCENT = 90
"""From here on it is time to free space."""
BRIM_PERCENT = 97
"""From here on writes are about to fail."""


def fill_severity(percent: int) -> str:
    """`critical` at the brim, `warning` from full on, empty below."""
    if percent >= BRIM_PERCENT:
        return "critical"
    return "warning" if percent >= FULL_PERCENT else ""
