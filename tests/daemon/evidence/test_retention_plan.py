"""What the next nightly run erases is told beforehand: exactly that, and why."""

from datetime import UTC, datetime, timedelta

import pytest

from noc_tui.daemon.evidence.retention_plan import next_run, plan_next_run
from noc_tui.daemon.evidence.retention_run import RetentionRun
from tests.daemon.evidence.test_erasure import Kept, command, kept

pytestmark = pytest.mark.anyio
__all__ = ["kept"]


@pytest.mark.parametrize(
    ("now", "at"),
    [
        (datetime(2026, 3, 10, 1, 59, tzinfo=UTC), datetime(2026, 3, 10, 2, 0, tzinfo=UTC)),
        (datetime(2026, 3, 10, 2, 0, tzinfo=UTC), datetime(2026, 3, 11, 2, 0, tzinfo=UTC)),
        # The hours of 28 and 29 March: Paris is two hours ahead from the 29th on.
        (datetime(2026, 3, 28, 12, 0, tzinfo=UTC), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
    ],
)
def test_the_next_run_is_at_three_in_paris(now: datetime, at: datetime) -> None:
    assert next_run(now) == at


async def test_what_is_planned_is_what_goes(kept: Kept) -> None:
    writer, context = kept.context.writer, kept.context
    old = [await kept.record("access.refused"), await kept.record("prober.batch")]
    decision = await kept.record("credit.refused")
    kept.pass_time(timedelta(days=12 * 366))
    young = await kept.record("access.refused")
    async with writer.snapshot() as db:
        plan = await plan_next_run(context, db, context.clock.now())
    rules = {rule.rule: rule for rule in plan.rules}
    assert [one.entry for one in rules["connections"].contents] == old[:1]
    assert [one.entry for one in rules["observations"].contents] == old[1:]
    assert rules["credits"].two_leads
    assert [one.entry for one in rules["credits"].contents] == [decision]
    tonight = {one.entry for rule in plan.rules if not rule.two_leads for one in rule.contents}
    run = RetentionRun(context)
    await run.erase_due(plan.at)
    gone = {seq for seq in (*old, decision, young) if await kept.erased(seq)}
    assert gone == tonight
    async with writer.snapshot() as db:
        after = await plan_next_run(context, db, context.clock.now())
    assert [rule.rule for rule in after.rules if rule.number] == ["credits"]


async def test_the_command_says_what_goes_and_why(kept: Kept) -> None:
    seq = await kept.record("access.refused")
    code, said = await command(kept, "omar", "retention")
    assert code == 4
    code, said = await command(kept, "lea", "retention")
    assert code == 0, said
    assert "connection data · 12 months, from the entry · décret 2021-1362, art. 5" in said
    assert said.count("nothing is due") == said.count(" · ") // 2
    kept.pass_time(timedelta(days=400))
    code, said = await command(kept, "lea", "retention")
    assert "2 contents, erased tonight" in said  # omar’s refusal is one, too
    assert f"  {seq}  " in said
    assert "access.refused" in said
