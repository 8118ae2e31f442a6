"""What a guest says of its inside: the kind of its system, how full its file systems are, which
addresses it has.

Three requests a guest at most: its configuration, and where that says that there is an agent and
the guest runs, the agent's `get-fsinfo` and `network-get-interfaces`; of a running container its
node's `interfaces`. Of the answers names of mount points, sizes and addresses are kept, and
nothing that is in the file systems (annexe 2 promises to watch them; art. 5.1 asks for a stated
circumstance to look into them). On Proxmox VE 8 the agent is asked with `VM.Monitor`, which lets a
token run commands in guests too; on 9 `VM.GuestAgent.Audit` does and can do no more.
"""

from collections.abc import Iterable
from typing import Annotated

import msgspec
from msgspec import Meta

from noc_tui.cluster import errors
from noc_tui.cluster.ids import GuestPlace

PERCENT = 100
_NO_DISKS = frozenset(
    {"squashfs", "iso9660", "udf", "cdfs", "tmpfs", "devtmpfs", "overlay", "ramfs", "efivarfs"}
)
"""File systems that are full by design, or in memory."""
Octets = Annotated[int, Meta(ge=0, le=1 << 60)]


class FileSystem(msgspec.Struct, frozen=True, rename="kebab"):
    """One of the agent's file systems; sizes are missing where the guest does not tell them."""

    mountpoint: str = ""
    type: str = ""
    used_bytes: Octets | None = None
    total_bytes: Octets | None = None

    @property
    def percent(self) -> int | None:
        """How full it is, truncated; None where that is not known."""
        if self.used_bytes is None or not self.total_bytes:
            return None
        return min(PERCENT, self.used_bytes * PERCENT // self.total_bytes)


class FsInfoAnswer(msgspec.Struct, frozen=True):
    """The answer of `…/agent/get-fsinfo`."""

    result: tuple[FileSystem, ...] = ()


class AgentAddress(msgspec.Struct, frozen=True, rename="kebab"):
    """An address of an interface, and the length of its network's prefix."""

    ip_address: str = ""
    prefix: int | None = None

    @property
    def text(self) -> str:
        """`203.0.113.4/24`."""
        return self.ip_address if self.prefix is None else f"{self.ip_address}/{self.prefix}"


class AgentInterface(msgspec.Struct, frozen=True, rename="kebab"):
    """An interface that the agent tells of."""

    name: str = ""
    hardware_address: str = ""
    ip_addresses: tuple[AgentAddress, ...] = ()


class InterfacesAnswer(msgspec.Struct, frozen=True):
    """The answer of `…/agent/network-get-interfaces`."""

    result: tuple[AgentInterface, ...] = ()


class ContainerInterface(msgspec.Struct, frozen=True):
    """A row of `…/lxc/{vmid}/interfaces`, which Proxmox reads from the container's namespace."""

    name: str = ""
    hwaddr: str = ""
    inet: str | None = None
    inet6: str | None = None


def fullest_of(file_systems: Iterable[FileSystem]) -> FileSystem | None:
    """The file system that is filled most, of those on disks; None where none tells its size."""
    told = [
        one
        for one in file_systems
        if one.percent is not None and one.type.casefold() not in _NO_DISKS
    ]
    return max(told, key=lambda one: (one.percent or 0, one.used_bytes or 0), default=None)


def has_agent(option: str) -> bool:
    """Whether the configuration's `agent` says that the guest has one: `1`, `enabled=1,type=…`."""
    first = option.partition(",")[0].removeprefix("enabled=")
    return first in ("1", "yes", "on", "true")


def agent_state(error: errors.GatewayError) -> str:
    """What an agent that gave no answer is: off, stopped, silent, refused or failed."""
    if isinstance(error, errors.PermissionMissing):
        return "refused"
    said = str(error)
    for words, state in (
        ("No QEMU guest agent configured", "off"),
        ("agent is not running", "silent"),
        ("got timeout", "silent"),
        ("is not running", "stopped"),
    ):
        if words in said:
            return state
    return "silent" if isinstance(error, errors.TimedOut) else "failed"


def agent_path(guest: GuestPlace) -> str:
    """The path of the agent's list of file systems."""
    return f"{guest.path}/agent/get-fsinfo"
