"""A `netN` line of a guest's configuration, taken apart without losing anything.

qemu: `virtio=BC:24:11:2E:C5:4A,bridge=vmbr0,tag=12,firewall=1,link_down=1`; lxc:
`name=eth0,bridge=vmbr0,hwaddr=…,ip=dhcp,link_down=1,type=veth`. The options that are changed here
are spelt alike in both. The server prints lines anew, in an order of its own, so they are compared
by what they say; and a line is only ever changed by one option, since a line that is rebuilt may
lose its MAC, for which the server would make up another.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

NicOption = Literal["link_down", "firewall"]
_FLAGS = frozenset({"link_down", "firewall"})
_TRUE = frozenset({"1", "yes", "on", "true"})
_DEFAULTS = frozenset({("type", "veth")})
_MODELS = frozenset(
    {
        "e1000", "e1000-82540em", "e1000-82544gc", "e1000-82545em", "e1000e", "i82551", "i82557b",
        "i82559er", "ne2k_isa", "ne2k_pci", "pcnet", "rtl8139", "virtio", "vmxnet3",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NetLine:
    """The parts of a line in its order; a part without `=` has None for its value."""

    parts: tuple[tuple[str, str | None], ...]

    @classmethod
    def parse(cls, text: str) -> "NetLine":
        """Any line is understood, options that are not known here included."""
        pieces = [piece.partition("=") for piece in text.strip().split(",") if piece.strip()]
        return cls(tuple((k.strip(), v if eq else None) for k, eq, v in pieces))

    @property
    def text(self) -> str:
        """The line again."""
        return ",".join(k if v is None else f"{k}={v}" for k, v in self.parts)

    def has(self, option: NicOption) -> bool:
        """Whether a flag is set."""
        return dict(self.parts).get(option, "0") in _TRUE

    def with_option(self, option: NicOption, value: str | None) -> "NetLine":
        """The same line with one option set, in its place if it has one, or taken out (None)."""
        if value is None:
            return NetLine(tuple(part for part in self.parts if part[0] != option))
        if any(key == option for key, _ in self.parts):
            return NetLine(tuple((k, value if k == option else v) for k, v in self.parts))
        return NetLine((*self.parts, (option, value)))

    def value(self, option: NicOption) -> str | None:
        """An option's value as it stands, None where it is absent."""
        return dict(self.parts).get(option)

    def meaning(self) -> frozenset[tuple[str, str]]:
        """What the line says: order, the case of a MAC and unset flags aside."""
        return frozenset(_meant(self.parts)) - _DEFAULTS

    def same_as(self, other: "NetLine") -> bool:
        """Whether both lines say the same."""
        return self.meaning() == other.meaning()


def _meant(parts: Iterable[tuple[str, str | None]]) -> Iterable[tuple[str, str]]:
    for key, value in parts:
        if key in _FLAGS:
            if value in _TRUE:
                yield key, "1"
        elif key in _MODELS:
            yield "model", key
            if value is not None:
                yield "mac", value.upper()
        elif key in ("macaddr", "hwaddr") and value is not None:
            yield "mac", value.upper()
        else:
            yield key, value or ""
