"""Suspended and restored on a simulated cluster: everything is as it was, value for value."""

import asyncio

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from noc_tui.alerts.evaluate import evaluate
from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.values import Case, Drift, PlannedGuest
from noc_tui.daemon.alerts.collect_inputs import InputCollector
from noc_tui.daemon.core.errors import Conflict
from noc_tui.daemon.core.server import CALLER
from noc_tui.daemon.database.service import DatabaseWatch
from noc_tui.daemon.suspension.failures import Trouble
from noc_tui.daemon.suspension.guest_runner import End, GuestRunner
from noc_tui.daemon.suspension.steps import Steps, Tell
from noc_tui.kept_words import read_words
from noc_tui.roles import Caller, Role
from storage import suspension as stored
from storage.errors import UnwritableError
from storage.evidence import Query, search
from storage.outages import EXCLUSIONS
from storage.restoration import HeldItems, Hold
from storage.suspension import StepRow
from storage.times import micros
from storage.verdict import Verdict
from storage.verify import verify
from tests.daemon.suspension.lab import CLUSTER, Lab
from tests.support.cases import OMAR, TERMS
from tests.support.faults import limited_size
from tests.support.waiting import PATIENCE_SECONDS, patience

pytestmark = pytest.mark.anyio


def vmids(case: Case) -> tuple[int, ...]:
    return tuple(row.ref.vmid for row in case.plan.guests)


async def test_cut_and_back(lab: Lab) -> None:
    case = await lab.draft("service-threat")
    guests = vmids(case)
    assert len(guests) > 1
    down = lab.guest(guests[1])
    down.config["net0"] = f"{down.config['net0']},link_down=1"
    before = lab.world(guests)
    case = await lab.state(await lab.ordered(case), "suspended")
    for vmid in guests:
        assert "link_down=1" in str(lab.guest(vmid).config["net0"])
        assert "NoAccess" in str(lab.cluster.access.acl[f"/vms/{vmid}"])
    assert case.started_at is not None
    told = await lab.until(case, lambda now: now.notice.delivery == "accepted")
    assert not told.notice.owed
    await lab.restored(case)
    assert lab.world(guests) == before
    kinds = [entry.kind for entry in await search(lab.context.writer, Query(kind="suspension."))]
    assert kinds.count("suspension.step.done") == 2 * len(guests)
    assert kinds.count("suspension.step.undone") == 2 * len(guests)


async def test_a_case_waits_for_the_disk_and_goes_on(lab: Lab) -> None:
    """What was written to the cluster before the disk failed is not written again."""
    context = lab.context
    case = await lab.draft("service-threat")
    guests = vmids(case)
    with limited_size(context.writer.path):
        with pytest.raises(UnwritableError):
            await lab.ordered(case)
        assert (await lab.load(case)).state == "draft"
    await DatabaseWatch(context).look()
    case = await lab.ordered(case)
    with limited_size(context.writer.path):
        name = f"suspension {case.id}"
        work = [task for task in asyncio.all_tasks() if task.get_name() == name]
        done, _ = await asyncio.wait(work, timeout=PATIENCE_SECONDS)
        assert [isinstance(task.exception(), UnwritableError) for task in done] == [True]
        assert context.writer.trouble is not None
        assert (await lab.load(case)).state != "suspended"
    await DatabaseWatch(context).look()
    case = await lab.state(case, "suspended")
    for vmid in guests:
        assert "link_down=1" in str(lab.guest(vmid).config["net0"])
    kinds = [entry.kind for entry in await search(context.writer, Query(kind="suspension."))]
    assert kinds.count("suspension.step.done") == 2 * len(guests)
    assert verify(context.writer.path).verdict is Verdict.INTACT


async def test_a_case_that_is_held_after_a_restore_waits_for_a_lead(lab: Lab) -> None:
    case = await lab.draft("service-threat")
    held = HeldItems(cases=(case.id,))
    lab.context.held.become(Hold(1, lab.now(), "root", held))
    await lab.ordered(case)
    await lab.restart()
    for _ in range(5):
        await lab.poll()
    assert (await lab.load(case)).state == "ordered"
    assert lab.writes == []
    with pytest.raises(Conflict):
        await lab.part.notices.send(case.id, OMAR)
    lab.context.held.become(None)
    await lab.state(case, "suspended")


