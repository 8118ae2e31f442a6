"""The families of faults, and how much of each a size tries."""

from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path

from tests.faults import (
    clock_steps,
    cluster_faults,
    kills,
    signals,
    socket_abuse,
    storage_faults,
    terminals,
)
from tests.faults.figures import Family

Run = Callable[[Path, int, int], Coroutine[None, None, Family]]
FAMILIES: Mapping[str, Run] = {
    "kills": kills.run,
    "storage": storage_faults.run,
    "cluster": cluster_faults.run,
    "signals": signals.run,
    "socket": socket_abuse.run,
    "clock": clock_steps.run,
    "terminals": terminals.run,
}


def _sizes(*counts: int) -> Mapping[str, int]:
    return dict(zip(FAMILIES, counts, strict=True))


SIZES: Mapping[str, Mapping[str, int]] = {
    "full": _sizes(1000, 90, 10_000, 63, 2000, 80, 45),
    "short": _sizes(100, 40, 1000, 21, 200, 16, 15),
    "handful": _sizes(5, 3, 60, 5, 64, 4, 2),
}
"""How many kills, storage faults, mutated answers, signals, requests, steps, terminals."""
