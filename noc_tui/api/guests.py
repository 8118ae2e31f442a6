"""Guests: details fetched from their cluster when somebody opens them, and orders of power."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import msgspec

from noc_tui.api.endpoint import Body, get, post
from noc_tui.roles import Role

Power = Literal["start", "shutdown", "reboot", "stop"]
Sample = dict[str, float]
"""Load at an instant: `time` in seconds since the epoch, and Proxmox's figures (`cpu` as a share of
1, `mem` in bytes, `netin` and `netout` in bytes a second …); what was not measured is no key."""


class GuestConfig(msgspec.Struct, frozen=True):
    """The configuration in force, under Proxmox's own keys, and what waits for the next start."""

    values: Mapping[str, object]
    pending: Mapping[str, object]


class GuestTask(msgspec.Struct, frozen=True):
    """One of the guest's last tasks on its node; times are seconds since the epoch, `status` is
    Proxmox's own text at its end.
    """

    upid: str
    node: str
    type: str
    user: str
    starttime: int
    id: str
    tokenid: str | None
    endtime: int | None
    status: str | None
    outcome: Literal["running", "ok", "warning", "error", "unknown"]


class LogLine(msgspec.Struct, frozen=True):
    """A line of a task's log: its number, from 1, and its text, which is foreign."""

    n: int
    t: str


class InsideFileSystem(msgspec.Struct, frozen=True):
    """A file system as the guest tells it; bytes, None where it does not tell them."""

    mount: str
    kind: str
    used: int | None
    total: int | None


class InsideInterface(msgspec.Struct, frozen=True):
    """A network interface as the guest tells it: its name, its MAC, its addresses."""

    name: str
    mac: str
    addresses: tuple[str, ...]


class GuestFacts(msgspec.Struct, frozen=True):
    """What a guest says of itself now. `agent` is `answers`, or why nothing came: `off`, `silent`,
    `stopped`, `refused`, `failed`; a container needs none. All text in it is foreign.
    """

    agent: Literal["answers", "off", "silent", "stopped", "refused", "failed"]
    file_systems: tuple[InsideFileSystem, ...] = ()
    interfaces: tuple[InsideInterface, ...] = ()


class PowerOrder(Body, frozen=True):
    """The power action for one guest."""

    action: Power


class Ordered(msgspec.Struct, frozen=True):
    """The number of the order's intent, which is committed."""

    intent: int


class Intent(msgspec.Struct, frozen=True):
    """The progress of an order. `payload` and `result` are JSON text; `uid` and `account` gave the
    order.
    """

    id: int
    kind: str
    subject: str
    payload: str
    uid: int
    account: str
    requested_at: datetime
    state: str
    changed_at: datetime
    attempts: int
    result: str | None


_GUEST = "/v1/guests/{cluster}/{vmid}"
CONFIG = get(f"{_GUEST}/config", Role.VIEWER, GuestConfig)
TASKS = get(f"{_GUEST}/tasks", Role.VIEWER, list[GuestTask])
"""The newest first."""
FACTS = get(f"{_GUEST}/facts", Role.VIEWER, GuestFacts)
"""Asked of the guest when somebody opens it; an agent may take some seconds to answer."""
LOAD = get(f"{_GUEST}/load", Role.VIEWER, list[Sample], query=("timeframe",))
"""The query `timeframe` is hour (when not given), day, week, month or year."""
TASK_LOG = get("/v1/tasks/{cluster}/{upid}/log", Role.VIEWER, list[LogLine])
POWER = post(f"{_GUEST}/power", Role.OPERATOR, PowerOrder, Ordered, status=202)
INTENT = get("/v1/intents/{number}", Role.VIEWER, Intent)