async def test_stop_and_back_only_what_ran(lab: Lab) -> None:
    case = await lab.draft("contract-breach", means=("vm_cut_network", "vm_stop"))
    guests = vmids(case)
    by_hand = [vmid for vmid in guests if lab.guest(vmid).sid not in lab.cluster.ha]
    off = lab.guest(by_hand[0])
    off.end(lab.now().timestamp())
    before = lab.world(guests)
    case = await lab.state(await lab.ordered(case), "suspended")
    assert not any(lab.guest(vmid).running for vmid in guests)
    assert not any(lab.guest(vmid).config.get("onboot") for vmid in by_hand)
    await lab.restored(case)
    assert lab.world(guests) == before
    assert not off.running


async def test_a_filter_and_back(lab: Lab) -> None:
    lab.cluster.firewall["enable"] = 1
    case = await lab.draft("charte-breach", means=("vm_block_smtp_out",))
    guests = vmids(case)
    before = lab.world(guests)
    case = await lab.state(await lab.ordered(case), "suspended")
    assert any("noc-S-" in str(lab.guest(vmid).rules) for vmid in guests)
    await lab.restored(case)
    assert lab.world(guests) == before


async def test_a_rehearsal_changes_nothing_and_sends_nothing(lab: Lab) -> None:
    case = await lab.draft("service-threat", rehearsal=True)
    guests = vmids(case)
    before = lab.world(guests)
    case = await lab.state(await lab.ordered(case), "suspended")
    steps = await stored.steps_of(lab.context.writer, case.id)
    assert any("link_down=1" in step.said for step in steps)
    await lab.restored(case)
    assert lab.world(guests) == before
    assert lab.writes == []
    assert lab.mail.seen == 0


@pytest.mark.parametrize("ground", [row.id for row in TERMS.grounds])
async def test_each_ground_rehearsed_and_for_real(lab: Lab, ground: str) -> None:
    case = await lab.draft(ground, rehearsal=True)
    guests = vmids(case)
    before = lab.world(guests)
    await lab.restored(await lab.state(await lab.ordered(case), "suspended"))
    assert lab.writes == []
    assert lab.world(guests) == before
    case = await lab.draft(ground)
    case = await lab.state(await lab.ordered(case), "suspended")
    assert lab.world(guests) != before
    await lab.restored(case)
    assert lab.world(guests) == before


async def test_partial_restoration_leaves_the_rest(lab: Lab) -> None:
    case = await lab.suspended()
    first, second = vmids(case)[:2]
    refs = tuple(row.ref for row in case.plan.guests if row.ref.vmid == first)
    case = await lab.tell(
        case, ev.RestoreOrdered(at=lab.now(), by=OMAR, guests=refs, found="reinstalled")
    )
    await lab.part.runner.start_or_stop_work(case)
    case = await lab.state(case, "partially-restored")
    assert "link_down" not in str(lab.guest(first).config["net0"])
    assert "link_down=1" in str(lab.guest(second).config["net0"])
    await lab.restored(case)


async def test_drift_is_seen_and_reapplied(lab: Lab) -> None:
    case = await lab.suspended("service-threat", means=("vm_cut_network", "vm_stop"))
    vmid = next(n for n in vmids(case) if lab.guest(n).sid not in lab.cluster.ha)
    lab.guest(vmid).begin(lab.now().timestamp(), 4242)
    case = await lab.state(case, "drifting")
    assert [str(row.guest) for row in case.drift] == [f"{CLUSTER}/{vmid}"]
    assert await alarmed(lab) == [f"suspension:{case.id}/{CLUSTER}/{vmid}"]
    case = await lab.tell(case, ev.ReapplyOrdered(at=lab.now(), by=OMAR))
    lab.part.watch.forget(case.id)
    await lab.part.runner.start_or_stop_work(case)
    await lab.state(case, "suspended")
    assert not lab.guest(vmid).running
    assert await alarmed(lab) == []


async def alarmed(lab: Lab) -> list[str]:
    """What the rules of alerts find wrong with suspensions."""
    found = evaluate(await InputCollector(lab.context).collect()).violations
    return [str(one.subject) for one in found if one.rule == "suspension-drift"]


