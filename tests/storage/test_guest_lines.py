"""Guests as tables show them: whose they are, how their backups are, and what of it is new."""

from collections.abc import Callable, Coroutine
from datetime import date

import pytest
from msgspec.structs import replace

from storage import guest_lines
from storage.backups import BACKUPS, Backup
from storage.database import Transaction, Writer
from storage.guest_lines import GUEST_LINES, GuestLine
from storage.inventory import GUESTS
from storage.register import TENANT_POOLS, TenantPool
from tests.storage.test_reading import guest

pytestmark = pytest.mark.anyio

OWNED = TenantPool("rennes", "acme", date(2026, 1, 1), None, "acme")


def backup(vmid: int, store: str, state: str) -> Backup:
    return Backup("rennes", vmid, store, "dc2", state, None, None, None, None, None)


async def lines(writer: Writer) -> dict[int, GuestLine]:
    return {line.vmid: line for line in await GUEST_LINES.read(writer)}


@pytest.fixture
async def since(writer: Writer) -> int:
    """Two guests of a tenant, one with two backups; the revision of that."""
    async with writer.transaction() as tx:
        await GUESTS.put(tx, [guest("rennes", 100), guest("rennes", 101)])
        await TENANT_POOLS.put(tx, [OWNED])
        await BACKUPS.put(tx, [backup(100, "a", "failed"), backup(100, "b", "stale")])
        return tx.revision


async def test_the_best_backup_counts_and_the_pool_tells_the_tenant(
    writer: Writer, since: int
) -> None:
    found = await lines(writer)
    assert [found[100].backup, found[101].backup] == ["stale", "unknown"]
    assert found[100].tenant == "acme"
    assert (found[100].name, found[100].memory, found[100].tags) == ("g100", 4 << 30, ())
    async with writer.transaction() as tx:
        await TENANT_POOLS.put(tx, [replace(OWNED, valid_until=date(2026, 2, 1))])
    assert (await lines(writer))[100].tenant == ""


Change = Callable[[Transaction], Coroutine[object, object, object]]


@pytest.mark.parametrize(
    ("change", "changed", "gone"),
    [
        (lambda tx: BACKUPS.put(tx, [backup(101, "a", "fresh")]), {101: "fresh"}, []),
        (lambda tx: BACKUPS.remove(tx, [("rennes", 100, "b")]), {100: "failed"}, []),
        (lambda tx: GUESTS.remove(tx, [("rennes", 101)]), {}, [("rennes", 101)]),
        (
            lambda tx: GUESTS.put(tx, [replace(guest("rennes", 100), status="stopped")]),
            {100: "stale"},
            [],
        ),
    ],
)
async def test_what_is_newer_by_the_guest_or_by_its_backups(
    writer: Writer,
    since: int,
    change: Change,
    changed: dict[int, str],
    gone: list[tuple[str, int]],
) -> None:
    async with writer.transaction() as tx:
        await change(tx)
    newer = await guest_lines.newer(writer, since)
    assert newer is not None
    assert {line.vmid: line.backup for line in newer.rows} == changed
    assert newer.gone == gone


async def test_all_is_read_anew_at_first_and_when_pools_change_hands(
    writer: Writer, since: int
) -> None:
    assert await guest_lines.newer(writer, 0) is None
    assert (await guest_lines.newer(writer, since)) is not None
    async with writer.transaction() as tx:
        await TENANT_POOLS.put(tx, [replace(OWNED, tenant="globex")])
    assert await guest_lines.newer(writer, since) is None
