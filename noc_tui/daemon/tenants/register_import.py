"""Imports a register that an operator sends: checks it as a whole, then replaces the file.

The file that the configuration names stays the one source of the register. A register with any
mistake changes nothing, and every mistake is answered, a line each.

The text is written beside the file, under a name of its own; then the entry that names it is
committed; then it takes the file's place. After a crash in between the entry decides (`settle`).
"""

import os
import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from noc_tui import register
from noc_tui.api.register import RegisterFile
from noc_tui.contract.membership import find_left_out
from noc_tui.contract.reversibility import DeletionBar
from noc_tui.contract.terms_book import TermsBook
from noc_tui.daemon.core.errors import BadRequest, Conflict, Unavailable
from noc_tui.i18n import _, ngettext
from noc_tui.labels.reversibility import BARS
from noc_tui.register import Resolution
from noc_tui.views.contract import contract_state
from storage.connection import Readable
from storage.data_copies import open_copies
from storage.membership import pool_owners, running_pools
from storage.register import TENANTS

PARTIAL = ".partial"


def check_register(
    handed: RegisterFile, target: Path | None
) -> tuple[Path, tuple[register.RegisterTenant, ...]]:
    """Return the target file and its tenants; raises with every mistake if there is one."""
    if target is None:
        raise Conflict(_("the configuration names no [register] file: set it, then import"))
    if register.is_sheet(Path(handed.name)) != register.is_sheet(target):
        raise BadRequest(
            _(
                "{name} is not of the same kind as {file}: a sheet is taken where [register] file"
                " ends in .csv, else TOML"
            ).format(name=handed.name, file=target)
        )
    try:
        return target, register.parse(handed.text, Path(handed.name))
    except register.RegisterError as error:
        raise BadRequest(str(error)) from error


async def find_losing(db: Readable, resolution: Resolution) -> dict[str, int]:
    """Return the clients that a register would leave without any of their guests that run, and how
    many these are (R40).
    """
    return find_left_out(await running_pools(db), await pool_owners(db), resolution.owners)


async def find_unconfirmed(
    db: Readable, resolution: Resolution, confirmed: Collection[str]
) -> list[str]:
    """Return a sentence for each client that a register would leave without any of its guests that
    run, and that nobody confirmed (R40).
    """
    left = await find_losing(db, resolution)
    return [
        ngettext(
            "{tenant}: {n} guest runs, and would be nobody's",
            "{tenant}: {n} guests run, and would be nobody's",
            number,
        ).format(tenant=tenant, n=number)
        for tenant, number in left.items()
        if tenant not in confirmed
    ]


async def find_undeletable(
    db: Readable, kept: Collection[str], book: TermsBook, today: date
) -> list[str]:
    """Return a sentence for each client that a register drops before all that its contract's end
    owes is done: its data confirmed, the time for a copy over, the copy received (R28).
    """
    copies = await open_copies(db)
    found = []
    for tenant in await TENANTS.read(db):
        if tenant.id in kept:
            continue
        state = contract_state(tenant, today, book.for_tenant(tenant.id, today).life, copies)
        bars = [one for one in state.deletion_bars if one is not DeletionBar.UNDER_CONTRACT]
        if bars:
            text = _("{tenant}: it cannot leave the register yet: {reasons}")
            reasons = "; ".join(_(BARS[one]) for one in bars)
            found.append(text.format(tenant=tenant.id, reasons=reasons))
    return found


def list_contested(resolution: Resolution) -> list[str]:
    """Return a sentence for each pool that several clients name: it would belong to none."""
    text = _("pool {pool} is named by {tenants}: it belongs to one client")
    return [
        text.format(pool="/".join(pool), tenants=", ".join(tenants))
        for pool, tenants in resolution.contested
    ]


def list_unknown(resolution: Resolution) -> list[str]:
    """Return a sentence for each pool that a register names and no cluster has: mistyped, most
    often, and its client then has no guest.
    """
    text = _("{tenant}: pool {pool} is in no cluster")
    return [text.format(tenant=tenant, pool=pool) for tenant, pool in resolution.unknown]


def write_beside(target: Path, text: str) -> Path:
    """Write the text beside the file, with its mode; where it stands. `Unavailable` when it cannot
    be written.
    """
    partial = target.with_name(f".{target.name}.{secrets.token_hex(8)}{PARTIAL}")
    with _written(target):
        mode = target.stat().st_mode & 0o777 if target.exists() else 0o640
        descriptor = os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, mode)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(descriptor)
    return partial


def put_in_place(partial: Path, target: Path) -> None:
    """Replace the file in one step by what stands beside it. Errors as `put_beside`."""
    with _written(target):
        partial.replace(target)


def settle(target: Path, imported: str) -> bool:
    """Put what a crash left beside the file in its place where its import is on record; whether.

    `imported` is the name under which the last import on record stood there. A file that was
    written since is newer than that import, and stays. Errors as `put_beside`.
    """
    with _written(target):
        placed = False
        for left in target.parent.glob(f".*{PARTIAL}"):
            if not left.name.startswith(f".{target.name}."):
                continue
            if left.name == imported and not _newer(target, left):
                left.replace(target)
                placed = True
            else:
                left.unlink()
    return placed


def _newer(target: Path, left: Path) -> bool:
    return target.exists() and target.stat().st_mtime_ns > left.stat().st_mtime_ns


@contextmanager
def _written(target: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        text_ = _("{file} cannot be written: {reason}")
        raise Unavailable(text_.format(file=target, reason=error.strerror)) from error
