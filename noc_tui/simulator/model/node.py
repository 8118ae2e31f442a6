"""A node: the machine, the daemons on it, and how far the rest of the cluster hears from it."""

from dataclasses import dataclass, field
from typing import Literal

from noc_tui.simulator.model.guest import GIB
from noc_tui.simulator.model.versions import NEW, OLD, VERSIONS, PveVersion

STATUS_LIFE = 300.0
"""Seconds that a node's last broadcast figures stay believed (pmxcfs)."""

Manner = Literal["answers", "refuses", "silent", "hangs"]
"""How a machine meets who calls its port: silent as a cut line is, or hanging once connected."""

REFRESH = 10.0
"""Seconds between two broadcasts of pvestatd."""


@dataclass(slots=True)
class Health:
    """What a node answers for itself: `subscription` a status, empty without a key; `updates` the
    packages that wait; ZFS `pools` and `disks` by name, with their health.
    """

    subscription: str = "active"
    updates: list[str] = field(default_factory=lambda: ["pve-manager", "pve-kernel"])
    pools: dict[str, str] = field(default_factory=lambda: {"rpool": "ONLINE"})
    disks: dict[str, str] = field(
        default_factory=lambda: {"/dev/nvme0n1": "PASSED", "/dev/nvme1n1": "PASSED"}
    )


@dataclass(slots=True)
class Node:
    """`killed` is off; `cut` runs on without its network; `frozen` votes but answers nothing.

    A daemon can also stop on its own. `fenced` was switched off by its own watchdog, and boots
    again. The watchdog is armed while HA is at work on the node (`ha_active`), and fires a minute
    after the node was left without quorum (`alone_since`).

    `pve_firewall` and `proxmox_firewall` are the two services that may filter, the second one where
    the node's firewall is asked for `nftables`.

    `heard` is the last broadcast of its figures, while it sends none; None while it does. `pve` is
    the version that it runs, `maintenance` whether HA keeps it free of guests.
    """

    name: str
    nodeid: int
    address: str
    cores: int
    memory: int
    disk: int
    booted: float
    phase: float
    killed: bool = False
    cut: bool = False
    frozen: bool = False
    pveproxy: bool = True
    pvedaemon: bool = True
    pmxcfs: bool = True
    pve_firewall: bool = True
    proxmox_firewall: bool = False
    nftables: bool = False
    fenced: bool = False
    ha_active: bool = False
    alone_since: float | None = None
    heard: float | None = None
    pve: str = OLD
    maintenance: bool = False
    health: Health = field(default_factory=Health)
    last_pid: int = 1000
    starts: int = 0

    @property
    def version(self) -> PveVersion:
        """What it says that it runs."""
        return VERSIONS[self.pve]

    @property
    def is_new(self) -> bool:
        """Whether it runs Proxmox VE 9."""
        return self.pve == NEW

    @property
    def filters(self) -> bool:
        """Whether the service runs that carries out the rules of its guests; one that is stopped
        takes them out of force.
        """
        return self.proxmox_firewall if self.nftables else self.pve_firewall

    @property
    def online(self) -> bool:
        """Whether corosync sees it."""
        return not self.killed and not self.cut and self.pmxcfs

    @property
    def manner(self) -> Manner:
        """How it meets who asks it."""
        if self.killed or self.cut:
            return "silent"
        if not self.pveproxy:
            return "refuses"
        return "hangs" if self.frozen else "answers"

    def next_pid(self) -> int:
        self.last_pid = self.last_pid % 4_000_000 + 1 + self.nodeid % 3
        return self.last_pid

    def silence(self, now: float) -> None:
        """Its figures stop being broadcast."""
        if self.heard is None:
            self.heard = now - now % REFRESH

    def speak(self) -> None:
        self.heard = None

    def stale(self, now: float) -> bool:
        """Whether its last figures are too old to be believed."""
        return self.heard is not None and now - self.heard > STATUS_LIFE

    def seen_at(self, now: float) -> float:
        """The instant whose figures the cluster shows."""
        return self.heard if self.heard is not None else now - now % REFRESH


@dataclass(slots=True)
class Storage:
    """One storage of `storage.cfg`; `lost_on` are the nodes that cannot reach it just now."""

    name: str
    kind: str
    content: str
    total: int
    used_share: float
    shared: bool
    path: str = ""
    server: str = ""
    lost_on: set[str] = field(default_factory=set)

    def available(self, node: str) -> bool:
        return node not in self.lost_on

    def used(self, now: float) -> int:
        """Bytes; grows by a share of what is left over months, like real ones."""
        drift = (now % (90 * 86400)) / (90 * 86400) * 0.06
        return int(self.total * min(0.99, self.used_share + drift)) // 4096 * 4096


def standard_node(name: str, nodeid: int, booted: float, phase: float, guests: int) -> Node:
    """A node large enough for `guests` guests."""
    cores = 128 if guests > 30 else 64
    return Node(
        name=name,
        nodeid=nodeid,
        address=f"10.{20 + nodeid // 250}.0.{nodeid % 250 + 1}",
        cores=cores,
        memory=(1024 if guests > 30 else 512) * GIB,
        disk=440 * GIB,
        booted=booted,
        phase=phase,
    )
