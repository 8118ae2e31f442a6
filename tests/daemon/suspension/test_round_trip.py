"""Whatever a guest was like, after any means in any order and back it is like that again.

Over HTTP, on guests drawn at random, compared by what the API itself tells before and after. The
way there is written into the journal by the daemon, and the way back is read from it by a daemon
that knows nothing else.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from noc_tui.contract.suspension.values import BARRIER, Case, GuestId, Plan, PlannedGuest
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.suspension.failures import Trouble
from noc_tui.daemon.suspension.planner import Measures
from noc_tui.daemon.suspension.steps import Steps
from noc_tui.queries import terms_archive
from noc_tui.simulator.model.cluster import HaResource
from noc_tui.simulator.model.guest import Guest
from storage import suspension as stored
from tests.cluster.actions.conftest import Lab, lab, options, ref
from tests.cluster.actions.test_suspension import client_of
from tests.support.cases import NOW, OMAR, TERMS
from tests.support.changes import recorded
from tests.support.context import made_context

__all__ = ["lab", "options"]

pytestmark = pytest.mark.anyio
MEANS = [BARRIER, "vm_cut_network", "vm_block_smtp_out", "vm_public_ip_off", "vm_stop"]
CASES = count(1)
TRIES = 5
T = TypeVar("T")
Drawn = dict[str, Any]
FLAG = st.sampled_from([None, "0", "1"])
SHARED = {
    "firewall": FLAG,
    "link_down": FLAG,
    "tag": st.sampled_from([None, "12"]),
    "rate": st.sampled_from([None, "1.5"]),
    "mtu": st.sampled_from([None, "1400"]),
    "trunks": st.sampled_from([None, "1;5"]),
}
QEMU = {**SHARED, "queues": st.sampled_from([None, "4"])}
LXC = {**SHARED, "ip": st.sampled_from([None, "dhcp", "10.0.0.2/24"]), "ip6": st.just("auto")}


@st.composite
def interfaces(draw: st.DrawFn, kind: str) -> dict[str, str]:
    """Lines whose options stand in any order, on any of the 32 places; or none at all."""
    found = {}
    for place in draw(st.sets(st.integers(0, 31), max_size=3)):
        address = f"BC:24:11:00:00:{place:02X}"
        head = [f"name=eth{place}", f"hwaddr={address}"] if kind == "lxc" else []
        options = {**draw(st.fixed_dictionaries(LXC if kind == "lxc" else QEMU)), "bridge": "vmbr0"}
        rest = [*head, *(f"{key}={value}" for key, value in options.items() if value)]
        model = draw(st.sampled_from(["virtio", "e1000", "vmxnet3"]))
        first = [] if kind == "lxc" else [f"{model}={address}"]
        found[f"net{place}"] = ",".join([*first, *draw(st.permutations(rest))])
    return found


OPTIONS = {
    "enable": st.sampled_from([0, 1]),
    "policy_in": st.sampled_from(["ACCEPT", "DROP"]),
    "policy_out": st.sampled_from(["REJECT", "DROP"]),
    "macfilter": st.sampled_from([0, 1]),
    "radv": st.just(0),
    "dhcp": st.just(1),
    "log_level_in": st.just("nolog"),
}
RULES = st.fixed_dictionaries(
    {"type": st.sampled_from(["in", "out"]), "action": st.sampled_from(["ACCEPT", "DROP"])},
    optional={
        "enable": st.sampled_from([0, 1]),
        "comment": st.just("the client's own"),
        "source": st.just("192.0.2.0/24"),
        "macro": st.just("SSH"),
    },
)
HA = st.builds(
    HaResource,
    sid=st.just(""),
    state=st.sampled_from(["", "started", "enabled", "stopped", "disabled", "ignored"]),
    group=st.sampled_from(["", "dc1"]),
    comment=st.sampled_from(["", "kept"]),
    max_restart=st.sampled_from([None, 0, 3]),
    max_relocate=st.sampled_from([None, 2]),
)


@st.composite
def guests(draw: st.DrawFn) -> Drawn:
    kind = draw(st.sampled_from(["qemu", "lxc"]))
    return {
        "kind": kind,
        "nets": draw(interfaces(kind)),
        "onboot": draw(st.sampled_from([None, 0, 1])),
        "power": draw(st.sampled_from(["running", "stopped", "paused"])),
        "ha": draw(st.none() | HA),
        "options": draw(st.fixed_dictionaries({}, optional=OPTIONS)),
        "rules": draw(st.lists(RULES, max_size=3)),
        "barred": draw(st.sampled_from([None, False, True])),
        "means": draw(st.permutations(MEANS))[: draw(st.integers(1, len(MEANS)))],
    }


def staged(lab: Lab, drawn: Drawn) -> Guest:
    """A guest of the lab, made to be as drawn; under HA it does what HA is asked for."""
    guest = lab.guest(drawn["kind"])
    for key in [key for key in guest.config if key.startswith("net")]:
        del guest.config[key]
    guest.config |= drawn["nets"]
    guest.config.pop("onboot", None)
    if drawn["onboot"] is not None:
        guest.config["onboot"] = drawn["onboot"]
    guest.firewall, guest.rules = dict(drawn["options"]), [dict(rule) for rule in drawn["rules"]]
    lab.cluster.firewall["enable"] = 1
    power = drawn["power"]
    if (entry := drawn["ha"]) is not None:
        entry.sid = guest.sid
        lab.cluster.ha[guest.sid] = entry
        lab.simulator.world.ha.forget(lab.cluster)
        asked = entry.wanted
        power = power if asked == "ignored" else "running" if asked == "started" else "stopped"
    if power == "stopped":
        guest.end(lab.cluster.now)
    elif power == "paused" and guest.kind == "qemu":
        guest.qmp = "paused"
    return guest


def unstaged(lab: Lab, guest: Guest) -> None:
    """The guest as the next example wants to find one."""
    if lab.cluster.ha.pop(guest.sid, None) is not None:
        lab.simulator.world.ha.forget(lab.cluster)
    guest.begin(lab.cluster.now, 4242)


async def told(lab: Lab, guest: Guest) -> dict[str, Any]:
    """Everything that the API tells of a guest and that a restoration brings back, read apart."""
    here = ref(guest)
    config = await lab.gateway.read(f"{here.path}/config", dict[str, Any], current=True)
    pending = await lab.gateway.guest_pending(here)
    status = await lab.gateway.guest_status(here)
    options = await lab.gateway.read(f"{here.path}/firewall/options", dict[str, Any])
    rules = await lab.gateway.read(f"{here.path}/firewall/rules", list[dict[str, Any]])
    entries = [e for e in await lab.gateway.acl() if e.path == f"/vms/{guest.vmid}"]
    services = await lab.gateway.read("cluster/ha/resources", list[dict[str, Any]])
    return {
        "config": {key: _apart(key, value) for key, value in config.items() if key != "digest"},
        "pending": pending,
        "power": (status.status, status.qmpstatus),
        "options": {key: value for key, value in options.items() if key != "digest"},
        "rules": [{k: v for k, v in rule.items() if k != "digest"} for rule in rules],
        "acl": frozenset(entries),
        "ha": [{k: v for k, v in row.items() if k != "digest"} for row in services
               if row["sid"] == guest.sid],
    }  # fmt: skip


def _apart(key: str, value: Any) -> Any:
    """A line of an interface as the set of what it says; the server itself adds the type."""
    if not key.startswith("net"):
        return value
    return frozenset(str(value).split(",")) - {"type=veth"}


@dataclass(frozen=True, repr=False)
class House:
    """A daemon's context over a real database, and the cluster of the lab that it reaches."""

    lab: Lab
    context: Context

    def __repr__(self) -> str:
        return "House()"  # what a failing example prints, instead of a whole cluster

    def steps(self) -> Steps:
        """What takes steps in a daemon that was just started."""
        context, config = self.context, self.context.config.suspension
        measures = Measures(context.gateways, context.estate, context.writer, config)
        return Steps(context, measures)


