"""The French catalogue: compile it, and check that it neither lags the code nor outlives it.

English is the source language: a message id *is* the English text. Each part of the product keeps
its translations in `noc_tui/locale/fr/<part>.po`, so that parts can be worked on apart; all of them
are merged into the one `noc_tui.mo` that gettext reads.

usage: catalogues.py compile | check
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

PACKAGES = ("noc_tui", "widgets", "storage")
MARKERS = frozenset({"_", "N_", "gettext_noop"})
# What French does not write: a straight apostrophe in a word, a breakable space before : ; ? ! %.
UNTYPOGRAPHIC = re.compile(r"(?<=[A-Za-zÀ-ÿ])'(?=[A-Za-zÀ-ÿ])| (?:[:;?!»€]|%(?![(sr]))|« ")


def fragments(root: Path) -> list[Path]:
    """The `.po` files of the French catalogue, one a part, in a stable order."""
    return sorted((root / "noc_tui" / "locale" / "fr").glob("*.po"))


def merged(root: Path) -> tuple[Catalog, list[str]]:
    """All fragments in one catalogue, and a line for each message given twice with two meanings."""
    whole = Catalog(locale="fr", domain="noc_tui", fuzzy=False)
    problems: list[str] = []
    for path in fragments(root):
        with path.open("rb") as file:
            part = read_po(file, locale="fr", abort_invalid=True)
        for message in part:
            if not message.id:
                continue
            known = whole.get(message.id)
            if known is not None and known.string != message.string:
                problems.append(f"{path.name}: {message.id!r} has another translation elsewhere")
            whole.add(message.id, message.string, flags=message.flags)
    return whole, problems


def compile_catalogues(root: Path) -> Path:
    """Write `noc_tui/locale/fr/LC_MESSAGES/noc_tui.mo`, the file gettext opens; its path."""
    catalogue, problems = merged(root)
    if problems:
        raise SystemExit("\n".join(problems))
    target = root / "noc_tui" / "locale" / "fr" / "LC_MESSAGES" / "noc_tui.mo"
    target.parent.mkdir(exist_ok=True)
    with target.open("wb") as file:
        write_mo(file, catalogue)
    return target


def marked(root: Path) -> Iterator[tuple[str, str]]:
    """(message id, where) of every string that the code marks for translation."""
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
            for node in ast.walk(tree):
                if not isinstance(node, ast.Call) or not node.args:
                    continue
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                first = node.args[0]
                if (
                    name in MARKERS
                    and isinstance(first, ast.Constant)
                    and isinstance(first.value, str)
                ):
                    yield first.value, f"{path.relative_to(root)}:{node.lineno}"


def placeholders(text: str) -> frozenset[str]:
    """The `{names}` in a message: a translation must keep them all."""
    from string import Formatter

    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def check(root: Path) -> list[str]:
    """Return every disagreement between the code and the catalogue, a line each."""
    catalogue, problems = merged(root)
    used: dict[str, str] = {}
    for text, where in marked(root):
        used.setdefault(text, where)
    for text, where in used.items():
        message = catalogue.get(text)
        if message is None or not message.string:
            problems.append(f"{where}: no French for {text!r}")
        elif placeholders(text) != placeholders(str(message.string)):
            problems.append(f"{where}: the French of {text!r} has other placeholders")
        elif UNTYPOGRAPHIC.search(str(message.string)):
            problems.append(f"{where}: the French of {text!r} wants ’ or an unbreakable space")
    problems.extend(
        f"noc_tui/locale/fr: {message.id!r} is no longer used"
        for message in catalogue
        if message.id and message.id not in used
    )
    return problems


def main(arguments: list[str]) -> int:
    root = Path(__file__).resolve().parent.parent
    if arguments == ["compile"]:
        compile_catalogues(root)
        return 0
    if arguments == ["check"]:
        problems = check(root)
        print("\n".join(problems) or "catalogues: French and English agree")
        return 1 if problems else 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
