"""From rows to a snapshot: unknown is not zero, nothing jitters, and lost names are carried on."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.cluster.api_rows import ResourceRow, StatusRow, TaskRow
from noc_tui.cluster.build_snapshot import KnownCluster, PollAnswers, assemble
from noc_tui.cluster.decoding import decode_rows
from noc_tui.cluster.difference import difference
from noc_tui.cluster.snapshot import ClusterSnapshot, task_outcome

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
ONLINE = (
    StatusRow("cluster", "lab", quorate=True),
    StatusRow("node", "a", online=True, ip="10.0.0.1"),
    StatusRow("node", "b", online=True),
)
B_DEAD = (ONLINE[0], ONLINE[1], StatusRow("node", "b", online=False))
NODES = (
    ResourceRow("node/a", "node", node="a", status="online"),
    ResourceRow("node/b", "node", node="b", status="online"),
)
GUEST = ResourceRow(
    "qemu/100", "qemu", node="b", vmid=100, name="web", status="running", template=False,
    uptime=500, cpu=0.204, maxcpu=2, mem=512, maxmem=1024, maxdisk=2048, tags="a;b", pool="acme",
)  # fmt: skip
FORGOTTEN = ResourceRow("qemu/100", "qemu", node="b", vmid=100, status="unknown", pool="acme")


def poll(
    *rows: ResourceRow, status: tuple[StatusRow, ...] | None = ONLINE, seconds: float = 0
) -> PollAnswers:
    return PollAnswers(
        "lab", "https://a", NOW + timedelta(seconds=seconds), status, (*NODES, *rows), ()
    )


def first(*rows: ResourceRow) -> tuple[ClusterSnapshot, KnownCluster]:
    return assemble(poll(*rows), KnownCluster())


def test_what_proxmox_leaves_out_is_unknown_and_never_zero() -> None:
    bare = ResourceRow("lxc/101", "lxc", node="a", vmid=101, status="stopped")
    guest = first(bare)[0].guests[101]
    assert guest.status == "stopped"
    unknown = (guest.name, guest.cpu_percent, guest.memory_percent, guest.memory, guest.booted_at)
    assert unknown == (None,) * 5


def test_a_state_that_is_not_known_here_is_kept_as_it_is() -> None:
    assert first(replace_row(GUEST, status="io-error"))[0].guests[100].status == "io-error"


def test_a_dead_nodes_guests_are_unknown_at_once_though_proxmox_says_running() -> None:
    _, known = first(GUEST)
    guest = assemble(poll(GUEST, status=B_DEAD, seconds=10), known)[0].guests[100]
    assert (guest.status, guest.last_status, guest.cpu_percent) == ("unknown", "running", None)
    assert guest.booted_at is None


def test_lost_names_are_carried_from_poll_to_poll() -> None:
    snapshot, known = first(GUEST)
    for seconds in (300, 310, 320):
        snapshot, known = assemble(poll(FORGOTTEN, status=B_DEAD, seconds=seconds), known)
    guest = snapshot.guests[100]
    assert (guest.name, guest.memory, guest.tags, guest.template) == (
        "web",
        1024,
        ("a", "b"),
        False,
    )
    assert (guest.carried, guest.status, guest.last_status) == (True, "unknown", "running")
    back = assemble(poll(GUEST, seconds=400), known)[0].guests[100]
    assert (back.carried, back.status, back.last_status) == (False, "running", None)


def test_a_lost_guest_does_not_change_again_and_again() -> None:
    _, known = first(GUEST)
    one, known = assemble(poll(FORGOTTEN, status=B_DEAD, seconds=300), known)
    two, _ = assemble(poll(FORGOTTEN, status=B_DEAD, seconds=310), known)
    assert not difference(one, two)


def test_without_sys_audit_quorum_is_unknown() -> None:
    assert assemble(poll(GUEST, status=None), KnownCluster())[0].quorate is None


def test_a_standalone_node_is_quorate() -> None:
    alone = (StatusRow("node", "a", online=True),)
    assert assemble(poll(GUEST, status=alone), KnownCluster())[0].quorate is True


def test_an_answer_without_a_node_says_nothing_of_quorum() -> None:
    assert assemble(poll(status=()), KnownCluster())[0].quorate is None


def test_a_node_that_counts_itself_as_offline_proves_nobody_offline() -> None:
    """It answers: so its membership is wrong, and no guest is down by it."""
    broken = (
        ONLINE[0],
        StatusRow("node", "a", online=False, local=True),
        StatusRow("node", "b", online=False),
    )
    _, known = first(GUEST)
    snapshot, _ = assemble(poll(GUEST, status=broken, seconds=10), known)
    assert {node.status for node in snapshot.nodes.values()} == {"unknown"}


@given(st.lists(st.tuples(st.floats(5, 20), st.floats(0, 12)), min_size=1, max_size=20))
def test_the_boot_time_does_not_jitter(steps: list[tuple[float, float]]) -> None:
    """Statistics of any age up to twelve seconds, growing or standing still."""
    snapshot, known = first(GUEST)
    seconds, uptime = 0.0, 500
    for step, age in steps:
        seconds += step
        uptime = max(uptime, int(500 + seconds - age))
        before = snapshot
        row = replace_row(GUEST, uptime=uptime)
        snapshot, known = assemble(poll(row, seconds=seconds), known)
        assert not difference(before, snapshot)


def test_a_restart_is_seen() -> None:
    _, known = first(GUEST)
    guest = assemble(poll(replace_row(GUEST, uptime=3), seconds=10), known)[0].guests[100]
    assert guest.booted_at == NOW + timedelta(seconds=7)
    long_after = assemble(poll(replace_row(GUEST, uptime=600), seconds=4000), known)[0]
    assert long_after.guests[100].booted_at == NOW + timedelta(seconds=3400)


def test_unchanged_guests_are_the_same_values() -> None:
    snapshot, known = first(GUEST)
    again, _ = assemble(poll(replace_row(GUEST, cpu=0.2041)), known)
    assert again.guests[100] is snapshot.guests[100]


def test_a_shared_storage_appears_once() -> None:
    def row(node: str, shared: bool, status: str = "available") -> ResourceRow:
        return ResourceRow(
            f"storage/{node}/s", "storage", node=node, storage="s", shared=shared, status=status,
            disk=50_100, maxdisk=100_000, content="iso,backup",
        )  # fmt: skip

    shared = first(row("a", True), row("b", True, "unknown"))[0].storages
    assert list(shared) == ["s"]
    assert (shared["s"].node, shared["s"].missing_on, shared["s"].used) == (None, ("b",), 50_100)
    local = first(row("a", False), row("b", False))[0].storages
    assert list(local) == ["a/s", "b/s"]


def own_storage(node: str, status: str, *, shared: bool = False) -> ResourceRow:
    return ResourceRow(
        f"storage/{node}/s", "storage", node=node, storage="s", status=status, shared=shared
    )


def test_a_storage_that_its_online_node_does_not_reach_is_missing_there() -> None:
    found = first(own_storage("a", "available"), own_storage("b", "unknown"))[0].storages
    assert found["a/s"].missing_on == ()
    assert (found["b/s"].status, found["b/s"].missing_on) == ("unknown", ("b",))


@pytest.mark.parametrize("shared", [False, True])
def test_a_node_whose_figures_stopped_accuses_no_storage(shared: bool) -> None:
    """Online for corosync, but its pvestatd hangs: whatever it said of others is unknown."""
    silent = replace_row(NODES[1], status="unknown")
    rows = (
        own_storage("a", "available", shared=shared),
        own_storage("b", "unknown", shared=shared),
    )
    seen = PollAnswers("lab", "https://a", NOW, ONLINE, (NODES[0], silent, *rows), ())
    found = assemble(seen, KnownCluster())[0].storages
    assert {storage.missing_on for storage in found.values()} == {()}
    assert {storage.status for storage in found.values()} == (
        {"available"} if shared else {"available", "unknown"}
    )


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("client,web;prod ", ("client", "web", "prod")),
        (";a;;b;", ("a", "b")),
        (" a\tb", ("a", "b")),
        ("", ()),
        (None, ()),
    ],
)
def test_tags_end_where_proxmox_ends_them(text: str | None, tags: tuple[str, ...]) -> None:
    seen, known = first(replace_row(GUEST, tags=text))
    assert seen.guests[100].tags == tags
    lost = assemble(poll(replace_row(GUEST, tags=text), status=B_DEAD, seconds=10), known)[0]
    assert lost.guests[100].tags == tags


def test_a_stopped_guest_has_no_load_whatever_its_row_says() -> None:
    row = replace_row(GUEST, status="stopped", uptime=0, cpu=0.865, mem=1024)
    guest = first(row)[0].guests[100]
    assert (guest.cpu_percent, guest.memory_percent, guest.memory) == (0, 0, 1024)


def test_what_ha_makes_of_a_node_is_kept_and_its_loss_too() -> None:
    away = replace_row(NODES[1], hastate="maintenance")
    seen = PollAnswers("lab", "https://a", NOW, B_DEAD, (NODES[0], away), ())
    nodes = assemble(seen, KnownCluster())[0].nodes
    assert (nodes["a"].status, nodes["a"].ha_state) == ("online", None)
    assert (nodes["b"].status, nodes["b"].ha_state) == ("offline", "maintenance")


def test_an_inactive_storage_has_no_size() -> None:
    row = ResourceRow("storage/a/s", "storage", node="a", storage="s", status="unknown")
    storage = first(row)[0].storages["a/s"]
    assert (storage.status, storage.total, storage.used) == ("unknown", None, None)


def test_a_running_task_of_a_dead_node_is_unknown() -> None:
    task = TaskRow("UPID:b:1", "b", "vzdump", "root@pam", 1_700_000_000)
    seen = replace(poll(GUEST, status=B_DEAD), tasks=(task,))
    assert assemble(seen, KnownCluster())[0].tasks["UPID:b:1"].outcome == "unknown"
    assert (
        assemble(replace(seen, status=ONLINE), KnownCluster())[0].tasks["UPID:b:1"].outcome
        == "running"
    )


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (None, "running"),
        ("OK", "ok"),
        ("WARNINGS: 3", "warning"),
        ("unexpected status", "unknown"),
        ("", "unknown"),
        ("VM is locked (backup)", "error"),
        ("received interrupt", "error"),
    ],
)
def test_task_outcomes(status: str | None, outcome: str) -> None:
    assert task_outcome(status) == outcome


def test_numbers_and_flags_come_in_any_spelling() -> None:
    body = (
        b'{"data":[{"id":"qemu/100","type":"qemu","vmid":"100","node":"a","name":"null",'
        b'"cpu":"0.5","mem":1.0e3,"template":"1","maxcpu":0.5,"uptime":true,"tags":7,"new":{}}]}'
    )
    (row,) = decode_rows(body, ResourceRow)
    assert (row.vmid, row.name, row.cpu, row.mem) == (100, "null", 0.5, 1000)
    assert (row.template, row.maxcpu, row.uptime, row.tags) == (True, 0.5, None, None)


def test_a_row_without_identity_makes_the_whole_answer_unreadable() -> None:
    with pytest.raises(ValueError, match="identity"):
        decode_rows(b'{"data":[{"type":"qemu","vmid":100}]}', ResourceRow)
    snapshot, _ = first(ResourceRow("qemu/1", "qemu", node="a", status="running"))
    assert (dict(snapshot.guests), snapshot.omitted.rows) == ({}, 1)


def replace_row(row: ResourceRow, **fields: object) -> ResourceRow:
    return msgspec.structs.replace(row, **fields)
