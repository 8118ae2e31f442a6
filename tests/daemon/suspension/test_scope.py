"""Scope and effect from the register and the database, asked anew at check, approval and order."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta

import msgspec
import pytest

from noc_tui.api.suspension import CaseDocument
from noc_tui.commands.suspension_text import case_lines
from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.approval import digest, rule_for
from noc_tui.contract.suspension.values import Case
from noc_tui.daemon.core.errors import Conflict
from noc_tui.daemon.suspension.scope import read_scope
from noc_tui.labels.approval_page import approval_lines
from noc_tui.queries.attribution_proposals import proposals
from storage.guests import GUESTS
from storage.inventory import SOURCES
from storage.outages import EXCLUSIONS, Outage
from storage.times import micros
from tests.daemon.suspension.lab import CLUSTER, LOOK_SECONDS, Lab
from tests.daemon.suspension.test_saga import asked
from tests.support.cases import LEA, OMAR, TERMS
from tests.support.changes import recorded
from tests.support.waiting import until

pytestmark = pytest.mark.anyio


async def drafted(lab: Lab, refs: Iterable[str], ground: str = "charte-breach") -> Case:
    """A complete draft about these guests, chosen on the socket as an operator does."""
    case = await lab.draft(ground)
    body = {"scope": "guests", "guests": list(refs), "means": ["vm_cut_network"]}
    await asked(lab, case, "edit", body)
    return await lab.load(case)


async def names(lab: Lab) -> list[str]:
    there = await read_scope(lab.context.writer, lab.context.config, "acme", lab.now())
    return [str(guest.ref) for guest in there.planned()]


def vmid_of(ref: str) -> int:
    return int(ref.partition("/")[2])


async def seen(lab: Lab, ref: str, status: str) -> None:
    """Poll until the cluster's lists, which lag, tell a guest's state."""
    await until(
        lambda: GUESTS.get(lab.context.writer, CLUSTER, vmid_of(ref)),
        lambda row: row is not None and row.status == status,
        meanwhile=lab.poll,
        every=LOOK_SECONDS,
    )


async def told(lab: Lab, case: Case) -> Case:
    await lab.part.notices.send(case.id, OMAR)
    return await lab.until(case, lambda now: now.notice.delivery == "accepted")


async def order(lab: Lab, case: Case) -> None:
    body = {"typed_name": case.tenant_name, "seen": digest(case)}
    await asked(lab, case, "order", body)


async def test_every_guest_ticked_is_refused_to_one_person(lab: Lab) -> None:
    case = await drafted(lab, await names(lab))
    assert case.plan.outage == "all"
    with pytest.raises(Conflict, match="All services"):
        await asked(lab, case, "check", None)
    await asked(lab, case, "edit", {"statement": "third time"})
    await asked(lab, case, "check", None)
    case = await told(lab, case)
    with pytest.raises(Conflict, match="second person"):
        await order(lab, case)
    await lab.tell(case, ev.Approved(at=lab.now(), by=LEA, seen=digest(case)))
    await order(lab, await lab.load(case))
    case = await lab.state(case, "suspended")
    assert case.exclusion is not None
    row = await EXCLUSIONS.get(lab.context.writer, case.exclusion)
    assert row is not None
    assert case.started_at is not None
    assert (row.basis, row.start, row.end) == ("suspension", micros(case.started_at), None)
    case = await lab.restored(case)
    row = await EXCLUSIONS.get(lab.context.writer, row.id)
    assert row is not None
    assert case.remedy is not None
    assert row.end == micros(case.remedy.at)


async def test_all_but_one_is_ones_own_until_that_one_is_off(lab: Lab) -> None:
    refs = await names(lab)
    for ref in refs:
        if not lab.guest(vmid_of(ref)).running:
            lab.guest(vmid_of(ref)).begin(lab.now().timestamp(), 77)
        await seen(lab, ref, "running")
    case = await drafted(lab, refs[1:])
    assert (case.plan.outage, rule_for(case, TERMS)) == ("", "none")
    await asked(lab, case, "check", None)
    case = await told(lab, case)
    lab.guest(vmid_of(refs[0])).end(lab.now().timestamp())
    await seen(lab, refs[0], "stopped")
    with pytest.raises(Conflict, match="check it again"):
        await order(lab, case)
    with pytest.raises(Conflict, match="All services"):
        await asked(lab, case, "check", None)
    assert (await lab.load(case)).plan.outage == "running"


async def test_one_case_after_the_other_the_last_one_counts_as_the_whole(lab: Lab) -> None:
    refs = await names(lab)
    first = await lab.suspended("service-threat", vmids=tuple(map(vmid_of, refs[:-1])))
    last = await drafted(lab, refs[-1:])
    assert last.plan.outage in ("all", "running")
    assert rule_for(last, TERMS) == "second"
    await lab.restored(first)
    await asked(lab, last, "edit", {"guests": refs[-1:]})
    assert (await lab.load(last)).plan.outage != "all"


async def test_of_two_orders_at_once_one_is_the_last(lab: Lab) -> None:
    """Each was checked while the other's guests ran, and each alone asks for nobody."""
    refs = await names(lab)
    for ref in refs:
        if not lab.guest(vmid_of(ref)).running:
            lab.guest(vmid_of(ref)).begin(lab.now().timestamp(), 77)
        await seen(lab, ref, "running")
    cases = []
    for mine in (refs[:-1], refs[-1:]):
        case = await drafted(lab, mine)
        await asked(lab, case, "check", None)
        cases.append(await told(lab, case))
    assert [rule_for(case, TERMS) for case in cases] == ["none", "none"]
    found = await asyncio.gather(*(order(lab, case) for case in cases), return_exceptions=True)
    assert [isinstance(one, Conflict) for one in found].count(True) == 1


