"""A virtual machine or a container: what its configuration says and what it does."""

from dataclasses import dataclass, field
from functools import lru_cache

MIB = 1 << 20
GIB = 1 << 30

Config = dict[str, str | int]
"""A guest's configuration as Proxmox keeps it: integers for numbers and booleans, else text."""


@lru_cache(maxsize=65536)
def _size(volume: str) -> int:
    """Bytes, from the `size=` of a disk."""
    _, _, size = volume.partition("size=")
    size = size.partition(",")[0]
    return int(size.rstrip("GM")) * (MIB if size.endswith("M") else GIB) if size else 0


@dataclass(frozen=True, slots=True)
class Habits:
    """How a guest loads its node: deterministic functions of time are made from these."""

    cpu: float
    memory: float
    net_in: float
    net_out: float
    disk_read: float
    disk_write: float
    disk_used: float
    period: float
    phase: float
    shutdown_seconds: float


@dataclass(frozen=True, slots=True)
class Surge:
    """Extra load since an instant: a guest that sends spam, an attack, a runaway job."""

    since: float
    cpu: float = 0.0
    net_in: float = 0.0
    net_out: float = 0.0


@dataclass(slots=True)
class SavedState:
    """A snapshot: the configuration of its instant, and whether the memory was saved with it."""

    at: float
    config: Config
    description: str = ""
    parent: str = ""
    with_memory: bool = False


@dataclass(slots=True)
class Guest:
    """`status` is the process (running, stopped); `qmp` what QEMU says of itself.

    `disk_fill` and `memory_fill` are shares in the place of its habits'.
    """

    vmid: int
    kind: str
    node: str
    config: Config
    habits: Habits
    pool: str = ""
    status: str = "stopped"
    qmp: str = "stopped"
    started: float = 0.0
    pid: int = 0
    pending: dict[str, str | int | None] = field(default_factory=dict)
    busy_until: float = 0.0
    shutdown_upid: str = ""
    surge: Surge | None = None
    disk_fill: float | None = None
    memory_fill: float | None = None
    agent_silent: bool = False
    firewall: dict[str, str | int] = field(default_factory=dict)
    rules: list[dict[str, str | int]] = field(default_factory=list)
    answers_shutdown: bool = True
    snapshots: dict[str, SavedState] = field(default_factory=dict)
    parent_snapshot: str = ""
    changed: float = 0.0
    before: tuple[str, float] = ("stopped", 0.0)

    @property
    def name(self) -> str:
        return str(self.config.get("hostname" if self.kind == "lxc" else "name", ""))

    @property
    def template(self) -> bool:
        return bool(self.config.get("template"))

    @property
    def running(self) -> bool:
        return self.status == "running"

    @property
    def lock(self) -> str:
        """The value of `lock` in its configuration, empty without one."""
        return str(self.config.get("lock", ""))

    @property
    def cores(self) -> int:
        return int(self.config.get("cores", 1)) * int(self.config.get("sockets", 1))

    @property
    def memory(self) -> int:
        """Bytes."""
        return int(self.config.get("memory", 512)) * MIB

    @property
    def disk(self) -> int:
        """Bytes of the first disk."""
        return _size(str(self.config.get("rootfs" if self.kind == "lxc" else "scsi0", "")))

    @property
    def sid(self) -> str:
        """The service id under HA: `vm:100`, `ct:101`."""
        return f"{'ct' if self.kind == 'lxc' else 'vm'}:{self.vmid}"

    def begin(self, now: float, pid: int) -> None:
        """The process starts."""
        self._remember(now)
        self.status, self.qmp, self.started, self.pid = "running", "running", now, pid

    def end(self, now: float) -> None:
        """The process is gone; values that waited for it take effect."""
        self._remember(now)
        self.status, self.qmp, self.started, self.pid = "stopped", "stopped", 0.0, 0
        self.surge = None
        self.apply_pending()

    def turn(self, now: float, qmp: str) -> None:
        """The process stays; QEMU's own state changes (paused, io-error, running)."""
        self._remember(now)
        self.qmp = qmp

    def shown(self, seen: float) -> tuple[str, float]:
        """QEMU's state and when the process started, as the broadcast at `seen` told them."""
        return self.before if self.changed >= seen else (self.qmp, self.started)

    def _remember(self, now: float) -> None:
        if self.changed < now - now % 10:
            self.before = (self.qmp, self.started)
        self.changed = now

    def apply_pending(self) -> None:
        for key, value in self.pending.items():
            if value is None:
                self.config.pop(key, None)
            else:
                self.config[key] = value
        self.pending.clear()


def missing_text(node: str, kind: str, vmid: int) -> str:
    """What the real server says of a guest that is not on that node."""
    folder = "lxc" if kind == "lxc" else "qemu-server"
    return f"Configuration file 'nodes/{node}/{folder}/{vmid}.conf' does not exist"