async def test_a_link_that_was_brought_up_is_drift(lab: Lab) -> None:
    case = await lab.suspended()
    vmid = vmids(case)[0]
    config = lab.guest(vmid).config
    config["net0"] = str(config["net0"]).replace(",link_down=1", "")
    await lab.part.watch.configurations()
    case = await lab.load(case)
    assert case.state == "drifting"
    lab.cluster.access.acl.pop(f"/vms/{vmid}")
    await lab.slow_poll()
    await lab.part.watch.configurations()
    assert len((await lab.load(case)).drift) == 2


async def test_drift_that_was_seen_before_somebody_acted_says_nothing(lab: Lab) -> None:
    case = await lab.suspended()
    here = case.plan.guests[0].ref
    await lab.tell(case, ev.Remedied(at=lab.now(), by=OMAR, found="clean"))
    seen = ev.DriftSeen(at=lab.now(), drift=(Drift(guest=here, what="late", seen_at=lab.now()),))
    await lab.part.cases.observed(case.id, seen)
    told = await lab.load(case)
    assert (told.state, told.drift) == ("remedied", ())


async def test_data_access_lifts_the_barrier_alone(lab: Lab) -> None:
    case = await lab.suspended()
    vmid = vmids(case)[0]
    for opened in (True, False):
        event = ev.DataAccessSet(at=lab.now(), by=OMAR, open=opened)
        case = await lab.tell(case, event)
        await lab.part.runner.data_access(case)
        acl = str(lab.cluster.access.acl.get(f"/vms/{vmid}", {}))
        assert ("NoAccess" in acl) is not opened
        assert "link_down=1" in str(lab.guest(vmid).config["net0"])
        await lab.part.watch.configurations()
        assert (await lab.load(case)).state == "suspended"


async def test_a_way_to_the_data_that_was_not_opened_is_drift_and_one_that_is_stays(
    lab: Lab,
) -> None:
    case = await lab.suspended()
    vmid, count = vmids(case)[0], len(case.held)
    event = ev.DataAccessSet(at=lab.now(), by=OMAR, open=True)
    case = await lab.tell(case, event)  # and there the daemon died
    await lab.slow_poll()
    await lab.part.watch.configurations()
    drifting = await lab.load(case)
    assert [read_words(row.what, "en") for row in drifting.drift] == [
        "the client's access to its data is closed"
    ] * count
    await lab.part.runner.data_access(drifting)
    await lab.slow_poll()
    await lab.part.watch.configurations()
    assert (await lab.load(case)).drift == ()
    case = await lab.tell(case, ev.ReapplyOrdered(at=lab.now(), by=OMAR))
    await lab.part.runner.start_or_stop_work(case)
    await lab.state(case, "suspended")
    assert "NoAccess" not in str(lab.cluster.access.acl.get(f"/vms/{vmid}", {}))


async def test_a_closed_way_is_no_drift_by_what_was_seen_before(lab: Lab) -> None:
    case = await lab.suspended()
    for opened in (True, False):
        case = await lab.tell(case, ev.DataAccessSet(at=lab.now(), by=OMAR, open=opened))
        await lab.part.runner.data_access(case)
        if opened:
            await lab.slow_poll()
    await lab.part.watch.configurations()
    assert (await lab.load(case)).drift == ()


