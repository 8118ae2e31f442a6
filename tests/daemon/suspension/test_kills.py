"""`nocd` is killed with SIGKILL at every boundary of the saga, there and back, and started again.

Real processes over a real file, TLS and SMTP: a daemon dies at the moment when it was asked, and
after each commit, each write, each mail. Which there are, an undisturbed run tells. In `make test`
it dies at every third of them, in `make test-long` at each.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import timedelta
from itertools import chain
from pathlib import Path

import pytest

from noc_tui.api import suspension as api
from noc_tui.console.nocd.client import DownError
from noc_tui.contract.suspension.values import BARRIER, Tick, TickEvidence
from storage import outbox
from storage.evidence import Query, search
from storage.verdict import Verdict
from storage.verify import verify
from tests.daemon.suspension.killing import House, house
from tests.daemon.suspension.lab import CLUSTER
from tests.support.cases import ANSWERS

pytestmark = pytest.mark.anyio
PLANNED = "planned: cut"
AHEAD = timedelta(minutes=4)
"""Twelve seconds of the house's clock: even a busy machine orders before that."""
PLANS = {
    "barrier, cut, stop": ((BARRIER, "vm_cut_network", "vm_stop"), (), 8),
    PLANNED: (("vm_cut_network",), (), 2),
    "barrier, filter": ((BARRIER, "protocol_limit"), ("out:tcp:6667",), 10),
}
"""Means, the ports that they filter, and how many writes they are, there and back."""


def a_guest(there: House) -> int:
    """One that runs, and that HA leaves alone."""
    cluster = there.simulator.world.clusters[CLUSTER]
    pool = next(row.pool for row in there.simulator.tenants if CLUSTER in row.clusters)
    return next(
        guest.vmid
        for guest in cluster.guests_in(pool)
        if guest.running and guest.kind == "qemu" and guest.sid not in cluster.ha
    )


async def checked(there: House, vmid: int, plan: str) -> str:
    """A case that only wants its order."""
    means, ports, _writes = PLANS[plan]
    await there.seen(vmid)
    opened = await there.ask(api.OPEN(api.Opening("acme", "service-threat")))
    case = opened.id
    proof = TickEvidence(kind="text", text="seen in the log")
    edit = api.Edit(
        scope="guests",
        guests=(f"{CLUSTER}/{vmid}",),
        means=means,
        start=opened.opened_at + AHEAD if plan == PLANNED else None,
        ports=ports or None,
        facts=ANSWERS,
        ticks=(Tick(target="finding", evidence=(proof,)),),
    )
    await there.ask(api.EDIT(edit, id=case))
    await there.ask(api.NOTICE(api.NoticeAction("draft"), id=case))
    await there.ask(api.CHECK(id=case))
    await there.ask(api.NOTICE(api.NoticeAction("after"), id=case))
    return case


async def suspend(there: House, case: str) -> None:
    if await there.state(case) == "notice-waived":  # else the order was committed
        seen = (await there.ask(api.SHOW(id=case))).digest
        await there.ask(api.ORDER(api.Order("Acme", seen), id=case))


async def restore(there: House, case: str) -> None:
    if await there.state(case) == "suspended":
        await there.ask(api.REMEDY(api.Remark("clean"), id=case))
    if await there.state(case) == "remedied":
        await there.ask(api.RESTORE(api.Restoration(), id=case))


WAYS = ((suspend, "suspended", 1), (restore, "closed", 2))


async def played(
    there: House, vmid: int, plan: str, deaths: Sequence[str] = ()
) -> tuple[str, Counter[str]]:
    """Suspend and restore a guest; the case, and what was written to the cluster.

    The daemon that runs dies at the first of `deaths`, which it was started with, the next one at
    the second, on the way back, and the third is for the one that runs in the end.
    """
    case = await checked(there, vmid, plan)
    before, written = there.world(vmid), there.writes()
    for number, (way, state, mails) in enumerate(WAYS):
        with suppress(DownError):
            await way(there, case)
        if deaths:
            await there.died(deaths[number])
            await there.start(deaths[number + 1])
            await way(there, case)
        await there.settled(case, state, mails)
    assert there.world(vmid) == before
    return case, there.writes() - written


@pytest.mark.parametrize(
    ("plan", "every"),
    [
        ("barrier, cut, stop", 3),
        pytest.param("barrier, cut, stop", 1, marks=pytest.mark.long),
        pytest.param("barrier, filter", 1, marks=pytest.mark.long),
        pytest.param(PLANNED, 1, marks=pytest.mark.long),
    ],
)
@pytest.mark.timeout(900)
async def test_wherever_nocd_is_killed_the_case_ends_right_and_nothing_is_done_twice(
    tmp_path: Path, plan: str, every: int
) -> None:
    async with house(tmp_path) as there:
        await there.start()
        vmid = a_guest(there)
        case, undisturbed = await played(there, vmid, plan)
        assert undisturbed.total() == PLANS[plan][2], undisturbed
        deaths = boundaries(there, every)
        if plan == PLANNED:
            assert "order: commit suspension.start-released (1)" in deaths
        await there.stop()
        await there.start(deaths[0])
        cases = [case]
        for number in range(0, len(deaths) - 1, 2):
            case, writes = await played(there, vmid, plan, deaths[number : number + 3])
            assert writes == undisturbed, deaths[number : number + 2]
            cases.append(case)
        await there.stop()
        await told(there, cases, least=1 if plan == PLANNED else 2)
        assert verify(tmp_path / "noc.db").verdict is Verdict.INTACT


def boundaries(there: House, every: int) -> list[str]:
    """Where to die: on the way there, on the way back, in turn, and nowhere in the end."""
    passed = there.passed()
    ways = [[one for one in passed if one.startswith(verb)] for verb in ("order", "remedy")]
    assert min(map(len, ways)) > 8
    longest = max(map(len, ways))
    padded = [way + way[-1:] * (longest - len(way)) for way in ways]
    return [*chain.from_iterable(list(zip(*padded, strict=True))[::every]), ""]


async def told(there: House, cases: Iterable[str], least: int) -> None:
    """Each mail was sent, under one Message-ID; at least so many steps and each result are on the
    log.
    """
    sent = there.mails()
    async with there.reading() as db:
        for case in cases:
            messages = await outbox.messages_about(db, f"suspension:{case}")
            assert Counter(one.purpose for one in messages) == {"notice": 1, "restored": 1}
            for one in messages:
                assert sent.pop(one.id) >= 1
            found = await search(db, Query(subject=f"suspension:{case}", limit=1000))
            kinds = Counter(entry.kind for entry in found)
            assert kinds["suspension.step.done"] >= least
            assert kinds["suspension.step.undone"] >= least
            assert kinds["suspension.executed"] >= 1
            assert kinds["suspension.restored"] == 1
    assert not sent
