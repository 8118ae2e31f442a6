"""Answers of real 8.4 daemons, decoded as the product decodes them, and what polls make of them.

`answers.jsonl` holds one answer of each shape that was recorded of the calls that the product
makes: of a standalone node, of a cluster whole, with a node killed, without quorum, and of tokens
with few privileges or none. Kernel lines and fingerprints are shortened, long lists cut.
"""

import re
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from noc_tui.cluster import answers
from noc_tui.cluster.actions.state import FirewallRule, HaEntry
from noc_tui.cluster.api_rows import ResourceRow, StatusRow, TaskRow
from noc_tui.cluster.build_snapshot import KnownCluster, PollAnswers, assemble
from noc_tui.cluster.decoding import decode, decode_leniently, decode_rows
from noc_tui.cluster.privileges import list_missing_needs
from noc_tui.cluster.slow import HaResource, HaRow, decode_permissions
from noc_tui.cluster.snapshot import ClusterSnapshot
from noc_tui.daemon.doctor.examination import _Node, _Time
from noc_tui.daemon.doctor.expiry import _User

FILE = Path(__file__).with_name("answers.jsonl")
NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


class Recorded(msgspec.Struct, frozen=True):
    """`n` is its place among the recordings."""

    n: int
    path: str
    body: str


RECORDED = [msgspec.json.decode(line, type=Recorded) for line in FILE.read_bytes().splitlines()]
_GUEST = r"nodes/[^/]+/(?:qemu|lxc)/\d+"
KINDS: dict[str, object] = {
    "version": answers.Version,
    "cluster/status": list[StatusRow],
    "cluster/resources": list[ResourceRow],
    "cluster/tasks": list[TaskRow],
    "cluster/ha/status/current": list[HaRow],
    "cluster/ha/resources": list[HaResource],
    "cluster/ha/resources/[^/]+": HaEntry,
    "access/acl": list[answers.AclEntry],
    "access/users": list[_User],
    "nodes": list[_Node],
    "nodes/[^/]+/time": _Time,
    "nodes/[^/]+/tasks": list[answers.NodeTask],
    "nodes/[^/]+/tasks/[^/]+/status": answers.TaskStatus,
    "nodes/[^/]+/tasks/[^/]+/log": list[answers.LogLineAnswer] | answers.LogLineAnswer,
    f"{_GUEST}/config": dict[str, object],
    f"{_GUEST}/pending": list[answers.PendingChange],
    f"{_GUEST}/status/current": answers.GuestStatus,
    f"{_GUEST}/rrddata": list[answers.RrdPoint],
}


@pytest.mark.parametrize("one", RECORDED, ids=lambda one: f"{one.n}-{one.path.partition('?')[0]}")
def test_each_is_what_its_call_is_decoded_as(one: Recorded) -> None:
    path, body = one.path.partition("?")[0], one.body.encode()
    if path == "access/permissions":
        assert set(decode_permissions(body)) == set(decode(body, dict[str, object]))
        return
    (kind,) = [kind for pattern, kind in KINDS.items() if re.fullmatch(pattern, path)]
    decode(body, kind)  # type: ignore[arg-type]  # a kind at run time


def recorded(number: int) -> bytes:
    return next(one.body.encode() for one in RECORDED if one.n == number)


def polled(
    status: int | None, resources: int, tasks: int | None = None, known: KnownCluster | None = None
) -> tuple[ClusterSnapshot, KnownCluster]:
    """What a poll makes of recorded answers."""
    rows = None if status is None else tuple(decode_rows(recorded(status), StatusRow))
    found = tuple(decode_rows(recorded(resources), ResourceRow))
    ran = () if tasks is None else tuple(decode_rows(recorded(tasks), TaskRow))
    return assemble(
        PollAnswers("lab", "https://pve1", NOW, rows, found, ran), known or KnownCluster()
    )


def states(snapshot: ClusterSnapshot) -> dict[str, str]:
    return {node.name: node.status for node in snapshot.nodes.values()}


def test_a_standalone_node_is_quorate_and_has_no_guests_yet() -> None:
    snapshot, _ = polled(3, 4)
    assert (snapshot.quorate, states(snapshot)) == (True, {"pve1": "online"})
    assert (dict(snapshot.guests), dict(snapshot.pools)) == ({}, {})
    assert snapshot.storages["pve1/local"].status == "available"


