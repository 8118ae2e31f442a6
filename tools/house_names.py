"""Refuses a value built from many positional arguments, and a class name that stands for two types.

    python tools/house_names.py      # exit code 1, and a line for each place

A call of a CapWords name takes at most five positional arguments, starred ones among them: what
each value means stands beside it. A class at the top of a module has a name of its own among
`noc_tui`, `storage` and `widgets`; the structs of `noc_tui.api`, which are always named with their
module, and the simulator's model of Proxmox are apart.
"""

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = ("noc_tui", "storage", "widgets")
APART = ("noc_tui/api/", "noc_tui/simulator/")
MOST = 5


def main() -> int:
    trees = {
        file.relative_to(ROOT).as_posix(): ast.parse(file.read_text(encoding="utf-8"))
        for package in PACKAGES
        for file in sorted((ROOT / package).rglob("*.py"))
    }
    found = [*_crowded(trees), *_doubled(trees)]
    for line in found:
        print(line)
    if not found:
        print("house names: every class has its own, no call is crowded")
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


if __name__ == "__main__":
    sys.exit(main())
