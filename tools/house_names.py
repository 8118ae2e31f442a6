"""Checks four rules about names and prints a line for each place that breaks one.

    python tools/house_names.py      # exit code 1 if a rule is broken

- A call of a CapWords name has at most five positional arguments, starred ones included.
- A class at the top of a module has a name that no other module of `noc_tui`, `storage` and
  `widgets` uses. The structs of `noc_tui.api`, which are always named with their module, and the
  simulator's model of Proxmox are exempt.
- A public function at the top of a module is not named by a bare participle (`opened`, `asked_of`):
  it is a verb phrase with an object, or the noun that it returns.
- A class at the top of a module is not named by one (`Carried`, `Read`) either: it is named by what
  it is. Events, exceptions and messages of the interface are named by what happened.
"""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = ("noc_tui", "storage", "widgets")
APART = ("noc_tui/api/", "noc_tui/simulator/")
MOST = 5
PARTICIPLE = re.compile(
    r"([a-z]+(ed|ing)|written|shown|known|given|taken|seen|spoken|forgotten|driven|proven|chosen|fallen"
    r"|told|said|kept|found|made|lost|held|meant|sent|done|gone)"
    r"(_(of|by|on|in|from|to|with|at|off|as|beside|under|about|for|over|between|since|until|now|after"
    r"|before))?"
)
ADJECTIVES = frozenset({"unobserved", "unmeasured", "need"})
"""Names that look like participles: `unobserved(inputs)` is one half of every alert rule, and
unmeasured time is a term of the glossary.
"""
STATES = frozenset({"read", "bound"})
"""Participles that are also verbs: names of functions, not of classes."""
HAPPENED = ("Event", "Message", "Exception", "Error", "Unreachable")
"""How the bases end of classes that are named by what happened."""


def main() -> int:
    trees = {
        file.relative_to(ROOT).as_posix(): ast.parse(file.read_text(encoding="utf-8"))
        for package in PACKAGES
        for file in sorted((ROOT / package).rglob("*.py"))
    }
    found = [*_crowded(trees), *_doubled(trees), *_participles(trees), *_states(trees)]
    for line in found:
        print(line)
    if not found:
        print("house names: every name is unique and says what it does, every call is readable")
    return 1 if found else 0


def _crowded(trees: dict[str, ast.Module]) -> Iterator[str]:
    for file, tree in trees.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and len(node.args) > MOST and _is_type(node.func):
                called = ast.unparse(node.func)
                yield f"{file}:{node.lineno}: {called} has {len(node.args)} positional arguments"


def _is_type(called: ast.expr) -> bool:
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return name[:1].isupper() and not name.isupper() and name != "TypeVar"


def _doubled(trees: dict[str, ast.Module]) -> Iterator[str]:
    places: defaultdict[str, list[str]] = defaultdict(list)
    for file, tree in trees.items():
        if not file.startswith(APART):
            for node in tree.body:
                if isinstance(node, ast.ClassDef):
                    places[node.name].append(f"{file}:{node.lineno}")
    for name, where in sorted(places.items()):
        if len(where) > 1:
            yield f"{where[0]}: {name} is defined in {', '.join(where[1:])} too"


def _participles(trees: dict[str, ast.Module]) -> Iterator[str]:
    for file, tree in trees.items():
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _is_participle(
                node.name
            ):
                yield f"{file}:{node.lineno}: {node.name} is a participle, and says no object"


def _states(trees: dict[str, ast.Module]) -> Iterator[str]:
    for file, tree in trees.items():
        if not file.startswith(APART):
            for node in tree.body:
                if isinstance(node, ast.ClassDef) and _is_state(node):
                    yield f"{file}:{node.lineno}: {node.name} is a participle, and says no noun"


def _is_state(node: ast.ClassDef) -> bool:
    """Whether a class of one word is named by what became of it; many nouns end in `ing`."""
    name = node.name.lower()
    happened = any(ast.unparse(base).endswith(HAPPENED) for base in node.bases)
    if happened or name.endswith("ing") or node.name[1:] != name[1:]:
        return False
    return name in STATES or _is_participle(name)


def _is_participle(name: str) -> bool:
    return name not in ADJECTIVES and PARTICIPLE.fullmatch(name) is not None


if __name__ == "__main__":
    sys.exit(main())
