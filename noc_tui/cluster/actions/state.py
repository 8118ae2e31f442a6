"""The state of a guest as a suspension reads it: frozen values that the journal keeps as JSON."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

import msgspec

from noc_tui.cluster.actions.netline import NetLine
from noc_tui.cluster.answers import PendingChange
from noc_tui.cluster.ids import GuestPlace

Part = Literal["ha", "managers", "acl", "firewall"]
PrincipalKind = Literal["user", "group", "token"]
_UUID = re.compile(r"(?:^|,)uuid=([0-9a-fA-F-]{36})")
_CREATED = re.compile(r"(?:^|,)ctime=(\d+)")
_TRUE = frozenset({"1", "yes", "on", "true"})


class GuestIdentity(msgspec.Struct, frozen=True):
    """What tells a guest from a later one with the same number: the SMBIOS uuid, the time of its
    creation, a container's root volume. A rollback or a restored backup keeps them (but not
    `vmgenid`, which is why that does not decide).
    """

    uuid: str | None = None
    created: str | None = None
    root: str | None = None

    def same_as(self, other: "GuestIdentity") -> bool:
        """Compare the first mark that both have; without a common mark they are not the same."""
        for mine, theirs in (
            (self.uuid, other.uuid),
            (self.created, other.created),
            (self.root, other.root),
        ):
            if mine is not None and theirs is not None:
                return mine == theirs
        return self == other


class HaEntry(msgspec.Struct, frozen=True):
    """A guest's entry among the HA resources; `state` is what is asked of HA, as it stands: absent
    (None) and `enabled` both mean `started`.
    """

    sid: str
    state: str | None = None
    digest: str | None = None

    @property
    def asked(self) -> str:
        """What `state` means."""
        return normalise_ha_state(self.state)

    @property
    def manages(self) -> bool:
        """Whether HA acts on it; `ignored` leaves the guest to `onboot` and people."""
        return self.asked != "ignored"


def normalise_ha_state(state: str | None) -> str:
    """Return a state of an HA resource in its one spelling: absent and `enabled` mean `started`."""
    return "started" if state in (None, "enabled") else str(state)


class HaHold(msgspec.Struct, frozen=True):
    """Why HA does not act now on what it is asked: a code of `check.NOTES`, and of what."""

    code: Literal["ha_disarmed", "ha_crm_dead", "ha_lrm_dead", "ha_lrm_mode", "ha_later"]
    detail: str


class AclMark(msgspec.Struct, frozen=True):
    """An entry of the access list on the guest's own path."""

    kind: str
    principal: str
    role: str


class FirewallRule(msgspec.Struct, frozen=True):
    """A firewall rule of the guest; `pos` moves whenever somebody edits. `digest` is that of the
    whole list of rules, and no other than that of the options.
    """

    pos: int
    type: str = ""
    action: str = ""
    enable: int | str | None = None
    comment: str | None = None
    proto: str | None = None
    dport: str | None = None
    source: str | None = None
    dest: str | None = None
    digest: str | None = None
    sport: str | None = None
    iface: str | None = None
    macro: str | None = None
    icmp_type: str | None = msgspec.field(name="icmp-type", default=None)

    @property
    def narrows(self) -> bool:
        """Whether it matches less than its protocol, port and addresses."""
        return any((self.sport, self.iface, self.macro, self.icmp_type))

    @property
    def enabled(self) -> bool:
        """Absent means not enabled."""
        return str(self.enable or 0) in _TRUE


class FirewallService(msgspec.Struct, frozen=True):
    """The service of a node that carries out the rules of its guests, and its state in systemd's
    words; empty where the node does not tell it.
    """

    node: str
    name: str
    state: str

    @property
    def runs(self) -> bool | None:
        """Whether it runs; None where that is not known."""
        return self.state == "running" if self.state else None


