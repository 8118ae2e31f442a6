"""The problems of a register file, each with its line."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class RegisterProblem:
    """One thing wrong: file, line (from 1), which tenant and field, and what."""

    file: Path
    line: int
    tenant: str
    field: str
    text: str

    def __str__(self) -> str:
        parts = (f"{self.file}:{self.line}", self.tenant, self.field, self.text)
        return ": ".join(part for part in parts if part)


class RegisterError(Exception):
    """The register cannot be used; `problems` holds every reason, in the order of lines."""

    def __init__(self, problems: tuple[RegisterProblem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems
