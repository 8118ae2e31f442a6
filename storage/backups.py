"""The last backup of each guest, by backup store (R29)."""

from datetime import datetime

import msgspec

from storage.tables import Binding, Table


class Backup(msgspec.Struct, frozen=True):
    """`state`: fresh, stale, missing, failed, unverified, doubtful, unknown, as the rule found it.

    `last_at` is the last successful one there, `kept` how many are kept, `verified` None where
    it never was checked; `error` says why the newest try failed. `nights` (ISO days) are those of
    which a copy is kept that was not found damaged, `intact_at` when the newest copy was made that
    was found intact; None where none was. `doubt` says what does not agree, and what was found
    instead (`owner other@pbs!b`), of a backup that may be another guest's: none such is counted.
    `offsite` is whether the store stands on another site than the guest's cluster.
    """

    cluster: str
    vmid: int
    store: str
    site: str
    state: str
    last_at: datetime | None
    size: int | None
    verified: bool | None
    kept: int | None
    error: str | None
    nights: tuple[str, ...] = ()
    intact_at: datetime | None = None
    doubt: str = ""
    offsite: bool = True


BACKUPS = Table(
    "backup",
    Backup,
    ["cluster", "vmid", "store"],
    ["cluster", "store", "site", "state"],
    binding=Binding.OBSERVED,
)
