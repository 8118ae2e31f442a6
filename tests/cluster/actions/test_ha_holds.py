"""Why a stop that was asked of HA is not carried out: said, with what it waits for."""

from datetime import UTC, datetime

import pytest

from noc_tui.cluster.actions.check import NOTES, StepNote
from noc_tui.cluster.actions.ha_holds import find_holds
from noc_tui.cluster.actions.power import AwaitStopped
from noc_tui.cluster.actions.state import GuestState, HaHold, identity_of
from noc_tui.cluster.ha_state import read_ha_state
from noc_tui.cluster.ids import GuestPlace
from noc_tui.cluster.slow import HaRow

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
AT = int(NOW.timestamp())
GUEST = GuestPlace("pve1", "qemu", 100)
MASTER = HaRow("master", "master", node="pve2", status="pve2 (active, …)", timestamp=AT)
AGENT = HaRow("lrm:pve1", "lrm", node="pve1", status="pve1 (active, …)", timestamp=AT)


def service(state: str) -> HaRow:
    return HaRow("service:vm:100", "service", sid="vm:100", node="pve1", crm_state=state)


def agent(words: str, stamp: int = AT) -> HaRow:
    return HaRow("lrm:pve1", "lrm", node="pve1", status=f"pve1 ({words}, …)", timestamp=stamp)


@pytest.mark.parametrize(
    ("rows", "codes"),
    [
        ([MASTER, AGENT, service("request_stop")], []),
        ([MASTER, agent("maintenance mode"), service("request_stop")], []),
        ([MASTER, agent("old timestamp - dead?", AT - 40)], [("ha_lrm_dead", "pve1")]),
        ([MASTER, agent("restart mode"), service("freeze")],
         [("ha_lrm_mode", "pve1: restart"), ("ha_later", "freeze")]),
        ([MASTER, AGENT, service("migrate")], [("ha_later", "migrate")]),
        ([MASTER, AGENT, service("fence")], [("ha_later", "fence")]),
        ([HaRow("master", "master", node="pve2", status="pve2 (old timestamp - dead?, …)",
                timestamp=AT - 90), AGENT], [("ha_crm_dead", "pve2")]),
        ([MASTER, AGENT, HaRow("fencing", "fencing", armed_state="disarmed",
                               resource_mode="freeze")], [("ha_disarmed", "freeze")]),
    ],
)  # fmt: skip
def test_what_keeps_ha_from_acting_is_named(
    rows: list[HaRow], codes: list[tuple[str, str]]
) -> None:
    found = find_holds(read_ha_state(rows, NOW), GUEST)
    assert [(hold.code, hold.detail) for hold in found] == codes
    assert all(hold.code in NOTES for hold in found)


def running(service: str | None, *holds: HaHold) -> GuestState:
    return GuestState(
        guest=GUEST, name="web", identity=identity_of({}), observed_at=NOW, config={},
        digest=None, pending=(), status="running", qmpstatus="running", lock=None,
        parts=frozenset({"managers"}), service=service, holds=holds,
    )  # fmt: skip


def test_a_wait_for_ha_says_what_it_waits_for() -> None:
    found = AwaitStopped().finding(running("freeze", HaHold("ha_later", "freeze")))
    assert (found.kind, found.notes) == (
        "waits",
        (StepNote("runs"), StepNote("ha_later", "freeze")),
    )
    assert AwaitStopped().finding(running(None)).notes == (StepNote("runs"), StepNote("ha_silent"))


def test_a_service_in_error_is_waited_for_by_nobody() -> None:
    found = AwaitStopped().finding(running("error"))
    assert (found.kind, found.notes) == ("moved", (StepNote("ha_error"),))
