"""The datastores of backup servers as they are now: fill, garbage collection, verification."""

from datetime import datetime

import msgspec

from storage.tables import Binding, Table


class Datastore(msgspec.Struct, frozen=True):
    """The datastore that the backup server `server` of the configuration names; sizes in bytes,
    None where they were not told.

    `collection` (garbage collection) and `verification` are how the last run went: ok, warning,
    failed, running, never, none (no job is there), unread (the server did not tell). The times are
    when it ended; `…_said` are the server's own words.
    """

    server: str
    datastore: str
    namespace: str
    site: str
    total: int | None
    used: int | None
    collection: str
    collected_at: datetime | None
    collection_said: str
    verification: str
    verified_at: datetime | None
    verification_said: str

    @property
    def used_percent(self) -> int | None:
        """The used share in whole percent, truncated; None when it is not known."""
        if self.used is None or not self.total:
            return None
        return self.used * 100 // self.total


DATASTORES = Table("datastore", Datastore, ["server"], ["server", "site"], binding=Binding.OBSERVED)
"""Seen now, as storages are: no evidence rests on it."""