def test_a_cluster_loses_a_node_and_then_its_quorum() -> None:
    whole, known = polled(98, 99, 300)
    assert whole.quorate is True
    assert (whole.guests[101].name, whole.guests[101].tags) == ("web1", ("prod", "web"))
    assert {task.outcome for task in whole.tasks.values()} == {"ok", "error"}
    lost, known = polled(508, 509, None, known)
    assert (lost.quorate, states(lost)["pve3"]) == (True, "offline")
    gone = lost.guests[104]
    assert (gone.status, gone.last_status, gone.name) == ("unknown", "stopped", "idle1")
    alone, _ = polled(548, 549, None, known)
    assert alone.quorate is False
    assert states(alone) == {"pve1": "online", "pve2": "offline", "pve3": "offline"}
    assert {guest.status for guest in alone.guests.values() if guest.node != "pve1"} == {"unknown"}


def test_a_token_without_privileges_is_shown_less_and_told_nothing() -> None:
    guests_only, _ = polled(None, 334)
    assert (guests_only.quorate, len(guests_only.guests)) == (None, 4)
    assert {node.cpu_percent for node in guests_only.nodes.values()} == {None}
    nothing, _ = polled(None, 364)
    assert dict(nothing.guests) == {}
    lacking = {
        (n.path, n.privilege)
        for n in list_missing_needs(decode_permissions(recorded(363)), ["read"])
    }
    assert {("/", "Sys.Audit"), ("/vms", "VM.Audit")} <= lacking
    assert list_missing_needs(decode_permissions(recorded(305)), ["read"]) == ()


def test_a_guest_that_ha_manages_without_its_daemons_has_no_state() -> None:
    status = decode(recorded(460), answers.GuestStatus)
    assert (status.ha.managed, status.ha.state) == (True, None)
    assert decode(recorded(457), HaEntry).asked == "stopped"


def test_what_waits_for_the_next_start_is_told_from_what_is_in_force() -> None:
    for number, keys in ((127, []), (199, ["cores"]), (204, ["net0"])):
        rows = decode(recorded(number), list[answers.PendingChange])
        assert [row.key for row in rows if row.is_pending] == keys


def test_an_odd_value_hides_nothing_but_itself() -> None:
    """A suspension is not held up by a field that it does not need."""
    body = b'{"data":{"status":"running","qmpstatus":"paused","tags":["a"],"uptime":"soon"}}'
    status = decode_leniently(body, answers.GuestStatus)
    assert (status.state, status.tags, status.uptime) == ("paused", None, None)
    rules = b'{"data":[{"pos":0,"type":"in","action":"DROP","enable":1,"dport":25}]}'
    assert decode_leniently(rules, list[FirewallRule]) == [FirewallRule(0, "in", "DROP", enable=1)]
    for body, kind in (
        (b'{"data":{"qmpstatus":"paused"}}', answers.GuestStatus),
        (b"[]", FirewallRule),
    ):
        with pytest.raises(ValueError, match=r"status|data|object"):
            decode_leniently(body, kind)


ODD = b"""{"data":[
 {"id":"node/pve1","type":"node","node":"pve1","status":"online"},
 {"id":"qemu/100","type":"qemu","vmid":"100","node":"pve1","status":"running","maxcpu":"2",
  "cpu":null,"mem":1.5,"maxmem":"4","uptime":"60","template":"","tags":"","name":null,"lock":null},
 {"id":"lxc/101","type":"lxc","vmid":101,"node":"pve1","status":"stopped","cpu":-5.75e-05,
  "memhost":0,"maxmem":4,"mem":0,"uptime":0,"template":1,"hastate":"error","pool":"a/b"},
 {"id":"storage/pve1/local","type":"storage","node":"pve1","storage":"local","status":"available"},
 {"id":"network/pve1/zone/localnetwork","type":"network","node":"pve1","network-type":"zone"},
 {"id":"sdn/pve1/localnetwork","type":"sdn","node":"pve1","sdn":"localnetwork","status":"ok"}
]}"""


def test_values_that_8_and_9_write_otherwise_are_understood_or_unknown() -> None:
    rows = tuple(decode_rows(ODD, ResourceRow))
    snapshot, _ = assemble(PollAnswers("lab", "https://pve1", NOW, None, rows, ()), KnownCluster())
    odd, container = snapshot.guests[100], snapshot.guests[101]
    assert (odd.name, odd.cpu_percent, odd.memory_percent, odd.cpus) == (None, None, 38, 2)
    assert (odd.template, odd.tags, odd.lock) == (None, (), None)
    assert (container.cpu_percent, container.template, container.pool) == (0, True, "a/b")
    assert snapshot.storages["pve1/local"].shared is False
