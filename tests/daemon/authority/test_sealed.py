"""Secret orders: where they stand, who reaches them, what is held back, and their publication."""

import stat
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from noc_tui.api import authority as api
from noc_tui.config.values import Demo, Receiver
from noc_tui.contract.authority.machine import KeptSecret, Preserved, Published
from noc_tui.contract.calendar import Month, micros
from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.approval import digest
from noc_tui.contract.suspension.values import (
    Condition,
    Drift,
    GuestId,
    OrderHold,
    PlannedGuest,
    Review,
)
from noc_tui.daemon.authority import watch as watch_module
from noc_tui.daemon.authority.publish import Publisher, take_up_moves
from noc_tui.daemon.authority.sealed_context import LOG_FILE
from noc_tui.daemon.authority.service import AuthorityService
from noc_tui.daemon.authority.watch import DIGEST_EVERY, SealedWatch
from noc_tui.daemon.core import release
from noc_tui.daemon.core.errors import BadRequest, Conflict, NotFound
from noc_tui.daemon.core.service import PollResult
from noc_tui.daemon.evidence.kept_apart import subjects_kept_apart
from noc_tui.daemon.paging.direct import DirectAnswer
from noc_tui.daemon.paging.webhook import Telling
from noc_tui.daemon.suspension import store
from noc_tui.daemon.suspension.cases import person
from noc_tui.daemon.suspension.service import SuspensionService
from noc_tui.queries.terms_archive import find_terms
from storage import evidence, suspension
from storage.authority import AUTHORITY_ORDERS
from storage.outages import EXCLUSIONS
from storage.outbox import MESSAGES
from storage.sealed import compare_sealed, sealed_path
from storage.verdict import Verdict
from storage.verify import verify
from tests.daemon.authority.sealed_lab import LEA, MARC, OLGA, OMAR, SealedLab
from tests.support.leaks import files_below, find_leaks

pytestmark = pytest.mark.anyio
WORDS = (
    "Zqauthority", "Zqreference", "Zqscope01", "Zqauthentic", "Zqbasis01", "Zqmilder1", "Zqfound1",
)  # fmt: skip


def database(lab: SealedLab) -> Path:
    return lab.lab.context.config.database.path


async def test_a_secret_order_stands_where_nocd_alone_reads(lab: SealedLab) -> None:
    order = await lab.record()
    case = await lab.open_case(order.id)
    words = [*WORDS[:-1], order.id, case.id]
    beside = files_below(database(lab).parent, "noc.db.sealed")
    assert find_leaks(beside, words) == []
    sealed = files_below(sealed_path(database(lab)).parent)
    assert [word for word in words if not find_leaks(sealed, [word])] == []
    for file in [*sealed_path(database(lab)).parent.iterdir()]:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    assert stat.S_IMODE(sealed_path(database(lab)).parent.stat().st_mode) == 0o700
    assert await AUTHORITY_ORDERS.read(lab.lab.context.writer) == []
    assert await suspension.open_cases(lab.lab.context.writer) == []


async def test_who_may_not_know_finds_nothing(lab: SealedLab) -> None:
    order = await lab.record()
    for who in (OMAR, MARC):
        assert (await lab.routes.list(lab.call(who, None))).orders == ()
        for identifier in (order.id, "QQQQQQQQ"):
            with pytest.raises(NotFound, match=f"there is no order {identifier}"):
                await lab.routes.show(lab.call(who, None, id=identifier))
        with pytest.raises(Conflict, match="account of"):
            await lab.record(who)
        with pytest.raises(Conflict, match="account of"):
            await lab.record(who, secrecy="unsaid")
    (shown,) = (await lab.routes.list(lab.call(LEA, None))).orders
    assert shown.id == order.id


async def test_an_open_order_is_everybodys_and_numbered(lab: SealedLab) -> None:
    await lab.record()
    order = await lab.record(OMAR, kind="civil", secrecy="allowed", secrecy_basis="")
    assert order.id == "A-0001"  # what is sealed leaves no gap
    (shown,) = (await lab.routes.list(lab.call(OMAR, None))).orders
    assert shown.id == "A-0001"
    with pytest.raises(BadRequest, match="there is no tenant"):
        await lab.record(OMAR, secrecy="allowed", tenant="nobody")


