"""One entry of a register file before it is a tenant: plain values and where each stood."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from noc_tui.register.problems import SheetPlace


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """What the file says of one tenant, as TOML would; `lines` gives the line of each key.

    Of a sheet, `line` is the row, `place_of` gives the place of a key's cell, and `unreadable` the
    keys of cells that could not be read, each with why; those keys are not in the table.
    """

    table: Mapping[str, object]
    line: int
    lines: Mapping[str, int] = field(default_factory=dict)
    unreadable: tuple[tuple[str, str], ...] = ()
    place_of: Callable[[str], SheetPlace] | None = None

    @property
    def id(self) -> str:
        """The tenant's id, as far as it can be told."""
        found = self.table.get("id")
        return found if isinstance(found, str) else ""

    def sheet_place(self, key: str) -> SheetPlace | None:
        """Return where a key's cell stands; None of what is no sheet."""
        return None if self.place_of is None else self.place_of(key)

    def line_of(self, key: str) -> int:
        """The line of a key, of what holds it (`quotas` for `quotas.vcpus`), else the entry's."""
        while key:
            if key in self.lines:
                return self.lines[key]
            cut = max(key.rfind("."), key.rfind("["))
            key = key[: max(cut, 0)]
        return self.line
