"""A tenant without guests is unproven, but where that is on record as wanted (R6, R40)."""

import pytest

from noc_tui.daemon.core.errors import Conflict
from noc_tui.roles import Caller, Role
from storage.database import Writer
from storage.membership import tenants_lost, wanted_empty
from storage.outages import UNMEASURED
from storage.register import replace_register
from storage.verdict import Verdict
from storage.verify import verify
from tests.support.changes import recorded
from tests.support.played_estate import REGISTER, Estate, guest

pytestmark = pytest.mark.anyio

OMAR = Caller(1, "omar", Role.OPERATOR)


async def unproven(writer: Writer, name: str = "zeta") -> list[tuple[int, int | None]]:
    rows = [row for row in await UNMEASURED.read(writer) if row.tenant == name]
    return [(row.start, row.end) for row in rows if row.end != row.start]


async def without_guests(estate: Estate) -> None:
    """Zeta's only guest is there for four polls, then in a pool that is nobody's."""
    await estate.poll(4)
    estate.put(guest(201, "zeta/prod"))
    await estate.poll(4)


async def test_who_lost_all_guests_is_unproven_until_one_comes(
    estate: Estate, writer: Writer
) -> None:
    await without_guests(estate)
    left = (await tenants_lost(writer))["zeta"]
    assert await unproven(writer) == [(left, None)]
    estate.put(guest(201, "zeta"))
    await estate.poll(2)
    ((start, end),) = await unproven(writer)
    assert (start, end is not None) == (left, True)
    assert await tenants_lost(writer) == {}


async def test_a_client_that_wants_no_guest_is_available_until_one_came(
    estate: Estate, writer: Writer
) -> None:
    await without_guests(estate)
    row = await estate.watch.want_empty(OMAR, "zeta", "all deleted at their request")
    assert (await unproven(writer), await tenants_lost(writer)) == ([], {})
    with pytest.raises(Conflict, match="already"):
        await estate.watch.want_empty(OMAR, "zeta", "again")
    estate.put(guest(201, "zeta"))
    await estate.poll(2)
    (ended,) = await wanted_empty(writer, "zeta")
    assert (ended.since, ended.until is not None) == (row.since, True)
    # It does not excuse the next time.
    estate.put(guest(201, "zeta/prod"))
    await estate.poll(2)
    assert len(await unproven(writer)) == 1
    assert verify(writer.path).verdict is Verdict.INTACT


async def test_nobody_wants_no_guest_while_there_are_some(estate: Estate, writer: Writer) -> None:
    await estate.poll(2)
    with pytest.raises(Conflict, match="there are guests"):
        await estate.watch.want_empty(OMAR, "zeta", "a slip")
    assert await wanted_empty(writer, "zeta") == []


async def test_a_client_that_ordered_nothing_yet_is_available(
    estate: Estate, writer: Writer
) -> None:
    del estate.guests[201]
    await estate.poll(3)
    assert (await unproven(writer), await tenants_lost(writer)) == ([], {})
    async with recorded(writer) as change:
        await replace_register(change, REGISTER)
    assert await unproven(writer) == []
