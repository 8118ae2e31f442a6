"""The tenant register: a TOML or CSV file that people keep, as frozen values.

    tenants = read(Path("tenants.toml"))        # raises RegisterError with every problem and line
    resolution = resolve(tenants, live_pools)   # which tenant owns which pool of which cluster

`parse` does the same on a text that is already at hand. All of it is pure but `read`.
"""

import csv
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
from noc_tui.register.problems import RegisterError, RegisterProblem
from noc_tui.register.resolution import Resolution, resolve
from noc_tui.register.values import LAYERS, Amount, Quotas, RegisterTenant, Support
from noc_tui.regular_file import read_regular

__all__ = [
    "LAYERS",
    "Amount",
    "Quotas",
    "RegisterError",
    "RegisterProblem",
    "RegisterTenant",
    "Resolution",
    "Support",
    "parse",
    "read",
    "resolve",
]


def read(file: Path) -> tuple[RegisterTenant, ...]:
    """The tenants in that file; raises `RegisterError`."""
    try:
        text = read_regular(file).decode("utf-8-sig")
    except OSError as error:
        reason = _("this file cannot be read: {reason}").format(reason=error.strerror)
        raise RegisterError((RegisterProblem(file, 1, "", "", reason),)) from error
    except UnicodeDecodeError as error:
        problem = RegisterProblem(file, 1, "", "", _("this file is not UTF-8"))
        raise RegisterError((problem,)) from error
    return parse(text, file)


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
        raise RegisterError(tuple(sorted(problems)))
    return tuple(tenant for _index, tenant in tenants)


def _entries(text: str, file: Path) -> tuple[Sequence[RegisterEntry], list[RegisterProblem]]:
    try:
        if file.suffix.lower() == ".csv":
            entries, unknown = csv_file.entries(text)
            known = ", ".join(csv_file.COLUMNS)
        else:
            entries, unknown = toml_file.entries(text)
            known = "[[tenant]]"
    except tomllib.TOMLDecodeError as error:
        line, reason = toml_file.line_of_error(error), _("bad TOML: {reason}").format(reason=error)
        return (), [RegisterProblem(file, line, "", "", reason)]
    except csv.Error as error:
        reason = _("bad CSV: {reason}").format(reason=error)
        return (), [RegisterProblem(file, 1, "", "", reason)]
    reason = _("unknown key; known here: {known}").format(known=known)
    return entries, [RegisterProblem(file, 1, "", name, reason) for name in unknown]


def _tenant(
    entry: RegisterEntry, file: Path
) -> tuple[RegisterTenant | None, list[RegisterProblem]]:
    """The tenant, as far as it can be read, for what only a look at all of them can find."""
    problems = Problems(file)
    values = gather(RegisterTenant, dict(entry.table), "", problems)
    stands: RegisterTenant = replace(_BLANK, **values)
    findings = [(problem.key, problem.text) for problem in problems.found]
    findings += [
        (key, text)
        for key, text in tenant_findings(stands)
        if re.split(r"[.\[]", key)[0] in entry.table and not problems.found_at(key)
    ]
    return stands if stands.id else None, [_problem(file, entry, *found) for found in findings]


_BLANK = RegisterTenant(id="", name="", email="", pools=())


def _problem(file: Path, entry: RegisterEntry, key: str, text: str) -> RegisterProblem:
    return RegisterProblem(file, entry.line_of(key), entry.id, key, text)