async def test_all_services_are_those_of_the_register_and_not_of_memory(lab: Lab) -> None:
    refs = await names(lab)
    lab.context.estate._seen.clear()
    case = await lab.draft("late-payment")
    await asked(lab, case, "edit", {"scope": "tenant"})
    assert [str(guest.ref) for guest in (await lab.load(case)).plan.guests] == refs


async def out_of_reach(lab: Lab) -> None:
    source = await SOURCES.get(lab.context.writer, CLUSTER, "fast")
    assert source is not None
    assert source.seen_at is not None
    old = msgspec.structs.replace(source, seen_at=source.seen_at - timedelta(days=1), due_seconds=1)
    async with recorded(lab.context.writer) as change:
        await change.put(SOURCES, [old])


async def test_a_cluster_out_of_reach_is_said_and_decided(lab: Lab) -> None:
    refs = await names(lab)
    await out_of_reach(lab)
    case = await lab.draft("late-payment")
    shown = await asked(lab, case, "edit", {"scope": "tenant"})
    assert shown["plan"]["unseen"] == [CLUSTER]  # type: ignore[index]  # a document
    with pytest.raises(Conflict, match=CLUSTER):
        await asked(lab, case, "check", None)
    await asked(lab, case, "edit", {"out_of_reach": "left"})
    assert (await lab.load(case)).plan.guests == ()
    await asked(lab, case, "edit", {"out_of_reach": "later"})
    planned = (await lab.load(case)).plan
    assert [str(guest.ref) for guest in planned.guests] == refs
    await asked(lab, case, "check", None)


async def test_what_was_not_known_of_a_cluster_is_carried_out_once_it_answers(lab: Lab) -> None:
    refs = await names(lab)
    case = await lab.draft("late-payment")
    plan = msgspec.structs.replace(
        case.plan,
        scope="tenant",
        guests=case.plan.guests[:-1],
        unseen=(CLUSTER,),
        unseen_is="later",
        statement="third time",
    )
    case = await lab.tell(case, ev.Edited(at=lab.now(), by=OMAR, plan=plan))
    await lab.ordered(case)
    case = await lab.until(case, lambda now: len(now.suspended) == len(refs))
    assert [str(guest.ref) for guest in case.plan.guests] == refs
    assert case.plan.unseen == ()
    assert case.drift == ()


@pytest.mark.parametrize("ground", ["charte-breach", "service-threat"])
async def test_the_outage_of_a_suspension_is_proposed_as_its_own(lab: Lab, ground: str) -> None:
    """By the case, under article 6 as under article 8, whose exclusion has another basis."""
    refs = await names(lab)
    case = await drafted(lab, refs, ground)
    await asked(lab, case, "edit", {"statement": "third time"})
    case = await lab.state(await lab.ordered(await lab.load(case)), "suspended")
    assert case.started_at is not None
    begun = micros(case.started_at)
    sources = tuple(f"guest:{ref}" for ref in refs)
    outage = Outage(
        1, "acme", begun, None, begun, None, "instances", sources, "observed", None, 1, None
    )
    assert case.exclusion is not None
    row = await EXCLUSIONS.get(lab.context.writer, case.exclusion)
    assert row is not None
    article_6 = ground == "charte-breach"
    assert row.basis == ("suspension" if article_6 else "not_attributable")
    found = await proposals(lab.context.writer, outage)
    rests_on = (f"suspension:{case.id}",)
    assert [(one.party.value, one.evidence) for one in found] == [("suspension", rests_on)]


async def test_a_planned_vm_that_is_stopped_is_told_to_who_approves_and_on_the_command_line(
    lab: Lab,
) -> None:
    first, second, *_rest = await names(lab)
    async with recorded(lab.context.writer) as change:
        row = await GUESTS.get(change, CLUSTER, vmid_of(first))
        assert row is not None
        await change.put(GUESTS, [msgspec.structs.replace(row, status="stopped")])
    case = await drafted(lab, [first, second])
    answer = await asked(lab, case, "edit", {"means": ["vm_cut_network"]})
    document = msgspec.convert(answer, CaseDocument)
    assert document.effect is not None
    assert [str(ref) for ref in document.effect.stopped] == [first]
    warning = f"▲ stopped, as last seen: {first}."
    assert any(
        line.startswith(warning) for line in approval_lines(document, TERMS, document.effect)
    )
    assert any(line.startswith(warning) for line in case_lines(document))
