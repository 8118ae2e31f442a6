"""The state of HA as Proxmox reports it: its managers, how old their heartbeat is, its services.

Every word here is from the status source of pve-ha-manager (`API2/HA/Status.pm`, `HA/LRM.pm`,
`HA/Manager.pm`, `HA/NodeStatus.pm`), 8.4 to 9.2. A row's text is read by its words and never by
their places: 9.2 put the watchdog's between them. Pure.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final, Literal

import msgspec

from noc_tui.cluster.slow import HaRow

DEAD_SECONDS: Final = 30.0
"""A manager whose time stamp is older is dead, as Proxmox itself says."""
CLOCK_TOLERANCE: Final = 300.0
"""Seconds by which a cluster's clock may differ, where its own text calls a time stamp fresh."""

Effect = Literal["acts", "later", "never"]
"""What HA makes of a stop that is asked of it now: it acts, it acts once something else is over, or
it does nothing until a person has acted.
"""


class ServiceMeaning(msgspec.Struct, frozen=True):
    """What a state of a service means for a stop, and how bad it is ("" for nothing wrong)."""

    stop: Effect
    severity: str = ""


SERVICE_STATES: Mapping[str, ServiceMeaning] = {
    # the CRM's own states
    "started": ServiceMeaning("acts"),
    "stopped": ServiceMeaning("acts"),
    "request_start": ServiceMeaning("acts"),
    "request_start_balance": ServiceMeaning("acts"),
    "request_stop": ServiceMeaning("acts"),
    "migrate": ServiceMeaning("later"),
    "relocate": ServiceMeaning("later"),
    "freeze": ServiceMeaning("later"),
    "fence": ServiceMeaning("later", "critical"),
    "recovery": ServiceMeaning("later", "critical"),
    "error": ServiceMeaning("never", "critical"),
    # what the API makes of them for a reader
    "queued": ServiceMeaning("acts"),
    "starting": ServiceMeaning("acts"),
    "stopping": ServiceMeaning("acts"),
    "disabled": ServiceMeaning("acts"),
    "clearing error flag": ServiceMeaning("later"),
    "deleting": ServiceMeaning("never"),
    "not found": ServiceMeaning("never"),
    # not managed: its node's `onboot` and people decide
    "ignored": ServiceMeaning("never"),
    "ignore": ServiceMeaning("never"),
}
"""Every state that a service can be in. An unknown one is no reason for anything."""


def acts_on(state: str | None) -> bool:
    """Whether HA does anything with a guest by its state: not with one that it does not manage or
    ignores, nor with one in error.
    """
    meaning = SERVICE_STATES.get(state or "ignored")
    return meaning is None or meaning.stop != "never"


ManagerState = Literal[
    "active", "idle", "wait_for_agent_lock", "lost_agent_lock", "maintenance", "restart",
    "shutdown", "reboot", "disarmed", "drift", "dead", "unread",
]  # fmt: skip
_MODES: tuple[ManagerState, ...] = ("maintenance", "restart", "shutdown", "reboot")
_FRESH: tuple[ManagerState, ...] = (
    "lost_agent_lock", "wait_for_agent_lock", "active", "idle",
)  # fmt: skip
_OLD, _DRIFT, _UNREAD = "old timestamp", "time drift", "unable to read"
_WORD = re.compile(r"[a-z_]+")


class HaManager(msgspec.Struct, frozen=True):
    """The CRM that is master (`node` has it), or a node's LRM. `alive` is None where nobody knows.

    `state`: a mode of an LRM (maintenance, restart, shutdown, reboot), what it does (active, idle,
    wait_for_agent_lock, lost_agent_lock), or `dead`, `drift` (a clock differs), `unread`.
    """

    node: str
    state: ManagerState
    alive: bool | None
    beat_at: datetime | None

    @property
    def mode(self) -> str:
        """The mode in which an LRM does not work as usual; empty for the usual one."""
        return self.state if self.state in _MODES or self.state == "disarmed" else ""


class HaState(msgspec.Struct, frozen=True):
    """HA of a cluster. `master` is None where no CRM ever was; `armed`: armed, standby (no
    service), disarming, disarmed, empty before 9.2; `resource_mode` (freeze, ignore) is what a
    disarmed HA does with its services.
    """

    master: HaManager | None
    lrms: Mapping[str, HaManager]
    armed: str = ""
    resource_mode: str = ""
    services: tuple[HaRow, ...] = ()

    @property
    def is_disarmed(self) -> bool:
        """Whether HA starts, stops and recovers nothing, since it was told so."""
        return self.armed in ("disarming", "disarmed")


def read_ha_state(rows: Iterable[HaRow], now: datetime) -> HaState:
    """Return what the rows of `/cluster/ha/status/current` say at `now`. A row of an LRM that names
    no node is left out: it is no node's.
    """
    master: HaManager | None = None
    lrms: dict[str, HaManager] = {}
    services: list[HaRow] = []
    armed = mode = ""
    for row in rows:
        if row.type == "master" and row.node:
            master = read_manager(row, now)
        elif row.type == "lrm" and row.node:
            lrms[row.node] = read_manager(row, now)
        elif row.type == "service":
            services.append(row)
        elif row.type == "fencing":
            armed, mode = row.armed_state or "", row.resource_mode or ""
    return HaState(master, lrms, armed, mode, tuple(services))


def read_manager(row: HaRow, now: datetime) -> HaManager:
    """Return a manager's state and whether its heartbeat is fresh."""
    text = row.status or ""
    words = set(_WORD.findall(text.partition("(")[2] or text))
    beat = None if row.timestamp is None else datetime.fromtimestamp(row.timestamp, UTC)
    node = row.node or ""
    if beat is None:
        return HaManager(node, "unread", None, None)
    mode = next((one for one in _MODES if f"{one} mode" in text), None)
    doing = next((one for one in _FRESH if one in words), None)
    alive = _is_alive(text, mode, doing, (now - beat).total_seconds())
    if mode is not None:
        return HaManager(node, mode, alive, beat)
    if not alive:
        return HaManager(node, "dead", alive, beat)
    if _DRIFT in text:
        return HaManager(node, "drift", alive, beat)
    if "disarm" in text:
        return HaManager(node, "disarmed", alive, beat)
    return HaManager(node, doing or "active", alive, beat)


def _is_alive(text: str, mode: str | None, doing: str | None, age: float) -> bool:
    """The cluster's own text decides within what clocks may differ: it says `old timestamp` by its
    own clock, and what a manager does only of a fresh one. `maintenance mode` it says of both.
    """
    if _OLD in text:
        return False
    fresh = doing is not None or _DRIFT in text or mode in ("restart", "shutdown", "reboot")
    return age <= (CLOCK_TOLERANCE if fresh else DEAD_SECONDS)


def service_state(row: HaRow) -> str:
    """Return where HA has come to with a service, by the CRM where it has taken it up."""
    return row.crm_state or row.state or ""
