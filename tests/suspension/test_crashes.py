"""`nocd` dies at every boundary of the saga: before and after each commit, each effect, each mail.

A boundary where it dies raises what nothing catches; from then on every boundary does, so that the
dead daemon neither commits nor calls any more. Another one then starts over the same file.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from noc_tui.cluster.gateway import Gateway
from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.approval import digest
from noc_tui.contract.suspension.values import Case
from noc_tui.daemon.outbox.outcome import Outcome
from noc_tui.daemon.outbox.smtp import SmtpSender
from storage import outbox
from storage.database import Transaction, Writer
from storage.evidence import Query, search
from storage.outbox import Message
from tests.suspension.cases import OMAR
from tests.suspension.lab import Lab

pytestmark = pytest.mark.anyio
MEANS = ("vm_cut_network", "vm_stop")


class Killed(BaseException):
    """SIGKILL, as far as a coroutine can tell."""


@dataclass
class Life:
    """Counts boundaries; dies at the one that is set."""

    seen: int = 0
    dies_at: int | None = None
    dead: bool = False
    watching: bool = False

    def boundary(self) -> None:
        if self.dead:
            raise Killed
        if not self.watching:
            return
        self.seen += 1
        if self.seen == self.dies_at:
            self.dead = True
            raise Killed

    def begin(self, dies_at: int | None) -> None:
        self.seen, self.dies_at, self.dead, self.watching = 0, dies_at, False, True

    def again(self) -> None:
        self.dies_at, self.dead, self.watching = None, False, False


@pytest.fixture
def life(monkeypatch: pytest.MonkeyPatch) -> Life:
    made = Life()
    transaction, write, send = Writer.transaction, Gateway.write, SmtpSender.send

    @asynccontextmanager
    async def mortal_transaction(self: Writer) -> AsyncIterator[Transaction]:
        async with transaction(self) as tx:
            yield tx
            made.boundary()
        made.boundary()

    async def mortal_write(self: Gateway, *words: Any, **named: Any) -> str | None:
        made.boundary()
        answer = await write(self, *words, **named)
        made.boundary()
        return answer

    async def mortal_send(self: SmtpSender, message: Message) -> Outcome:
        made.boundary()
        outcome = await send(self, message)
        made.boundary()
        return outcome

    monkeypatch.setattr(Writer, "transaction", mortal_transaction)
    monkeypatch.setattr(Gateway, "write", mortal_write)
    monkeypatch.setattr(SmtpSender, "send", mortal_send)
    return made


def made_writes(lab: Lab, before: Mapping[str, int]) -> Counter[str]:
    """The changing calls since then, by what they change."""
    now = Counter({k: v for k, v in lab.simulator.world.requests.items() if " GET " not in k})
    return now - Counter(before)


async def one_guest(lab: Lab) -> Case:
    by_hand = [
        vmid
        for vmid, guest in lab.cluster.guests.items()
        if guest.running and guest.kind == "qemu" and guest.sid not in lab.cluster.ha
    ]
    case = await lab.draft("service-threat", means=MEANS)
    mine = [row.ref.vmid for row in case.plan.guests if row.ref.vmid in by_hand]
    return await lab.draft("service-threat", means=MEANS, vmids=(mine[0],))


async def checked(lab: Lab, case: Case) -> Case:
    case = await lab.tell(case, ev.Checked(at=lab.now(), by=OMAR))
    return await lab.tell(case, ev.NoticeSetAside(at=lab.now(), by=OMAR, mode="after"))


async def suspend(lab: Lab, case: Case) -> None:
    order = ev.Ordered(at=lab.now(), by=OMAR, typed_name="Acme", seen=digest(case))
    await lab.part.runner.look(await lab.tell(case, order))


async def restore(lab: Lab, case: Case) -> None:
    await lab.tell(case, ev.Remedied(at=lab.now(), by=OMAR, found="clean"))
    event = ev.RestoreOrdered(at=lab.now(), by=OMAR)
    await lab.part.runner.look(await lab.tell(case, event))


async def settled(lab: Lab, case: Case, state: str, mails: int) -> None:
    """The case is there, and its mails are out."""

    async def posted() -> bool:
        messages = await outbox.about(lab.context.writer, f"suspension:{case.id}")
        return [row.state for row in messages] == ["accepted"] * mails

    await lab.state(case, state, poll=False)
    for _attempt in range(100):
        if await posted():
            return
        await asyncio.sleep(0.03)
    raise AssertionError("mails are not out")


async def played(lab: Lab, life: Life, dies_at: int | None) -> tuple[int, int, Counter[str]]:
    """Suspend and restore one guest, dying at that boundary of each; a new daemon each time."""
    case = await checked(lab, await one_guest(lab))
    vmid = case.plan.guests[0].ref.vmid
    before = lab.world((vmid,))
    requests = dict(lab.simulator.world.requests)
    accepted = len(lab.mail.accepted)
    counts = []
    for act, state, mails in ((suspend, "suspended", 1), (restore, "closed", 2)):
        life.begin(dies_at)
        try:
            await act(lab, case)
            if dies_at is None:
                await settled(lab, case, state, mails)
            else:
                await died_or_done(lab, life, case, state)
        except Killed:
            pass
        counts.append(life.seen)
        if life.dead:
            await lab.stop()
            life.again()
            await lab.restart()
        life.again()
        now = await lab.load(case)
        if now.state in ("notice-waived",):
            await suspend(lab, now)  # the order itself was not committed: it is given again
        elif state == "closed" and now.state == "suspended":
            await restore(lab, now)
        elif state == "closed" and now.state == "remedied":
            event = ev.RestoreOrdered(at=lab.now(), by=OMAR)
            await lab.part.runner.look(await lab.tell(case, event))
        await settled(lab, case, state, mails)
    assert lab.world((vmid,)) == before
    messages = await outbox.about(lab.context.writer, f"suspension:{case.id}")
    sent = [bytes(mail.content or b"") for mail in lab.mail.accepted[accepted:]]  # type: ignore[arg-type]  # bytes here
    assert len({row.purpose for row in messages}) == len(messages) == 2
    for message in messages:
        assert any(message.id.encode() in mail for mail in sent)
    kinds = Counter(
        entry.kind
        for entry in await search(
            lab.context.writer, Query(subject=f"suspension:{case.id}", limit=1000)
        )
    )
    assert kinds["suspension.step.done"] >= 3
    assert kinds["suspension.step.undone"] >= 3
    assert kinds["suspension.executed"] >= 1
    assert kinds["suspension.restored"] == 1
    return counts[0], counts[1], made_writes(lab, requests)


async def died_or_done(lab: Lab, life: Life, case: Case, state: str) -> None:
    """Let the daemon live until it dies, or is through before it would."""
    for _attempt in range(200):
        if life.dead:
            return
        messages = await outbox.about(lab.context.writer, f"suspension:{case.id}")
        through = (await lab.load(case)).state == state
        if through and all(row.state == "accepted" for row in messages) and messages:
            return
        await asyncio.sleep(0.03)


async def test_whenever_nocd_dies_the_case_ends_right_and_nothing_is_done_twice(
    lab: Lab, life: Life
) -> None:
    first, second, expected = await played(lab, life, None)
    assert first > 20
    assert second > 20
    # Three writes there, three back, and the power once each way.
    assert sum(expected.values()) == 8, expected
    for dies_at in range(1, max(first, second) + 1):
        _first, _second, writes = await played(lab, life, dies_at)
        assert writes == expected, dies_at
