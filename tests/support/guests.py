"""Guests for tests, with nothing but what a test names: the rest is not known."""

from typing import Any

from msgspec.structs import replace

from noc_tui.cluster.guest_snapshot import GuestSnapshot
from storage.guests import Guest

_SEEN = GuestSnapshot(
    vmid=101, kind="qemu", node="pve1", name=None, status="running", last_status=None,
    template=False, cpu_percent=None, memory_percent=None, disk_percent=None, cpus=None,
    memory=None, disk=None, booted_at=None, pool=None, tags=(), lock=None, ha_state=None,
    carried=False,
)  # fmt: skip
_STORED = Guest(
    cluster="rennes", vmid=101, kind="qemu", name=None, node="pve1", status="running",
    last_status=None, pool=None, template=False, cpu_percent=None, memory_percent=None,
    disk_percent=None, cpus=None, memory=None, disk=None, booted_at=None, ha_state=None, lock=None,
    tags=(), carried=False,
)  # fmt: skip


def seen_guest(vmid: int = 101, **known: Any) -> GuestSnapshot:
    """A guest as a poll sees it: a virtual machine that runs on pve1."""
    return replace(_SEEN, vmid=vmid, **known)


def stored_guest(vmid: int = 101, **known: Any) -> Guest:
    """A guest as it is stored: a virtual machine that runs on pve1 in rennes."""
    return replace(_STORED, vmid=vmid, **known)
