"""What may enter a path, and what may not."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.cluster import ids
from noc_tui.cluster.errors import InvalidId

UPID = "UPID:pve1:00000110:0004052B:6B038D55:qmstart:101:noc@pve!act:"
PBS = "UPID:pbs:0000016A:00000A5F:00000007:6B038D55:verify:store1\\x3avm:root@pam:"
CHECKS = (ids.node, ids.vmid, ids.storage, ids.pool, ids.user, ids.group, ids.net)


def test_a_upid_is_taken_apart() -> None:
    found = ids.upid(UPID)
    assert (found.node, found.type, found.id, found.user) == (
        "pve1",
        "qmstart",
        "101",
        "noc@pve!act",
    )
    assert found.started_at == datetime.fromtimestamp(0x6B038D55, UTC)
    assert ids.upid(PBS).type == "verify"


@pytest.mark.parametrize("bad", ["", "UPID:", UPID[:-1], UPID.replace("101", "1/1"), UPID + "\n"])
def test_what_is_no_upid(bad: str) -> None:
    with pytest.raises(InvalidId):
        ids.upid(bad)


@given(st.text(max_size=40))
def test_nothing_that_passes_can_leave_its_place(text: str) -> None:
    for check in CHECKS:
        try:
            passed = str(check(text))
        except InvalidId:
            continue
        assert ".." not in passed
        assert check is ids.user or not set(passed) & set(" \r\n\t?#%\\\x00")
        assert "/" not in passed or check is ids.pool


@pytest.mark.parametrize("good", [100, "100", 999_999_999])
def test_vmids(good: int | str) -> None:
    assert ids.vmid(good) == int(good)


@pytest.mark.parametrize("bad", [99, 0, -1, True, "0100", "1e3", "١٠٠", "100 ", 1_000_000_000])
def test_what_is_no_vmid(bad: int | str) -> None:
    with pytest.raises(InvalidId):
        ids.vmid(bad)


def test_good_names_pass() -> None:
    assert ids.node("pve-1") == "pve-1"
    assert ids.pool("a/b/c") == "a/b/c"
    assert ids.user("jean.dupont@example.fr@pve") == "jean.dupont@example.fr@pve"
    assert ids.token_id("noc@pve!read") == "noc@pve!read"
    assert ids.storage("ceph-vm") == "ceph-vm"
