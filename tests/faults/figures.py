"""What a family of faults has shown: tried, survived, lost, and how often `nocd` ended."""

from dataclasses import dataclass, field


class Lost(Exception):
    """Something that was acknowledged is not there, was done twice, or `nocd` did not come back."""


@dataclass(slots=True)
class Family:
    """The figures of one family; `lost` names each fault that was not survived, with its cause."""

    name: str
    tried: int = 0
    lost: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    """Faults that ended `nocd` though it should have lived; it was started again."""
    notes: list[str] = field(default_factory=list)

    @property
    def survived(self) -> int:
        """How many faults cost nothing."""
        return self.tried - len(self.lost)

    def count(self, what: str, cause: str = "", *, ended: bool = False) -> None:
        """One fault more; `cause` says what it cost, empty when it cost nothing."""
        self.tried += 1
        if ended:
            self.ended.append(what)
        if cause:
            self.lost.append(f"{what}: {cause}")

    def line(self) -> str:
        """The family's line of the table."""
        return (
            f"{self.name:<12} {self.tried:>7} {self.survived:>9} {len(self.lost):>6}"
            f" {len(self.ended):>9}  {'; '.join(self.notes)}"
        ).rstrip()


HEADING = f"{'family':<12} {'tried':>7} {'survived':>9} {'lost':>6} {'ended':>9}"


def table(families: list[Family]) -> str:
    """All figures, and below them what was lost and what ended `nocd`."""
    lines = [HEADING, *(family.line() for family in families)]
    lines += [f"LOST  {family.name}: {one}" for family in families for one in family.lost]
    lines += [f"ENDED {family.name}: {one}" for family in families for one in family.ended]
    return "\n".join(lines)
