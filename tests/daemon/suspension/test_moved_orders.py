"""An order that waits is moved by the socket's handlers: the client is mailed the new start once it
is agreed to, nothing happens at the old one, and no kill between two commits loses the mail.
"""

from datetime import timedelta

import pytest

from noc_tui.api.suspension import Move
from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.approval import digest
from noc_tui.contract.suspension.values import Case
from noc_tui.daemon.core.errors import Conflict
from noc_tui.daemon.core.server import Call
from noc_tui.roles import Caller, Role
from storage.outbox import messages_about
from storage.suspension import SUSPENSIONS, scheduled_cases
from tests.daemon.suspension.lab import Lab
from tests.daemon.suspension.test_planned_orders import FAR, planned, purposes, rules
from tests.support.cases import LEA, OMAR

pytestmark = pytest.mark.anyio
CALLER = Caller(uid=OMAR.uid, name=OMAR.name, role=Role.OPERATOR)


async def move(lab: Lab, case: Case, wait: timedelta, reason: str = "asked by the client") -> Case:
    asked = Move(lab.now() + wait, reason)
    call: Call[Move] = Call(CALLER, asked, {"id": case.id}, {})
    return await lab.part.handlers()._move(call)


async def agreed(lab: Lab) -> Case:
    """An order that waits, and needed somebody's agreement."""
    case = await planned(lab, ground="late-payment", vmids=())
    assert case.approval is not None
    return case


async def approve(lab: Lab, case: Case) -> Case:
    return await lab.tell(case, ev.Approved(at=lab.now(), by=LEA, seen=digest(case)))


async def told(lab: Lab, case: Case) -> Case:
    return await lab.until(case, lambda now: now.state == "notified")


async def bodies(lab: Lab, case: Case) -> list[str]:
    found = await messages_about(lab.context.writer, f"suspension:{case.id}")
    return [one.raw.decode(errors="replace") for one in found if one.purpose == "notice"]


async def test_the_client_is_mailed_the_new_start_after_approval_and_not_before(lab: Lab) -> None:
    case = await agreed(lab)
    before = case.plan.schedule.start
    case = await move(lab, case, FAR + timedelta(days=2))
    assert case.state == "checked"
    assert await scheduled_cases(lab.context.writer) == []
    assert "order-moved" in await rules(lab)
    await lab.part.notices.follow()
    assert await purposes(lab, case) == ["notice"]
    await approve(lab, case)
    await lab.part.notices.follow()
    case = await told(lab, case)
    assert await purposes(lab, case) == ["notice", "notice"]
    assert "report" in (await bodies(lab, case))[1]  # the French of "put off"
    assert case.moved is not None
    assert case.moved.announced == before
    order = ev.Ordered(at=lab.now(), by=OMAR, typed_name=case.tenant_name, seen=digest(case))
    case = await lab.tell(case, order)
    assert case.state == "scheduled"
    (row,) = await scheduled_cases(lab.context.writer)
    assert row.starts_at == case.plan.schedule.start
    assert "order-moved" not in await rules(lab)
    assert lab.writes == []


async def test_nothing_is_done_at_the_old_start(lab: Lab) -> None:
    case = await planned(lab, wait=timedelta(minutes=20))
    case = await lab.state(await move(lab, case, timedelta(days=2)), "notified")
    lab.clock.leap(timedelta(minutes=40))
    await lab.poll()
    await lab.part.planned.look()
    assert (await lab.load(case)).state == "notified"
    assert await purposes(lab, case) == ["notice", "notice"]  # nobody's agreement is needed
    assert lab.writes == []


async def test_what_is_refused_leaves_the_order_at_its_start(lab: Lab) -> None:
    case = await planned(lab)
    with pytest.raises(Conflict, match="not in the future"):
        await move(lab, case, -timedelta(minutes=1))
    assert await lab.load(case) == case
    assert len(await scheduled_cases(lab.context.writer)) == 1


async def test_a_daemon_killed_after_the_approval_mails_the_new_start_once(lab: Lab) -> None:
    case = await agreed(lab)
    case = await move(lab, case, FAR + timedelta(days=2))
    await lab.stop()
    await approve(lab, case)
    await lab.restart()
    case = await told(lab, case)
    await lab.restart()
    await lab.poll()
    assert await purposes(lab, case) == ["notice", "notice"]
    assert len(lab.mail.accepted) == 2


async def test_a_daemon_killed_after_the_move_waits_for_the_approval(lab: Lab) -> None:
    case = await agreed(lab)
    case = await move(lab, case, FAR + timedelta(days=2))
    await lab.restart()
    await lab.poll()
    assert (await lab.load(case)).state == "checked"
    assert await purposes(lab, case) == ["notice"]
    row = await SUSPENSIONS.get(lab.context.writer, case.id)
    assert row is not None
    assert (row.starts_at, row.reorder_by) == (None, case.plan.schedule.start)


async def test_a_second_move_before_the_mail_tells_the_last_start_alone(lab: Lab) -> None:
    case = await planned(lab)
    with pytest.raises(Conflict):  # it waits for nobody's time now: it is prepared
        await move(lab, await move(lab, case, FAR + timedelta(days=2)), FAR)


async def test_dropping_a_moved_case_tells_the_client_who_was_told_of_the_first_start(
    lab: Lab,
) -> None:
    case = await move(lab, await agreed(lab), FAR + timedelta(days=2))
    event = ev.Cancelled(at=lab.now(), by=OMAR, reason="another way was found")
    await lab.part.cases.apply_event(case.id, event, lab.part.notices.tell_withdrawn)
    assert await purposes(lab, case) == ["notice", "withdrawn"]