@pytest.fixture
async def house(lab: Lab, tmp_path: Path) -> AsyncIterator[House]:
    (tmp_path / "nocd").mkdir()
    gateways = {lab.cluster.name: lab.gateway}
    async with made_context(tmp_path / "nocd", clock=lab.clock, gateways=gateways) as made:
        async with recorded(made.writer) as change:
            row = await terms_archive.row_of(change, TERMS)
            await change.put(stored.TERMS_TEXTS, [row])
        yield House(lab, made)


async def carried(lab: Lab, once: Callable[[], Awaitable[Trouble | None]]) -> Trouble | None:
    """What stands in the way in the end: what may pass is tried again, as `nocd` does."""
    for _try in range(TRIES):
        found = await passing(lab, once())
        if found is None or found.kind != "wait":
            break
    return found


async def passing(lab: Lab, work: Awaitable[T]) -> T:
    """What the work gives; time passes whenever it waits for time."""
    task = asyncio.ensure_future(work)
    while not (await asyncio.wait({task}, timeout=0.01))[0]:
        if lab.clock.waiting:
            await lab.pass_time(2)
    return task.result()


def case_of(lab: Lab, guest: Guest, client: str, means: list[str]) -> Case:
    """A case that takes those means on that guest."""
    planned = PlannedGuest(
        ref=GuestId(cluster=lab.cluster.name, vmid=guest.vmid),
        kind="lxc" if guest.kind == "lxc" else "qemu",
        name="web",
    )
    chosen = tuple(one for one in means if one != BARRIER)
    return Case(
        id=f"S-{next(CASES)}",
        tenant="acme",
        tenant_name="Acme",
        ground="service-threat",
        terms_version=TERMS.version,
        opened_by=OMAR,
        opened_at=NOW,
        plan=Plan(guests=(planned,), means=chosen, barrier=(client,)),
    )


@settings(
    max_examples=8,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(guests())
async def test_any_guest_after_any_means_and_back(house: House, drawn: Drawn) -> None:
    lab, context = house.lab, house.context
    guest = staged(lab, drawn)
    client = client_of(lab, guest.vmid)
    if drawn["barred"] is not None:
        lab.cluster.access.grant(
            f"/vms/{guest.vmid}", client.kind, client.id, "NoAccess", drawn["barred"]
        )
    before = await told(lab, guest)
    case = case_of(lab, guest, str(client), drawn["means"])
    (planned,) = case.plan.guests
    there = house.steps()
    for position, means in enumerate(drawn["means"]):

        async def take(position: int = position, means: str = means) -> Trouble | None:
            row = await there.begun(case, planned, position, means)
            return await there.apply(case, planned, row)

        assert await carried(lab, take) is None
    rows = await stored.steps_of(context.writer, case.id)
    assert [(row.means, row.state) for row in rows] == [(one, "done") for one in drawn["means"]]
    back = house.steps()
    for row in sorted(rows, key=lambda row: -row.position):
        assert await carried(lab, partial(back.undo, case, planned, row)) is None
    after = await told(lab, guest)
    assert after == before
    lab.cluster.access.revoke(f"/vms/{guest.vmid}", client.kind, client.id, "NoAccess")
    unstaged(lab, guest)