async def test_it_is_carried_out_and_restored_without_a_word(lab: SealedLab) -> None:
    order = await lab.record()
    opened = await lab.open_case(order.id)
    context, before = lab.lab.context, len(lab.lab.mail.accepted)
    count = await evidence.count(context.writer)
    case = await lab.carry_out(opened.id)
    assert case.review is not None
    assert not any(lab.lab.guest(guest.ref.vmid).running for guest in case.plan.guests)
    month = Month.of(micros(lab.lab.now()))
    assert await release.is_month_held(context, "acme", month)
    assert not await release.is_month_held(context, "acme", month.next)
    for who, says in ((OMAR, "ask a lead"), (MARC, "nobody may tell")):
        with pytest.raises(Conflict, match=says):
            await release.require_month_free(context, who, "acme", month)
        for subject in ("tenant:acme", f"guest:{case.plan.guests[0].ref}"):
            with pytest.raises(Conflict, match=says):
                await release.require_pack_free(context, who, (subject,))
    await release.require_pack_free(context, OMAR, ("tenant:zeta",))
    part, by = lab.sealed.suspensions, person(OLGA)
    with pytest.raises(Conflict, match="told nothing"):
        await part.notices.send(case.id, by)
    found = ev.Remedied(at=lab.lab.now(), by=by, found="Zqfound1")
    await part.cases.apply_event(case.id, found)
    back = ev.RestoreOrdered(at=lab.lab.now(), by=by)
    await part.runner.start_or_stop_work(await part.cases.apply_event(case.id, back))
    await lab.until(case.id, "closed")
    assert len(lab.lab.mail.accepted) == before
    new = await evidence.search(context.writer, evidence.Query())
    # The lab writes what its polls see, as the poller does.
    assert {entry.kind for entry in new if entry.seq > count} <= {"test.prepared"}
    beside = files_below(database(lab).parent, "noc.db.sealed")
    assert find_leaks(beside, [*WORDS, order.id, case.id]) == []


async def test_the_tasks_of_nocd_on_its_guests_are_not_shown(lab: SealedLab) -> None:
    context = lab.lab.context
    order = await lab.record()
    case = await lab.carry_out((await lab.open_case(order.id)).id)
    snapshot = await context.gateways["rennes"].fast_poll()
    ours = [task for task in snapshot.tasks.values() if "!" in task.user]
    assert ours
    await lab.service._veil()
    context.veil.actors = {"rennes": ours[0].user}
    shown = context.veil.cover(snapshot)
    vmids = {str(guest.ref.vmid) for guest in case.plan.guests}
    assert not [task for task in shown.tasks.values() if task.id in vmids and "!" in task.user]
    assert context.veil.hides_task("rennes", ours[0].upid)
    assert not context.veil.hides_task("nantes", ours[0].upid)
    assert not context.veil.hides("rennes", "99999", ours[0].user)
    assert not context.veil.hides("rennes", ours[0].id, "root@pam")


async def test_guests_that_a_case_takes_up_later_are_veiled_with_the_poll(lab: SealedLab) -> None:
    """A cluster answers again, and work on its guests begins by itself: no verb is asked for."""
    context = lab.lab.context
    case = await lab.carry_out((await lab.open_case((await lab.record()).id)).id)
    late = PlannedGuest(ref=GuestId(cluster="rennes", vmid=104), kind="qemu", name="late")
    event = ev.ClusterSeen(at=lab.lab.now(), cluster="rennes", guests=(late,))
    await lab.sealed.suspensions.cases.observed(case.id, event)
    assert ("rennes", 104) not in context.veil.guests
    await lab.service.polled(PollResult("rennes", lab.lab.now(), None, None, None, 0))
    assert ("rennes", 104) in context.veil.guests


