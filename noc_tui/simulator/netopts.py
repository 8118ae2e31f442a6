"""Network interfaces as options: read, verified, given a MAC address, and printed again.

A virtual machine's `netN` leads with its model, which carries the MAC address; a container's has
neither. Both are printed with the remaining keys in alphabetical order, as the real server does.
"""

import re

from noc_tui.simulator.dice import Dice
from noc_tui.simulator.estate.guests import mac
from noc_tui.simulator.parameters import (
    MISSING,
    NOT_IN_SCHEMA,
    Value,
    Verify,
    boolean,
    choice,
    integer,
    text,
)

MODELS = (
    "e1000", "e1000-82540em", "e1000-82544gc", "e1000-82545em", "e1000e", "i82551", "i82557b",
    "i82559er", "ne2k_isa", "ne2k_pci", "pcnet", "rtl8139", "virtio", "vmxnet3",
)  # fmt: skip
_MAC = re.compile(r"(?i)[a-f0-9][02468ace](?::[a-f0-9]{2}){5}")


def _number(given: str) -> Value:
    if not re.fullmatch(r"\d+(\.\d+)?", given):
        raise ValueError(f"type check ('number') failed - got '{given}'")
    return given


def _hardware(given: str) -> Value:
    if not _MAC.fullmatch(given):
        raise ValueError("value does not look like a valid unicast MAC address\n")
    return given.upper()


_SHARED: dict[str, Verify] = {
    "bridge": text(),
    "firewall": boolean,
    "link_down": boolean,
    "mtu": integer(1, 65520),
    "rate": _number,
    "tag": integer(1, 4094),
    "trunks": text(),
}
_QEMU: dict[str, Verify] = _SHARED | {
    "model": choice(*MODELS),
    "macaddr": _hardware,
    "queues": integer(0, 64),
}
_LXC: dict[str, Verify] = _SHARED | {
    "name": text(),
    "hwaddr": _hardware,
    "ip": text(),
    "gw": text(),
    "ip6": text(),
    "gw6": text(),
    "type": choice("veth"),
}

Net = dict[str, Value]


def parse_option(kind: str, option: str, given: str) -> Net:
    """The properties of one interface; raises `ValueError` with Proxmox's words."""
    schema, required = (_LXC, "name") if kind == "lxc" else (_QEMU, "model")
    net: Net = {}
    wrong: list[str] = []
    for part in given.split(",") if given else []:
        for key, value in _pairs(kind, part):
            verify = schema.get(key)
            if verify is None:
                wrong.append(f"{option}.{key}: {NOT_IN_SCHEMA}\n")
                continue
            try:
                net[key] = verify(value)
            except ValueError as error:
                wrong.append(f"{option}.{key}: {error}\n".replace("\n\n", "\n"))
    if required not in net:
        wrong.append(f"{option}.{required}: {MISSING}\n")
    if wrong:
        raise ValueError("invalid format - format error\n" + "".join(wrong))
    return net


def _pairs(kind: str, part: str) -> list[tuple[str, str]]:
    """`virtio=MAC` is a model and its address, a bare `virtio` a model alone."""
    key, equals, value = part.partition("=")
    if kind != "lxc" and key in MODELS:
        return [("model", key), ("macaddr", value)] if equals else [("model", key)]
    return [(key, value)]


def print_option(kind: str, net: Net) -> str:
    """As the configuration file holds it."""
    if kind == "lxc":
        return ",".join(f"{key}={net[key]}" for key in sorted(net))
    rest = {key: value for key, value in net.items() if key not in ("model", "macaddr")}
    first = f"{net['model']}={net['macaddr']}"
    return ",".join([first, *(f"{key}={rest[key]}" for key in sorted(rest))])


def with_address(kind: str, net: Net, dice: Dice) -> Net:
    """The same with a MAC address, a new one where none was given; a container's says its type."""
    key = "hwaddr" if kind == "lxc" else "macaddr"
    told: Net = {"type": "veth"} if kind == "lxc" else {}
    return net | told if key in net else net | told | {key: mac(dice)}


def normalise_option(kind: str, option: str, given: str, dice: Dice) -> str:
    return print_option(kind, with_address(kind, parse_option(kind, option, given), dice))
