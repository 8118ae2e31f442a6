"""One entry of a register file before it is a tenant: plain values and where each stood."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """What the file says of one tenant, as TOML would; `lines` gives the line of each key."""

    table: Mapping[str, object]
    line: int
    lines: Mapping[str, int] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The tenant's id, as far as it can be told."""
        found = self.table.get("id")
        return found if isinstance(found, str) else ""

    def line_of(self, key: str) -> int:
        """The line of a key, of what holds it (`quotas` for `quotas.vcpus`), else the entry's."""
        while key:
            if key in self.lines:
                return self.lines[key]
            cut = max(key.rfind("."), key.rfind("["))
            key = key[: max(cut, 0)]
        return self.line
