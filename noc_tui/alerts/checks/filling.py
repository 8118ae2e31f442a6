"""When something that fills up is too full."""

FULL_PERCENT = 90
BRIM_PERCENT = 97


def is_full(percent: int) -> bool:
    """Whether it is time to make room."""
    return percent >= FULL_PERCENT


def severity(percent: int) -> str:
    """Critical at the brim; below it, empty: what the rule says."""
    return "critical" if percent >= BRIM_PERCENT else ""
