"""What is found in the register of insolvencies, as it is told to `nocd` over its socket."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from noc_tui.api.endpoint import PLAYED
from noc_tui.config.values import Demo
from noc_tui.contract.suspension.clock import PARIS
from noc_tui.contract.suspension.values import Case
from noc_tui.daemon.core.refusals import Refusals
from noc_tui.daemon.core.server import application
from storage.evidence import acts_on
from tests.daemon.suspension.lab import Lab
from tests.daemon.suspension.test_planned_orders import planned
from tests.support.served import served

pytestmark = pytest.mark.anyio
Post = Callable[..., Awaitable[tuple[int, dict[str, Any]]]]


@pytest.fixture
async def look(lab: Lab) -> AsyncIterator[Post]:
    """`await look("omar", case, judgment=…)`: the answer of the daemon over its socket."""
    context = lab.context
    roles = {"vera": "viewer", "omar": "operator"}
    context.config = replace(
        context.config,
        demo=Demo(account=os.getuid(), cast=roles),  # type: ignore[arg-type]
    )
    app = application(lambda: context.config, Refusals(context.writer, context.clock))
    app.add_routes(lab.part.routes())
    async with served(app, context.config.socket.path) as session:

        async def post(who: str, case: Case, **body: Any) -> tuple[int, dict[str, Any]]:
            where = f"http://nocd/v1/suspensions/{case.id}/insolvency"
            async with session.post(where, json=body, headers={PLAYED: who}) as answer:
                return answer.status, await answer.json()

        yield post


def today(lab: Lab, days: int = 0) -> str:
    return str(lab.now().astimezone(PARIS).date() + timedelta(days=days))


async def test_a_judgment_ends_a_suspension_for_a_debt_from_before_it(lab: Lab, look: Post) -> None:
    case = await lab.suspended("late-payment", means=("vm_cut_network",))
    status, told = await look("omar", case, looked_on=today(lab), judgment=today(lab))
    assert (status, told["state"]) == (200, "remedied")
    assert told["facts"]["insolvency_judgment_on"] == today(lab)
    kept = await lab.load(case)
    assert kept.remedy is not None
    assert kept.remedy.at == kept.started_at  # the judgment's day began before the measure
    kinds = [one.kind for one in await acts_on(lab.context.writer, f"suspension:{case.id}")]
    assert "suspension.insolvency-seen" in kinds


async def test_a_debt_from_after_the_judgment_and_a_look_in_vain_end_nothing(
    lab: Lab, look: Post
) -> None:
    case = await lab.suspended("late-payment", means=("vm_cut_network",))
    status, told = await look("omar", case, looked_on=today(lab), judgment="2026-01-04")
    assert (status, told["state"]) == (200, "suspended")
    status, told = await look("omar", case, looked_on=today(lab))
    assert (status, told["state"]) == (200, "suspended")
    assert told["facts"]["insolvency_check_on"] == today(lab)


async def test_an_order_that_waits_is_held(lab: Lab, look: Post) -> None:
    case = await planned(lab, "unpaid", ground="late-payment", vmids=())
    status, told = await look("omar", case, looked_on=today(lab), judgment=today(lab))
    assert (status, told["state"], told["hold"]["why"]) == (200, "held", "insolvency")


@pytest.mark.parametrize(
    ("who", "days", "status", "said"),
    [("omar", 2, 409, "in the future"), ("vera", 0, 403, "needs operator")],
)
async def test_what_cannot_be_is_refused(
    lab: Lab, look: Post, who: str, days: int, status: int, said: str
) -> None:
    case = await lab.draft("late-payment")
    found, told = await look(who, case, looked_on=today(lab, days))
    assert found == status
    assert said in told["error"]
    assert (await lab.load(case)).fact("insolvency_judgment_on") == ""