async def test_a_guest_that_breaks_off_keeps_no_other_from_being_restored(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = await lab.suspended()
    broken, *others = vmids(case)
    undo = Steps.undo

    async def breaks(
        steps: Steps, case: Case, guest: PlannedGuest, row: StepRow, tell: Tell | None = None
    ) -> Trouble | None:
        if guest.ref.vmid == broken:
            raise RuntimeError("nobody foresaw this")
        return await undo(steps, case, guest, row, tell)

    monkeypatch.setattr(Steps, "undo", breaks)
    case = await lab.restored(case, "partially-restored")
    assert [ref.vmid for ref in case.held] == [broken]
    assert all("link_down" not in str(lab.guest(vmid).config["net0"]) for vmid in others)
    rows = await stored.guests_of(lab.context.writer, case.id)
    assert {row.vmid: row.state for row in rows}[broken] == "restoring-failed"


async def test_a_guest_is_never_brought_both_ways_at_once(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The remedy waits for the work under way; the restoration that follows does so, too."""
    under_way: set[str] = set()
    release, begun = asyncio.Event(), asyncio.Event()

    async def suspend(*_: object) -> End:
        under_way.add("there")
        begun.set()
        await release.wait()  # a step that takes its time, until a safe point
        under_way.discard("there")
        return "stopped"

    async def restore(*_: object) -> End:
        assert not under_way
        return "done"

    monkeypatch.setattr(GuestRunner, "suspend", suspend)
    monkeypatch.setattr(GuestRunner, "restore", restore)
    case = await lab.ordered(await lab.draft())
    await begun.wait()
    case = await lab.state(case, "partially-suspended")
    async with patience():  # neither answer waits for the work
        assert (await asked(lab, case, "remedy", {"text": "clean"}))["state"] == "remedied"
        assert (await asked(lab, case, "restore", {}))["state"] == "restoring"
    await lab.poll()
    assert (await lab.load(case)).state == "restoring"
    release.set()
    await lab.state(case, "closed")


async def asked(lab: Lab, case: Case, verb: str, body: object) -> dict[str, object]:
    """What omar is answered on the socket."""
    request = make_mocked_request("POST", "/", match_info={"id": case.id, "verb": verb})
    request._read_bytes = msgspec.json.encode(body)
    request[CALLER] = Caller(OMAR.uid, OMAR.name, Role.OPERATOR)
    route = next(one for one in lab.part.routes() if one.path.endswith(f"/{verb}"))
    answer = await route.handler(request)
    assert isinstance(answer, web.Response)
    assert isinstance(answer.body, bytes)
    return msgspec.json.decode(answer.body, type=dict[str, object])


async def test_what_a_case_keeps_stopped_is_known_until_it_is_restored(lab: Lab) -> None:
    case = await lab.suspended("contract-breach", means=("vm_stop",))
    vmid = vmids(case)[0]
    assert await stored.case_stopping(lab.context.writer, CLUSTER, vmid) == case.id
    await lab.restored(case)
    assert await stored.case_stopping(lab.context.writer, CLUSTER, vmid) is None


async def test_all_services_take_their_time_out_of_the_downtime(lab: Lab) -> None:
    case = await lab.draft("late-payment")
    plan = msgspec.structs.replace(case.plan, scope="tenant", statement="third time")
    case = await lab.tell(case, ev.Edited(at=lab.now(), by=OMAR, plan=plan))
    case = await lab.state(await lab.ordered(case), "suspended")
    (row,) = await EXCLUSIONS.read(lab.context.writer)
    assert (row.tenant, row.basis, row.end) == ("acme", "suspension", None)
    assert case.started_at is not None
    assert row.start == micros(case.started_at)
    await lab.restored(case)
    (row,) = await EXCLUSIONS.read(lab.context.writer)
    case = await lab.load(case)
    assert case.remedy is not None
    assert row.end == micros(case.remedy.at)


async def test_an_interface_that_was_added_is_cut_on_reapplying_and_given_back(lab: Lab) -> None:
    case = await lab.suspended()
    vmid = next(row.ref.vmid for row in case.plan.guests if row.kind == "qemu")
    lab.guest(vmid).config["net3"] = "virtio=BC:24:11:00:00:03,bridge=vmbr0"
    await lab.part.watch.configurations()
    case = await lab.load(case)
    assert case.state == "drifting"
    case = await lab.tell(case, ev.ReapplyOrdered(at=lab.now(), by=OMAR))
    lab.part.watch.forget(case.id)
    await lab.part.runner.start_or_stop_work(case)
    case = await lab.state(case, "suspended")
    assert "link_down=1" in str(lab.guest(vmid).config["net3"])
    await lab.restored(case)
    assert "link_down" not in str(lab.guest(vmid).config["net3"])


async def test_what_somebody_else_changed_meanwhile_is_left_and_said(lab: Lab) -> None:
    case = await lab.suspended()
    vmid = next(row.ref.vmid for row in case.plan.guests if row.kind == "qemu")
    config = lab.guest(vmid).config
    config["net0"] = str(config["net0"]) + ",rate=10"
    await lab.restored(case)
    assert "rate=10" in str(lab.guest(vmid).config["net0"])
    assert "link_down" not in str(lab.guest(vmid).config["net0"])
    rows = await stored.guests_of(lab.context.writer, case.id)
    (detail,) = [row.detail for row in rows if row.vmid == vmid]
    assert "changed since" in detail
