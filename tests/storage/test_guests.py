"""Guests as tables show them: whose they are, how their backups are, and what of it is new."""

from collections.abc import Callable, Coroutine
from datetime import date

import pytest
from msgspec.structs import replace

from storage import guests as stored_guests
from storage.backups import BACKUPS, Backup
from storage.change import Change
from storage.database import Writer
from storage.guests import GUEST_LINES, GUESTS, GuestLine
from storage.register import TENANT_POOLS, TenantPool
from tests.storage.conftest import OMAR
from tests.storage.test_reading import guest
from tests.support.changes import recorded

pytestmark = pytest.mark.anyio

OWNED = TenantPool("rennes", "acme", date(2026, 1, 1), None, "acme")


def backup(vmid: int, store: str, state: str) -> Backup:
    return Backup("rennes", vmid, store, "dc2", state, None, None, None, None, None)


async def lines(writer: Writer) -> dict[int, GuestLine]:
    return {line.vmid: line for line in await GUEST_LINES.read(writer)}


@pytest.fixture
async def since(writer: Writer) -> int:
    """Two guests of a tenant, one with two backups; the revision of that."""
    async with recorded(writer) as change:
        await change.put(GUESTS, [guest("rennes", 100), guest("rennes", 101)])
        await change.put(TENANT_POOLS, [OWNED])
        await change.put(BACKUPS, [backup(100, "a", "failed"), backup(100, "b", "stale")])
        return change.revision


async def test_the_best_backup_counts_and_the_pool_tells_the_tenant(
    writer: Writer, since: int
) -> None:
    found = await lines(writer)
    assert [found[100].backup, found[101].backup] == ["stale", "unknown"]
    assert found[100].tenant == "acme"
    assert (found[100].name, found[100].memory, found[100].tags) == ("g100", 4 << 30, ())
    async with recorded(writer) as change:
        await change.put(TENANT_POOLS, [replace(OWNED, valid_until=date(2026, 2, 1))])
    assert (await lines(writer))[100].tenant == ""


Write = Callable[[Change], Coroutine[object, object, object]]


@pytest.mark.parametrize(
    ("write", "changed", "gone"),
    [
        (lambda change: change.put(BACKUPS, [backup(101, "a", "fresh")]), {101: "fresh"}, []),
        (lambda change: change.remove(BACKUPS, [("rennes", 100, "b")]), {100: "failed"}, []),
        (lambda change: change.remove(GUESTS, [("rennes", 101)]), {}, [("rennes", 101)]),
        (
            lambda change: change.put(GUESTS, [replace(guest("rennes", 100), status="stopped")]),
            {100: "stale"},
            [],
        ),
    ],
)
async def test_what_is_newer_by_the_guest_or_by_its_backups(
    writer: Writer,
    since: int,
    write: Write,
    changed: dict[int, str],
    gone: list[tuple[str, int]],
) -> None:
    async with writer.change(OMAR) as change:
        await write(change)
    newer = await stored_guests.changes_since(writer, since)
    assert newer is not None
    assert {line.vmid: line.backup for line in newer.rows} == changed
    assert newer.deletions == gone


async def test_all_is_read_anew_at_first_and_when_pools_change_hands(
    writer: Writer, since: int
) -> None:
    assert await stored_guests.changes_since(writer, 0) is None
    assert (await stored_guests.changes_since(writer, since)) is not None
    async with recorded(writer) as change:
        await change.put(TENANT_POOLS, [replace(OWNED, tenant="globex")])
    assert await stored_guests.changes_since(writer, since) is None
