"""Whose a pool is today, from the register as stored (R4)."""

from datetime import date

from storage.connection import Readable
from storage.ledger import pools_state
from storage.register import TENANT_POOLS


class Pools:
    """Pools by tenant; read again when the register's rows have changed."""

    def __init__(self) -> None:
        self._owners: dict[tuple[str, str], str] = {}
        self._read: tuple[int, int, date] | None = None

    def owner(self, cluster: str, pool: str | None) -> str | None:
        """The tenant that has the pool; None for no pool or one that nobody has."""
        return None if pool is None else self._owners.get((cluster, pool))

    async def refresh(self, db: Readable, today: date) -> bool:
        """Look whether the register changed, or the day; True when owners may be others."""
        state = (*await pools_state(db), today)
        if state == self._read:
            return False
        self._read = state
        self._owners = {
            (row.cluster, row.pool): row.tenant
            for row in await TENANT_POOLS.read(db)
            if row.valid_from <= today and (row.valid_until is None or today < row.valid_until)
        }
        return True