async def test_the_rules_that_a_client_may_read_name_neither_case_nor_means(
    lab: SealedLab,
) -> None:
    opened = await lab.open_case((await lab.record()).id, means="vm_public_ip_off")
    case = await lab.carry_out(opened.id)
    rules = [str(lab.lab.guest(guest.ref.vmid).rules) for guest in case.plan.guests]
    assert all("noc-" in one for one in rules)
    assert not any(case.id in one or "vm_public" in one for one in rules)
    part, by = lab.sealed.suspensions, person(OLGA)
    found = ev.Remedied(at=lab.lab.now(), by=by, found="x")
    await part.cases.apply_event(case.id, found)
    back = ev.RestoreOrdered(at=lab.lab.now(), by=by)
    await part.runner.start_or_stop_work(await part.cases.apply_event(case.id, back))
    await lab.until(case.id, "closed")
    assert not any("noc-" in str(lab.lab.guest(one.ref.vmid).rules) for one in case.plan.guests)


async def test_a_sealed_part_that_fails_holds_up_no_poll(
    lab: SealedLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    veiled = []

    async def broken(*_asked: object) -> None:
        raise OSError("the sealed file cannot be read")

    async def veil(_self: AuthorityService) -> None:
        veiled.append(1)
        raise OSError("nor written")

    monkeypatch.setattr(SuspensionService, "polled", broken)
    monkeypatch.setattr(AuthorityService, "_veil", veil)
    result = PollResult("rennes", lab.lab.now(), None, None, None, 0)
    await lab.service._show_sealed(lab.sealed, result)
    assert veiled == [1]
    log = lab.sealed.orders.context.writer.path.with_name(LOG_FILE).read_text(encoding="utf-8")
    assert log.count("a poll was not followed") == 2


async def test_no_letter_of_a_secret_case_is_ever_queued(lab: SealedLab) -> None:
    """Whatever asks for one: all end at the same place."""
    notices = lab.sealed.suspensions.notices
    case = await lab.carry_out((await lab.open_case((await lab.record()).id)).id)
    letter = notices.letters.print_kept(case, lab.lab.now())
    inner = lab.sealed.orders.context.writer
    async with inner.change(person_actor()) as change:
        await change.record("test.prepared", [], {})
        with pytest.raises(Conflict, match="told nothing"):
            await notices._queue(change, case, letter, "any", person(LEA))
    assert await MESSAGES.read(inner) == []
    assert await MESSAGES.read(lab.lab.context.writer) == []


async def test_an_order_that_waits_for_its_time_holds_nothing_yet(lab: SealedLab) -> None:
    now, month = micros(lab.lab.now()), Month.of(micros(lab.lab.now()))
    opened = await lab.open_case((await lab.record()).id)
    inner = lab.sealed.orders.context.writer
    case = await store.load(inner, opened.id)
    for state, held in (("scheduled", False), ("executing", True), ("cancelled", False)):
        async with inner.change(person_actor()) as change:
            await change.record("suspension.opened", [f"suspension:{case.id}"], {})
            changed = msgspec.structs.replace(case, state=state, ordered_at=lab.lab.now())
            await store.put(change, changed, await find_terms(change, case.terms_version))
        assert await release.is_month_held(lab.lab.context, "acme", month) is held, state
        span = (now - 10, None)
        assert await release.is_span_held(lab.lab.context, "acme", span) is held, state


async def test_a_lead_publishes_and_all_of_it_is_there(lab: SealedLab) -> None:
    context = lab.lab.context
    order = await lab.record()
    case = await lab.carry_out((await lab.open_case(order.id)).id)
    early = api.Publication("the clerk's mail of today", early=True)
    with pytest.raises(Conflict, match="a lead decides"):
        await lab.routes.publish(lab.call(OLGA, early, id=order.id))
    with pytest.raises(Conflict, match="no end"):
        await lab.routes.publish(lab.call(LEA, api.Publication("because"), id=order.id))
    shown = await lab.routes.publish(lab.call(LEA, early, id=order.id))
    assert not shown.secret
    moved = await store.load(context.writer, case.id)
    assert moved.state == "suspended"
    (exclusion,) = await EXCLUSIONS.read(context.writer)
    assert case.started_at is not None
    assert (exclusion.start, exclusion.end) == (micros(case.started_at), None)
    assert moved.exclusion == exclusion.id
    found = await evidence.search(
        context.writer, evidence.Query(subject=f"suspension:{case.id}", text="Zqmilder1")
    )
    assert {entry.kind for entry in found} == {"suspension.published"}
    assert await AUTHORITY_ORDERS.read(lab.sealed.orders.context.writer) == []
    assert await suspension.open_cases(lab.sealed.orders.context.writer) == []
    assert not await release.is_month_held(context, "acme", Month.of(micros(lab.lab.now())))
    (seen,) = (await lab.routes.list(lab.call(OMAR, None))).orders
    assert seen.cases == (case.id,)
    assert (await lab.record(OMAR, secrecy="allowed")).id == "A-0001"
    # The open part has it now: it restores what the sealed part changed.
    closed = await lab.lab.restored(moved)
    assert closed.state == "closed"
    assert all(lab.lab.guest(guest.ref.vmid).running for guest in case.plan.guests)
    for file in (database(lab), sealed_path(database(lab))):
        assert verify(file).verdict is Verdict.INTACT


async def test_a_publication_that_a_crash_cut_off_is_finished(lab: SealedLab) -> None:
    order = await lab.record()
    await lab.open_case(order.id)
    publisher = Publisher(
        lab.lab.context,
        lab.sealed.orders,
        lab.service.opened.orders,
        lab.sealed.suspensions,
        lab.lab.part,
    )
    event = Published(at=lab.lab.now(), by=person(LEA), reason="x", early=True)
    published = await lab.sealed.orders.apply(order.id, event)
    await publisher._move(published, person_actor(), event)
    assert len(await lab.sealed.orders.every()) == 1
    await take_up_moves(lab.lab.context, lab.sealed.orders)
    assert await lab.sealed.orders.every() == []
    assert len(await lab.service.opened.orders.every()) == 1


def person_actor() -> evidence.Actor:
    return evidence.Actor(LEA.uid, LEA.name)


async def test_those_who_may_know_are_told_what_an_alert_would_tell_all(
    lab: SealedLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No alert stands for a sealed case: that it drifts, fails or was held, each once."""
    context, told = lab.lab.context, list[Telling]()

    async def page(*asked: Any) -> DirectAnswer:
        told.append(asked[4])
        assert asked[3].name == "olga"
        return DirectAnswer(taken=True, said="", over=True)

    monkeypatch.setattr(watch_module, "page_directly", page)
    receivers = tuple(
        Receiver(name=name, kind="mail", address=f"{name}@example.fr", account=name)
        for name in ("olga", "omar")
    )
    demo = Demo(account=0, cast={"olga": "operator", "omar": "operator"}, confidential=("olga",))
    oncall = msgspec.structs.replace(context.config.oncall, receivers=receivers)
    context.config = msgspec.structs.replace(context.config, oncall=oncall, demo=demo)
    opened = await lab.open_case((await lab.record()).id)
    watch = SealedWatch(context, lab.sealed.orders)
    await watch.look()
    assert len({one.id for one in told}) == 1  # the order itself
    inner, at = lab.sealed.orders.context.writer, lab.lab.now()
    guest = GuestId(cluster="rennes", vmid=101)
    troubled = msgspec.structs.replace(
        await store.load(inner, opened.id),
        state="held",
        drift=(Drift(guest=guest, what="Zqdrifted", seen_at=at),),
        failed=(guest,),
        hold=OrderHold(why="world", at=at, said="Zqchanged"),
        review=Review(due_at=at + timedelta(hours=24)),
    )
    async with inner.change(person_actor()) as change:
        await change.record("suspension.opened", [f"suspension:{opened.id}"], {})
        await store.put(change, troubled, await find_terms(change, troubled.terms_version))
    lab.sealed.orders.context.failures.note("cases", OSError("Zqbroken"))
    for _again in range(3):
        await watch.look()
    # Twice at most: the lab's own watch tells it too.
    assert max(Counter(one.id for one in told).values()) <= 2
    words = "".join(f"{one.text} {one.next_step} {one.subject} {one.id}" for one in told)
    assert not any(word in words for word in (opened.id, "Zq", "rennes", "acme", "101"))
    assert len({one.id for one in told}) == 6


async def test_each_hour_a_digest_goes_on_record_whatever_happened(lab: SealedLab) -> None:
    context = lab.lab.context
    watch = SealedWatch(context, lab.sealed.orders)
    await watch.look()
    before = await evidence.count(context.writer)
    watch._started = lab.lab.now() - DIGEST_EVERY
    await watch.look()
    assert await evidence.count(context.writer) == before + 1
    await watch.look()
    await lab.record()
    await watch.look()
    assert await evidence.count(context.writer) == before + 1
    (entry,) = await evidence.search(context.writer, evidence.Query(kind="evidence.digest"))
    assert entry.subjects == ("evidence:chain",)
    found = compare_sealed(database(lab))
    assert (found.verdict, found.digests) == (Verdict.INTACT, 1)


async def test_a_decision_of_a_lead_prolongs_it(lab: SealedLab) -> None:
    order = await lab.record(secrecy="unsaid", secrecy_basis="")
    assert order.hold is not None
    until = lab.lab.now() + timedelta(days=9)
    event = KeptSecret(at=lab.lab.now(), by=person(LEA), reason="mail", until=until)
    assert (await lab.sealed.orders.apply(order.id, event)).silent_until == until


async def test_what_an_authority_has_kept_apart_is_not_erased(lab: SealedLab) -> None:
    order = await lab.record()
    context = lab.lab.context
    assert await subjects_kept_apart(context, context.writer, lab.lab.now()) == ()
    until = lab.lab.now() + timedelta(days=183)
    kept = Preserved(at=lab.lab.now(), by=person(OLGA), what="x", where="y", until=until)
    await lab.sealed.orders.apply(order.id, kept)
    assert await subjects_kept_apart(context, context.writer, lab.lab.now()) == ("tenant:acme",)
    assert await subjects_kept_apart(context, context.writer, until) == ()


async def planned(lab: SealedLab, *conditions: Condition) -> tuple[str, str]:
    """A secret order and its case, which waits for its time: approved by lea, ordered by olga."""
    order = await lab.record()
    start = lab.lab.now() + timedelta(days=2)
    case = (await lab.open_case(order.id, start=start, conditions=conditions)).id
    part, at = lab.sealed.suspensions, lab.lab.now()
    await part.cases.apply_event(case, ev.Checked(at=at, by=person(OLGA)))
    seen = digest(await store.load(lab.sealed.orders.context.writer, case))
    await part.cases.apply_event(case, ev.Approved(at=at, by=person(LEA), seen=seen))
    given = ev.Ordered(at=at, by=person(OLGA), typed_name="Acme", seen=seen)
    assert (await part.cases.apply_event(case, given)).state == "scheduled"
    return order.id, case


async def test_the_countdown_of_a_secret_order_is_for_who_may_see_it(lab: SealedLab) -> None:
    _order, case = await planned(lab)
    told = await lab.routes.planned(lab.call(LEA, None))
    assert [(one.case, one.secret) for one in told.orders] == [(case, True)]
    for stranger in (OMAR, MARC):
        assert (await lab.routes.planned(lab.call(stranger, None))).orders == ()
    assert await suspension.scheduled_cases(lab.lab.context.writer) == []


async def test_an_order_that_waits_goes_on_waiting_once_it_is_published(lab: SealedLab) -> None:
    order, case = await planned(lab)
    ended = api.Publication("the court lifted it", early=True)
    await lab.routes.publish(lab.call(LEA, ended, id=order))
    told = await lab.routes.planned(lab.call(OMAR, None))
    assert [(one.case, one.secret) for one in told.orders] == [(case, False)]
    assert await suspension.scheduled_cases(lab.sealed.orders.context.writer) == []


async def test_a_secret_order_that_cancels_itself_is_told_to_who_may_know(lab: SealedLab) -> None:
    _order, case = await planned(lab, Condition(kind="unanswered"))
    part, at = lab.sealed.suspensions, lab.lab.now()
    answer = ev.ClientAnswered(at=at, by=person(OLGA), text="Zqanswer", received_at=at)
    await part.cases.apply_event(case, answer)
    await part.planned.look_at(case)
    ended = await store.load(lab.sealed.orders.context.writer, case)
    assert ended.fell_away == "unanswered"
    watch = SealedWatch(lab.lab.context, lab.sealed.orders)
    found = [one.stage for one in await watch._waiting(lab.lab.now()) if one.name == case]
    assert found == ["cancelled itself"]
    assert await MESSAGES.read(lab.lab.context.writer) == []
