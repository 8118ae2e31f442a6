"""For which verdict a concept speaks clearly, by the rows that it speaks for (`affinities.toml`).

A ticket that asks for a thing of the hoster's and for one of the client's is told by these,
whatever the two things are.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from noc_tui.contract.terms import load_terms

_CLEAR = 1.5
_MARKS = {"in_scope": "in", "out_of_scope": "out", "not_annexe2": "not"}


@cache
def clear_leanings() -> Mapping[str, str]:
    """The terms' names (`concept.backup_manage`) with `in`, `out` or `not`.

    Concepts that speak for rows of several verdicts, or weakly, are left out. The verdicts are
    those of the shipped terms, from which the weights were learnt.
    """
    verdicts = {row.id: row.verdict for row in load_terms().annexe2}
    source = resources.files("noc_tui.contract.annexe2") / "data" / "affinities.toml"
    document = tomllib.loads(source.read_text(encoding="utf-8"))["concept"]
    found = {}
    for name, rows in document.items():
        most = max(rows.values())
        kinds = {verdicts[row] for row, strength in rows.items() if strength > most / 2}
        if most >= _CLEAR and len(kinds) == 1:
            found[f"concept.{name}"] = _MARKS[kinds.pop()]
    return found
