"""The subjects whose contents are not erased now, whatever their time."""

from datetime import datetime

from noc_tui.daemon.core.context import Context
from storage.authority import preserved_tenants
from storage.connection import Readable


async def subjects_kept_apart(context: Context, db: Readable, now: datetime) -> tuple[str, ...]:
    """Return what a dispute holds (`[evidence] disputed`), and the tenants about whom an authority
    has something kept apart (R37). `db` is what the caller reads the database from.
    """
    files = [db, context.sealed]
    kept = [await preserved_tenants(file, now) for file in files if file is not None]
    tenants = sorted(frozenset[str]().union(*kept))
    return (*context.config.evidence.disputed, *(f"tenant:{name}" for name in tenants))
