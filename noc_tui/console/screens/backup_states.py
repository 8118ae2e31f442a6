"""The state of each guest's backup on each store, kept small: ten thousand guests share a few."""

from collections.abc import Iterable

from storage.backups import Backup
from storage.tables import Changes

Stores = tuple[tuple[str, str], ...]
"""(store, state) of one guest, sorted."""


class BackupStates:
    """By the guest's key, `cluster/vmid`."""

    def __init__(self) -> None:
        self._stores: dict[str, Stores] = {}
        self._same: dict[Stores, Stores] = {}

    def begin(self, rows: Iterable[tuple[str, int, str, str]]) -> None:
        """All there are, as (cluster, vmid, store, state); what was known is forgotten."""
        self._stores.clear()
        for cluster, vmid, store, state in rows:
            self._put(f"{cluster}/{vmid}", store, state)

    def note(self, changes: Changes[Backup]) -> set[str]:
        """What changed; the keys of the guests that it touches."""
        touched: set[str] = set()
        for cluster, vmid, store in changes.gone:
            touched.add(key := f"{cluster}/{vmid}")
            self._put(key, str(store), None)
        for row in changes.rows:
            touched.add(key := f"{row.cluster}/{row.vmid}")
            self._put(key, row.store, row.state)
        return touched

    def of(self, key: str) -> list[str]:
        """The states of a guest's backups, one for each store."""
        return [state for _, state in self._stores.get(key, ())]

    def _put(self, key: str, store: str, state: str | None) -> None:
        others = [pair for pair in self._stores.get(key, ()) if pair[0] != store]
        now = tuple(sorted([*others, (store, state)] if state is not None else others))
        self._stores[key] = self._same.setdefault(now, now)
