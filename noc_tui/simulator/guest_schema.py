"""Options of a guest's configuration: how they are verified, and who may set them."""

import re

from noc_tui.simulator import netopts
from noc_tui.simulator.errors import bad_parameters, perl_error
from noc_tui.simulator.parameters import (
    DIGEST,
    FLAG,
    TEXT,
    Parameter,
    Value,
    Verify,
    boolean,
    choice,
    integer,
    text,
)

QEMU_LOCKS = (
    "backup", "clone", "create", "migrate", "rollback", "snapshot", "snapshot-delete",
    "suspending", "suspended",
)  # fmt: skip
LXC_LOCKS = (
    "backup", "create", "destroyed", "disk", "fstrim", "migrate", "mounted", "rollback",
    "snapshot", "snapshot-delete",
)  # fmt: skip
NETS = 32
NET = re.compile(r"net([0-9]|[12][0-9]|3[01])")
_DRIVES = re.compile(r"(scsi|virtio|ide|sata|efidisk|tpmstate|unused|mp)\d+|rootfs")
_HARDWARE = re.compile(r"(serial|usb|hostpci|parallel|ipconfig)\d+")
_FULL_CPU = ["cores", "sockets", "vcpus", "cpu", "cpulimit", "cpuunits", "numa", "affinity"]
_MEMORY = ["memory", "balloon", "shares", "swap", "hugepages", "keephugepages"]
_HWTYPE = ["scsihw", "machine", "bios", "vga", "rng0", "audio0", "watchdog", "agent"]
_OPTIONS = [
    "name", "hostname", "description", "onboot", "startup", "tags", "boot", "ostype", "protection",
    "acpi", "kvm", "tablet", "freeze", "localtime", "hotplug", "autostart", "template",
    "nameserver", "searchdomain", "console", "tty", "cmode", "features", "timezone", "smbios1",
    "vmgenid",
]  # fmt: skip
_ROOT_ONLY = ["args", "lock", "hookscript", "migrate_speed", "vmstatestorage"]

_PRIVILEGES: dict[str, str] = (
    dict.fromkeys(_FULL_CPU, "VM.Config.CPU")
    | dict.fromkeys(_MEMORY, "VM.Config.Memory")
    | dict.fromkeys(_HWTYPE, "VM.Config.HWType")
    | dict.fromkeys(_OPTIONS, "VM.Config.Options")
)
FAST = frozenset(
    ("name", "onboot", "shares", "startup", "description", "protection", "tags", "lock", "boot")
)
"""Options of a running machine that take effect at once, besides network interfaces."""

_INTEGERS = {"cores": 1, "sockets": 1, "vcpus": 1, "balloon": 0, "swap": 0, "cpuunits": 1}
_BOOLEANS = ("onboot", "kvm", "tablet", "acpi", "protection", "numa", "localtime", "freeze")
_CONTROL = {
    "digest": DIGEST,
    "delete": TEXT,
    "revert": TEXT,
    "skiplock": FLAG,
    "force": FLAG,
    "background_delay": Parameter(integer(1, 30)),
}
CONTROL = frozenset(_CONTROL)
"""Parameters of a change that are no options."""


def _memory(given: str) -> Value:
    if not re.fullmatch(r"\d+", given):
        wrong = f"memory.current: type check ('integer') failed - got '{given}'\n"
        raise ValueError(f"invalid format - format error\n{wrong}")
    return given


def _net(kind: str, option: str) -> Verify:
    def verify(given: str) -> Value:
        netopts.parse_option(kind, option, given)
        return given

    return verify


def schema(kind: str) -> dict[str, Parameter]:
    """Everything that a change of a guest's configuration may carry."""
    names = [*_FULL_CPU, *_MEMORY, *_HWTYPE, *_OPTIONS, *_ROOT_ONLY]
    options = {name: Parameter(text()) for name in names}
    options |= {name: Parameter(integer(least)) for name, least in _INTEGERS.items()}
    options |= {name: Parameter(boolean) for name in _BOOLEANS}
    options["description"] = Parameter(text(most=8192))
    options["memory"] = Parameter(integer(16) if kind == "lxc" else _memory)
    options["lock"] = Parameter(choice(*(LXC_LOCKS if kind == "lxc" else QEMU_LOCKS)))
    for number in range(NETS):
        options[f"net{number}"] = Parameter(_net(kind, f"net{number}"))
        for drive in ("scsi", "virtio", "ide", "sata", "mp", "serial", "usb", "hostpci"):
            options[f"{drive}{number}"] = TEXT
    options["rootfs"] = TEXT
    return options | _CONTROL


def is_option(kind: str, option: str) -> bool:
    return option not in CONTROL and option in schema_of(kind)


_SCHEMAS = {kind: schema(kind) for kind in ("qemu", "lxc")}


def schema_of(kind: str) -> dict[str, Parameter]:
    """`schema`, made once."""
    return _SCHEMAS[kind]


def privilege_for(option: str) -> str | None:
    """The privilege that setting an option takes; None for what is checked elsewhere.

    Raises 500 for what only `root@pam` may set.
    """
    if NET.fullmatch(option):
        return "VM.Config.Network"
    if _DRIVES.fullmatch(option):
        return "VM.Config.Disk"
    if _HARDWARE.fullmatch(option):
        return "VM.Config.HWType"
    if option not in _PRIVILEGES:
        raise perl_error(f"only root can set '{option}' config")
    return _PRIVILEGES[option]


def deletions(kind: str, wanted: str, given: dict[str, Value]) -> list[str]:
    """The options that `delete=` names; raises 400 for what cannot be deleted."""
    names = [name for name in re.split(r"[\s,;]+", wanted) if name]
    for name in names:
        if not is_option(kind, name):
            raise bad_parameters({"delete": f"unknown option '{name}'"})
        if name in given:
            text = f"you can't use '-{name}' and -delete {name}' at the same time"
            raise bad_parameters({"delete": text})
    return names
