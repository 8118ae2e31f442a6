"""The small estate's last hour of load, with a minute that nobody polled."""

from datetime import timedelta
from pathlib import Path

from noc_tui.daemon.core.identity import itself
from storage.database import Writer
from storage.load_history import (
    LOAD_MINUTES,
    STORAGE_DAYS,
    NodeLoad,
    PoolLoad,
    StorageDay,
    build_load_minute,
)
from tests.console.estate import NOW


async def seed(path: Path) -> None:
    """Put an hour of loads and a month of a storage's fill into the file at `path`."""
    minutes = []
    for ago in range(60):
        if ago in range(20, 24):
            continue
        at = NOW - timedelta(minutes=ago, seconds=5)
        busy = 12 + (60 - ago) * (1 + ago % 3) // 3
        minutes.append(
            build_load_minute(
                "rennes",
                at,
                {"ren-pve1": NodeLoad(busy, 42)},
                {"acme": PoolLoad(busy * 8, 4096, 3, 4)},
            )
        )
        minutes.append(build_load_minute("nantes", at, {"nan-pve1": NodeLoad(31, 61)}, {}))
    days = [
        StorageDay("rennes", "ceph", "", (NOW - timedelta(days=ago)).date(), 930 - 6 * ago, 1000)
        for ago in range(30, -1, -1)
    ]
    writer = await Writer.open(path, clock_now=lambda: NOW)
    try:
        async with writer.change(itself()) as change:
            await change.put(LOAD_MINUTES, minutes)
            await change.put(STORAGE_DAYS, days)
    finally:
        await writer.close()