class Firewall(msgspec.Struct, frozen=True):
    """The guest's firewall: options that are set (absent ones have defaults) with their digest,
    rules from the top, and whether the datacenter's firewall is on, without which nothing here has
    any effect. `service` is that of the guest's node, None in records from before it was read.
    """

    options: Mapping[str, str]
    digest: str | None
    rules: tuple[FirewallRule, ...]
    datacenter_enabled: bool
    service: FirewallService | None = None


class GuestState(msgspec.Struct, frozen=True, kw_only=True):
    """A guest as it was read at `observed_at`. The first one, taken before anything changes, is the
    record that restoration goes back to.

    `config` holds the file's values as text; `ha`, `acl`, `firewall` are None where that part was
    not asked for (`parts` says), `ha` also where HA has no entry; `service` is how far HA has come
    with it, `holds` why it does not act (of part `managers`). Not `whole` is a record made while
    the guest's node did not answer: only what the cluster keeps was read, and its configuration
    and power are not known.
    """

    guest: GuestPlace
    name: str | None
    identity: GuestIdentity
    observed_at: datetime
    config: Mapping[str, str]
    digest: str | None
    pending: tuple[PendingChange, ...]
    status: str
    qmpstatus: str | None
    lock: str | None
    parts: frozenset[Part]
    ha: HaEntry | None = None
    service: str | None = None
    holds: tuple[HaHold, ...] = ()
    acl: tuple[AclMark, ...] | None = None
    firewall: Firewall | None = None
    whole: bool = True

    @property
    def nets(self) -> dict[str, str]:
        """Every `netN` line as it stands, in order."""
        keys = [key for key in self.config if re.fullmatch(r"net\d+", key)]
        return {key: self.config[key] for key in sorted(keys, key=lambda key: int(key[3:]))}

    def net(self, key: str) -> NetLine | None:
        """One line, taken apart."""
        return NetLine.parse(self.config[key]) if key in self.config else None

    @property
    def passthrough(self) -> tuple[str, ...]:
        """Devices that may carry traffic which no change here cuts: `hostpciN`, and `args`."""
        return tuple(sorted(k for k in self.config if re.fullmatch(r"hostpci\d+|args", k)))

    @property
    def user_mode_nets(self) -> tuple[str, ...]:
        """qemu interfaces without a bridge: QEMU's own user-mode network."""
        if self.guest.kind != "qemu":
            return ()
        lines = {key: dict(NetLine.parse(line).parts) for key, line in self.nets.items()}
        return tuple(key for key, parts in lines.items() if "bridge" not in parts)

    @property
    def template(self) -> bool:
        """A template never runs."""
        return self.config.get("template", "0") in _TRUE

    @property
    def onboot(self) -> str | None:
        """As it stands; absent means no."""
        return self.config.get("onboot")

    @property
    def starts_at_boot(self) -> bool:
        """Whether its node starts it."""
        return (self.onboot or "0") in _TRUE

    @property
    def is_off(self) -> bool:
        """Not running. A stopped guest that is being backed up shows as `prelaunch`, and is off."""
        backed_up = self.qmpstatus == "prelaunch" and self.lock == "backup"
        return self.status == "stopped" or backed_up

    @property
    def is_hibernated(self) -> bool:
        """Off, its memory on disk. Proxmox lets nobody change its configuration until it runs."""
        return self.is_off and self.lock == "suspended"

    @property
    def is_paused(self) -> bool:
        """Its processors stand still, its memory is kept."""
        return self.status != "stopped" and self.qmpstatus == "paused"

    @property
    def under_ha(self) -> bool:
        """Whether HA decides over its power."""
        return self.ha is not None and self.ha.manages


def identity_of(config: Mapping[str, str]) -> GuestIdentity:
    """The marks that a configuration holds."""
    uuid = _UUID.search(config.get("smbios1", ""))
    created = _CREATED.search(config.get("meta", ""))
    root = config.get("rootfs", "").partition(",")[0]
    return GuestIdentity(
        uuid=uuid[1].lower() if uuid else None,
        created=created[1] if created else None,
        root=root or None,
    )
