"""Ids as they may enter a path. proxmoxer escapes nothing against `..`, so each is checked here.

Each function returns its argument, in the one spelling Proxmox uses, or raises `InvalidId`.
Formats: PVE::JSONSchema (pve-node, pve-vmid, pve-storage-id, pve-poolid), PVE::UPID, PBS UPID.
"""

import re
from datetime import UTC, datetime

import msgspec

from noc_tui.cluster.errors import InvalidId

_NODE = re.compile(r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?")
_STORAGE = re.compile(r"[a-zA-Z][a-zA-Z0-9_.-]*[a-zA-Z0-9]")
_POOL = re.compile(r"[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+){0,2}")
_REALM = r"[A-Za-z][A-Za-z0-9._-]+"
_USER = re.compile(rf"[^\s:/\x00-\x1f\x7f@]+(?:@[^\s:/\x00-\x1f\x7f@]+)*@{_REALM}")
_TOKEN = re.compile(rf"({_USER.pattern})!([A-Za-z][A-Za-z0-9._-]+)")
_GROUP = re.compile(r"[A-Za-z0-9._-]+")
_NET = re.compile(r"net(?:[0-9]|[12][0-9]|3[01])")
_SNAPSHOT = re.compile(r"[A-Za-z][A-Za-z0-9_-]{1,39}")
_DATASTORE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_UPID = re.compile(
    r"UPID:(?P<node>[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?):(?P<pid>[0-9A-Fa-f]{8}):"
    r"(?P<pstart>[0-9A-Fa-f]{8,9}):(?P<start>[0-9A-Fa-f]{8}):"
    r"(?P<type>[^:\s/]+):(?P<id>[^:\s/]*):(?P<user>[^:\s/]+):"
)
_PBS_UPID = re.compile(
    r"UPID:(?P<node>[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?):(?P<pid>[0-9A-Fa-f]{8}):"
    r"(?P<pstart>[0-9A-Fa-f]{8,9}):(?P<task>[0-9A-Fa-f]{8,16}):(?P<start>[0-9A-Fa-f]{8}):"
    r"(?P<type>[^:\s/]+):(?P<id>[^:\s/]*):(?P<user>[^:\s/]+):"
)
VMID_MIN, VMID_MAX = 100, 999_999_999
ASKED = "localhost"
"""In a path, the node that is asked, whichever it is."""


class Upid(msgspec.Struct, frozen=True):
    """A task's id taken apart. `user` may end in `!token`; `id` is a vmid, a storage, or empty."""

    text: str
    node: str
    pid: int
    started_at: datetime
    type: str
    id: str
    user: str


def _matched(kind: str, pattern: re.Pattern[str], value: str) -> str:
    if not pattern.fullmatch(value) or ".." in value:
        raise InvalidId(kind, value)
    return value


def node(value: str) -> str:
    """A node's name: letters, digits and inner hyphens, at most 63."""
    return _matched("node name", _NODE, value)


def vmid(value: int | str) -> int:
    """A guest's number, 100 to 999 999 999."""
    text = str(value)
    if isinstance(value, bool) or not re.fullmatch(r"[1-9][0-9]{2,8}", text, re.ASCII):
        raise InvalidId("vmid", value)
    return int(text)


def storage(value: str) -> str:
    """A storage's id."""
    return _matched("storage id", _STORAGE, value)


def pool(value: str) -> str:
    """A pool's id; at most three levels since 8.1 (`a/b/c`)."""
    return _matched("pool id", _POOL, value)


def user(value: str) -> str:
    """`name@realm`."""
    return _matched("user id", _USER, value)


def token_id(value: str) -> str:
    """`name@realm!token`."""
    return _matched("token id", _TOKEN, value)


def group(value: str) -> str:
    """A group's id."""
    return _matched("group id", _GROUP, value)


def snapshot(value: str) -> str:
    """A snapshot's name: a letter, then up to 39 letters, digits, `-` and `_`; not `current`."""
    if value == "current":
        raise InvalidId("snapshot name", value)
    return _matched("snapshot name", _SNAPSHOT, value)


def is_net(key: str) -> bool:
    """Whether a configuration's key is a network interface."""
    return _NET.fullmatch(key) is not None


def net(value: str) -> str:
    """An interface's key in a configuration: `net0` to `net31`."""
    return _matched("network interface", _NET, value)


def datastore(value: str) -> str:
    """A PBS datastore's name."""
    return _matched("datastore", _DATASTORE, value)


def upid(value: str) -> Upid:
    """A task's id, of PVE (nine parts) or PBS (ten)."""
    found = _UPID.fullmatch(value) or _PBS_UPID.fullmatch(value)
    if found is None:
        raise InvalidId("UPID", value)
    return Upid(
        text=value,
        node=found["node"],
        pid=int(found["pid"], 16),
        started_at=datetime.fromtimestamp(int(found["start"], 16), UTC),
        type=found["type"],
        id=found["id"],
        user=found["user"],
    )


def node_of(path: str) -> str:
    """The node that has to answer a path, or "" where the endpoint itself does."""
    parts = path.split("/", 2)
    named = parts[1] if parts[0] == "nodes" and len(parts) > 1 else ""
    return "" if named == ASKED else named


class GuestPlace(msgspec.Struct, frozen=True):
    """Where a guest is: cluster-wide number, kind (`qemu` or `lxc`), and the node it is on now."""

    node: str
    kind: str
    vmid: int

    @property
    def path(self) -> str:
        """`nodes/{node}/{kind}/{vmid}`, checked."""
        return f"nodes/{node(self.node)}/{self._within}"

    @property
    def firewall_path(self) -> str:
        """Its firewall, checked, as whichever node is asked has it: the file is the cluster's, and
        Proxmox looks at neither the node nor the guest's place for it (`PVE::API2::Firewall::VM`),
        so that a dead node keeps nobody from it.
        """
        return f"nodes/{ASKED}/{self._within}/firewall"

    @property
    def _within(self) -> str:
        if self.kind not in ("qemu", "lxc"):
            raise InvalidId("guest kind", self.kind)
        return f"{self.kind}/{vmid(self.vmid)}"

    @property
    def sid(self) -> str:
        """Its HA service id."""
        return f"{'vm' if self.kind == 'qemu' else 'ct'}:{vmid(self.vmid)}"
