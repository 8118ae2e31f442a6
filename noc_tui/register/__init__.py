"""The tenant register: a TOML or CSV file that people keep, as frozen values.

    tenants = read(Path("tenants.toml"))        # raises RegisterError with every problem and line
    resolution = resolve(tenants, live_pools)   # which tenant owns which pool of which cluster

`parse` does the same on a text that is already at hand. All of it is pure but `read`.
"""

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from noc_tui.config.problems import Problems
from noc_tui.config.tables import gather
from noc_tui.i18n import _
from noc_tui.register import csv_file, toml_file
from noc_tui.register.checks import doubles, tenant_findings
from noc_tui.register.entry import RegisterEntry
from noc_tui.register.problems import RegisterError, RegisterProblem, SheetPlace
from noc_tui.register.resolution import Resolution, resolve
from noc_tui.register.values import LAYERS, Amount, Quotas, RegisterTenant, Support
from noc_tui.regular_file import read_regular
from noc_tui.spreadsheet.encoding import (
    UTF8,
    DecodedText,
    SheetError,
    decode_text,
    how_to_save,
    with_way_out,
)

__all__ = [
    "LAYERS",
    "Amount",
    "Quotas",
    "RegisterError",
    "RegisterProblem",
    "RegisterTenant",
    "Resolution",
    "Support",
    "is_sheet",
    "parse",
    "read",
    "read_text",
    "resolve",
]
SHEETS = (".csv", ".tsv", ".txt")
"""What a file is called that a spreadsheet saved; any other is TOML."""


def read(file: Path) -> tuple[RegisterTenant, ...]:
    """The tenants in that file; raises `RegisterError`."""
    return parse(read_text(file).text, file)


def read_text(file: Path) -> DecodedText:
    """The text of that file: a sheet in whichever encoding it was saved, TOML in UTF-8. Raises
    `RegisterError`.
    """
    try:
        content = read_regular(file)
        if is_sheet(file):
            return decode_text(content)
        return DecodedText(content.decode("utf-8-sig"), UTF8)
    except OSError as error:
        reason = _("this file cannot be read: {reason}").format(reason=error.strerror)
    except SheetError as error:
        reason = with_way_out(error, how_to_save())
    except UnicodeDecodeError:
        reason = _("this file is not UTF-8")
    place = SheetPlace(0) if is_sheet(file) else None
    raise RegisterError((RegisterProblem(file, 1, "", "", reason, sheet=place),))


def is_sheet(file: Path) -> bool:
    """Whether the name is one of a sheet."""
    return file.suffix.lower() in SHEETS


def parse(text: str, file: Path) -> tuple[RegisterTenant, ...]:
    """The tenants in a text; `file` gives its kind by the suffix, and a name to its problems."""
    entries, problems = _entries(text, file)
    tenants: list[tuple[int, RegisterTenant]] = []
    for index, entry in enumerate(entries):
        tenant, found = _tenant(entry, file)
        problems.extend(found)
        if tenant is not None:
            tenants.append((index, tenant))
    for index, key, reason in doubles(tenants):
        problems.append(_problem(file, entries[index], key, reason))
    if problems:
        raise RegisterError(tuple(sorted(problems, key=_in_order)))
    return tuple(tenant for _index, tenant in tenants)


def _in_order(problem: RegisterProblem) -> tuple[object, ...]:
    """By line; in a sheet then by column, from A to AA."""
    letter = "" if problem.sheet is None else problem.sheet.letter
    return problem.line, len(letter), letter, problem.tenant, problem.field, problem.text


def _entries(text: str, file: Path) -> tuple[Sequence[RegisterEntry], list[RegisterProblem]]:
    return _sheet_entries(text, file) if is_sheet(file) else _toml_entries(text, file)


def _sheet_entries(text: str, file: Path) -> tuple[Sequence[RegisterEntry], list[RegisterProblem]]:
    try:
        entries, problems = csv_file.read_sheet(text)
    except SheetError as error:
        reason = with_way_out(error, how_to_save())
        return (), [RegisterProblem(file, 1, "", "", reason, sheet=SheetPlace(0))]
    return entries, [
        RegisterProblem(file, place.row, "", place.name, reason, sheet=place)
        for place, reason in problems
    ]


def _toml_entries(text: str, file: Path) -> tuple[Sequence[RegisterEntry], list[RegisterProblem]]:
    try:
        entries, unknown = toml_file.entries(text)
    except tomllib.TOMLDecodeError as error:
        line, reason = toml_file.line_of_error(error), _("bad TOML: {reason}").format(reason=error)
        return (), [RegisterProblem(file, line, "", "", reason)]
    reason = _("unknown key; known here: {known}").format(known="[[tenant]]")
    return entries, [RegisterProblem(file, 1, "", name, reason) for name in unknown]


def _tenant(
    entry: RegisterEntry, file: Path
) -> tuple[RegisterTenant | None, list[RegisterProblem]]:
    """The tenant, as far as it can be read, for what only a look at all of them can find."""
    problems = Problems(file)
    for key, text in entry.unreadable:
        problems.add(key, text)
    values = gather(RegisterTenant, dict(entry.table), "", problems)
    stands: RegisterTenant = replace(_BLANK, **values)
    unread = {_root(key) for key, _text in entry.unreadable}
    findings = list(entry.unreadable)
    findings += [
        (problem.key, problem.text)
        for problem in problems.found[len(entry.unreadable) :]
        if _root(problem.key) not in unread  # it is missing because it could not be read
    ]
    findings += [
        (key, text)
        for key, text in tenant_findings(stands)
        if _root(key) in entry.table and not problems.found_at(key)
    ]
    return stands if stands.id else None, [_problem(file, entry, *found) for found in findings]


def _root(key: str) -> str:
    return re.split(r"[.\[]", key)[0]


_BLANK = RegisterTenant(id="", name="", email="", pools=())


def _problem(file: Path, entry: RegisterEntry, key: str, text: str) -> RegisterProblem:
    place = entry.sheet_place(key)
    line = entry.line_of(key) if place is None else place.row
    return RegisterProblem(file, line, entry.id, key, text, sheet=place)
