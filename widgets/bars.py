"""Bars: how much of something is used. Long is full, and so bad, on every screen."""

FULL, EMPTY, UNREAD = "▇", "░", "?"


def bar(share: float | None, width: int) -> str:
    """Return `width` columns of which `share` (0 to 1, or more) is filled, in whole cells.

    Rounded down; at least one cell for anything above nothing, and full from 1 on only. A share
    that is not known is neither empty nor full.
    """
    if share is None:
        return UNREAD.ljust(width)[:width]
    return (FULL * filled_cells(share, width)).ljust(width, EMPTY)


def filled_cells(share: float, width: int) -> int:
    """Return how many of `width` cells a share fills."""
    if share >= 1:
        return width
    if share <= 0:
        return 0
    return min(width - 1, max(1, int(share * width))) if width > 1 else 0
