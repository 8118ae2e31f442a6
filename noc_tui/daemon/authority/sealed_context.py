"""The context in which the sealed services work: the sealed file, and no way to tell others.

Its log is a file of the sealed directory; its bus has no listeners; the clusters, the estate and
the clock are those of the daemon.
"""

import secrets
from dataclasses import replace
from pathlib import Path

import structlog

from noc_tui.daemon.core.bus import Bus
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.hold import HoldInForce
from noc_tui.daemon.core.identity import itself
from storage import files
from storage.change import Change
from storage.database import Writer
from storage.evidence import REGISTER_READ
from storage.register import TENANTS

_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_LONG = 8
LOG_FILE = "nocd.log"


def sealed_context(context: Context, sealed: Writer) -> Context:
    """Return the daemon's context over the sealed file."""
    return replace(
        context,
        writer=sealed,
        apart_from=context.writer,
        sealed=None,
        bus=Bus(),
        held=HoldInForce(),
        logger=_logger(sealed.path.with_name(LOG_FILE)),
    )


async def random_id(_change: Change) -> str:
    """Return an identifier that says nothing of how many there are, nor of what it names."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(_LONG))


async def mirror_tenant(context: Context, sealed: Context, tenant: str) -> None:
    """Bring a tenant's record from the register into the sealed file, as it is now."""
    row = await TENANTS.get(context.writer, tenant)
    if row is None or row == await TENANTS.get(sealed.writer, tenant):
        return
    async with sealed.writer.change(itself()) as change:
        entry = await change.record(REGISTER_READ, [f"tenant:{tenant}"], {"tenant": tenant})
        await change.put(TENANTS, [row], by=entry)


class SealedLog:
    """Writes lines to a file that `nocd` alone reads, opened for each: there are few."""

    def __init__(self, file: Path) -> None:
        self._file = file
        file.touch(mode=files.SEALED_FILE_MODE)
        file.chmod(files.SEALED_FILE_MODE)

    def msg(self, line: str) -> None:
        """Add a line."""
        with self._file.open("a", encoding="utf-8") as opened:
            opened.write(line + "\n")

    debug = info = warning = error = critical = msg


def _logger(file: Path) -> structlog.typing.FilteringBoundLogger:
    """A log of one JSON object a line."""
    bound: structlog.typing.FilteringBoundLogger = structlog.wrap_logger(
        SealedLog(file),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(0),
    )
    return bound
