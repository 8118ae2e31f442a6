"""HA as Proxmox tells it, 8.4 to 9.2: managers, their heartbeat, every state of a service."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.cluster.ha_state import SERVICE_STATES, read_ha_state, read_manager, service_state
from noc_tui.cluster.slow import HaRow

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
AT = int(NOW.timestamp())


def lrm(said: str, age: float | None = 5, node: str = "pve1") -> HaRow:
    stamp = None if age is None else int(AT - age)
    return HaRow(f"lrm:{node}", "lrm", node=node, status=f"{node} ({said})", timestamp=stamp)


@pytest.mark.parametrize(
    ("said", "age", "state", "alive"),
    [
        ("active, Mon Mar  2 08:00:00 2026", 5, "active", True),
        ("idle, Mon Mar  2 08:00:00 2026", 5, "idle", True),
        ("idle, watchdog standby, Mon Mar  2 08:00:00 2026", 5, "idle", True),
        ("wait_for_agent_lock, Mon Mar  2", 5, "wait_for_agent_lock", True),
        ("lost_agent_lock, watchdog active, Mon Mar  2", 5, "lost_agent_lock", True),
        ("restart mode, Mon Mar  2", 5, "restart", True),
        ("shutdown mode, Mon Mar  2", 5, "shutdown", True),
        ("reboot mode, Mon Mar  2", 5, "reboot", True),
        ("maintenance mode, watchdog active, Mon Mar  2", 5, "maintenance", True),
        ("maintenance mode, Mon Mar  2", 31, "maintenance", False),
        ("old timestamp - dead?, Mon Mar  2", 31, "dead", False),
        ("old timestamp - dead?, watchdog inactive, Mon Mar  2", 5, "dead", False),
        ("detected time drift!, Mon Mar  2", -40, "drift", True),
        ("unable to read lrm status", None, "unread", None),
        ("whatever a later version says, Mon Mar  2", 31, "dead", False),
        ("whatever a later version says, Mon Mar  2", 5, "active", True),
        # the cluster's clock is two minutes late, and it calls its manager active
        ("active, Mon Mar  2", 120, "active", True),
        ("active, Mon Mar  2", 3600, "dead", False),
    ],
)
def test_a_manager_is_read_by_its_words_and_its_time_stamp(
    said: str, age: float | None, state: str, alive: bool | None
) -> None:
    found = read_manager(lrm(said, age), NOW)
    assert (found.state, found.alive) == (state, alive)


def test_rows_of_9_2_with_one_of_no_node() -> None:
    rows = [
        HaRow("quorum", "quorum", node="pve1", status="OK", quorate=True),
        HaRow("master", "master", node="pve1", status="pve1 (active, …)", timestamp=AT),
        HaRow("fencing", "fencing", armed_state="disarmed", resource_mode="freeze"),
        lrm("maintenance mode, watchdog active, ...", 1, node="pve2"),
        HaRow("lrm:", "lrm", node="", status=" (unable to read lrm status)"),
        HaRow("service:vm:100", "service", sid="vm:100", node="pve1", state="freeze"),
    ]
    found = read_ha_state(rows, NOW)
    assert found.master is not None
    assert (found.master.node, found.master.alive) == ("pve1", True)
    assert {node: one.mode for node, one in found.lrms.items()} == {"pve2": "maintenance"}
    assert (found.is_disarmed, found.resource_mode) == (True, "freeze")
    assert [service_state(row) for row in found.services] == ["freeze"]


@given(st.text(max_size=80), st.integers(0, AT + 400))
def test_no_text_and_no_time_stamp_breaks_it(text: str, stamp: int) -> None:
    row = HaRow("lrm:x", "lrm", node="x", status=text, timestamp=stamp)
    assert read_manager(row, NOW).alive in (True, False)


@pytest.mark.parametrize(
    ("state", "stop", "severity"),
    [
        ("started", "acts", ""),
        ("freeze", "later", ""),
        ("migrate", "later", ""),
        ("recovery", "later", "critical"),
        ("fence", "later", "critical"),
        ("error", "never", "critical"),
        ("ignored", "never", ""),
    ],
)
def test_each_state_says_what_becomes_of_a_stop(state: str, stop: str, severity: str) -> None:
    assert (SERVICE_STATES[state].stop, SERVICE_STATES[state].severity) == (stop, severity)
