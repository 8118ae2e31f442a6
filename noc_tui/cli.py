"""The two entry points. Filled by the spine."""


def main() -> int:
    """`noc-tui`."""
    raise SystemExit("not built yet")


def nocd() -> int:
    """`nocd`."""
    raise SystemExit("not built yet")
