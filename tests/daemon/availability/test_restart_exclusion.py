"""The outage that a suspension of all services causes: no incident, excluded to its end (R23)."""

from datetime import timedelta

import msgspec
import pytest

from noc_tui.contract.calendar import instant
from noc_tui.contract.suspension.values import Case, Remedy
from storage import incidents
from storage.database import Writer
from storage.outages import EXCLUSIONS, MAINTENANCE, OUTAGES, Exclusion, Maintenance
from storage.suspension import SUSPENSIONS, Suspension
from storage.times import micros
from tests.support.cases import OMAR, suspended
from tests.support.changes import recorded
from tests.support.played_estate import Estate, guest

pytestmark = pytest.mark.anyio
MINUTE = 60 * 1_000_000


def case_of(estate: Estate) -> Case:
    """Zeta's whole suspension, which takes effect now."""
    return msgspec.structs.replace(
        suspended("late-payment", "tenant"),
        id="S-0001", tenant="zeta", exclusion=1,
        ordered_at=estate.clock.now(), started_at=estate.clock.now(),
    )  # fmt: skip


def lifted(case: Case, estate: Estate) -> Case:
    now = estate.clock.now()
    remedy = Remedy(at=now - timedelta(minutes=1), by=OMAR, found="paid")
    return msgspec.structs.replace(
        case, state="closed", remedy=remedy, lift_ordered_at=now, closed_at=now
    )


async def put(writer: Writer, case: Case) -> None:
    assert case.started_at is not None
    row = Suspension(
        id=case.id, tenant=case.tenant, tenant_name=case.tenant, ground=case.ground,
        state=case.state, rehearsal=False, opened_at=case.opened_at, started_at=case.started_at,
        deadline=None, closed_at=case.closed_at, notice_owed=False, review_due=None,
        document=msgspec.json.encode(case).decode(),
    )  # fmt: skip
    async with recorded(writer) as change:
        end = None if case.remedy is None else micros(case.remedy.at)
        excluded = Exclusion(
            id=1, tenant="zeta", start=micros(case.started_at), end=end, basis="suspension",
            reason="suspension S-0001", account="omar", at=0, maintenance=None, contestable=False,
            evidence=1, suspension=case.id,
        )  # fmt: skip
        await change.put(SUSPENSIONS, [row])
        await change.put(EXCLUSIONS, [excluded])


async def suspend(estate: Estate, writer: Writer) -> Case:
    await estate.poll(2)
    case = case_of(estate)
    await put(writer, case)
    estate.put(guest(201, "zeta", status="stopped"))
    await estate.poll(3)
    return case


async def test_its_outage_is_in_no_incident_and_excluded_until_services_answer(
    estate: Estate, writer: Writer
) -> None:
    case = lifted(await suspend(estate, writer), estate)
    await put(writer, case)
    estate.put(guest(201, "zeta"))
    await estate.poll()
    (outage,) = await OUTAGES.read(writer)
    assert (outage.incident, await incidents.live(writer)) == (None, [])
    before, restart = sorted(await EXCLUSIONS.read(writer), key=lambda row: row.start)
    # From the remedy to the order to restore it counts.
    assert case.lift_ordered_at is not None
    assert (restart.start, restart.end) == (micros(case.lift_ordered_at), outage.end)
    assert restart.start - (before.end or 0) == MINUTE
    assert (restart.basis, restart.suspension) == ("suspension", "S-0001")


async def test_what_starts_too_slowly_counts_and_opens_an_incident(
    estate: Estate, writer: Writer
) -> None:
    case = lifted(await suspend(estate, writer), estate)
    await put(writer, case)
    await estate.poll(2)
    assert await incidents.live(writer) == []
    await estate.poll()
    assert [one.subject for one in await incidents.live(writer)] == ["tenant:zeta"]
    estate.put(guest(201, "zeta"))
    await estate.poll()
    (_, restart) = sorted(await EXCLUSIONS.read(writer), key=lambda row: row.start)
    assert restart.end == restart.start + 10 * MINUTE


async def test_what_outlasts_a_maintenance_window_opens_an_incident(
    estate: Estate, writer: Writer
) -> None:
    await estate.poll(2)
    window = Maintenance(
        id=1, title="m", start=estate.at(2), end=estate.at(6), tenants=("zeta",), reason="m",
        account="omar", planned_at=0, announced_at=None, cancelled_at=None, evidence=1,
    )  # fmt: skip
    async with recorded(writer) as change:
        await change.put(MAINTENANCE, [window])
    estate.put(guest(201, "zeta", status="stopped"))
    await estate.poll(3)
    assert (instant(estate.at(5)), await incidents.live(writer)) == (estate.clock.now(), [])
    await estate.poll()
    assert [one.subject for one in await incidents.live(writer)] == ["tenant:zeta"]


async def test_an_outage_before_the_order_is_the_hosters(estate: Estate, writer: Writer) -> None:
    await estate.poll(2)
    estate.put(guest(201, "zeta", status="stopped"))
    await estate.poll(2)
    assert [one.subject for one in await incidents.live(writer)] == ["tenant:zeta"]
