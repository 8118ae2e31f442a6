"""The problems of a register file, each with its line, or its row and column."""

from dataclasses import dataclass
from pathlib import Path

from noc_tui.i18n import _


@dataclass(frozen=True, slots=True, order=True)
class SheetPlace:
    """A place as a spreadsheet names it: row (from 1; 0 for the sheet as a whole), and the column's
    letter and name if it is about one.
    """

    row: int
    letter: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True, order=True)
class RegisterProblem:
    """One thing wrong: file, line (from 1), which tenant and field, and what; of a sheet, `line` is
    the row and `sheet` the place.
    """

    file: Path
    line: int
    tenant: str
    field: str
    text: str
    sheet: SheetPlace | None = None

    def __str__(self) -> str:
        """One line; of a sheet the column stands for the field."""
        field = "" if self.sheet is not None and self.sheet.letter else self.field
        return ": ".join(part for part in (self._place(), self.tenant, field, self.text) if part)

    def _place(self) -> str:
        if self.sheet is None:
            return f"{self.file}:{self.line}"
        if not self.sheet.row:
            return str(self.file)
        if not self.sheet.letter:
            return _("{file}, row {row}").format(file=self.file, row=self.sheet.row)
        column = self.sheet.letter + (f" ({self.sheet.name})" if self.sheet.name else "")
        text = _("{file}, row {row}, column {column}")
        return text.format(file=self.file, row=self.sheet.row, column=column)


class RegisterError(Exception):
    """The register cannot be used; `problems` holds every reason, in the order of lines."""

    def __init__(self, problems: tuple[RegisterProblem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems
