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
PLURAL_MARKER = "ngettext"
# A number before its noun: as one text it would say "1 guests". Times are left out: most are those
# of the terms, which no contract sets to one.
COUNTED = re.compile(
    r"\{\w+\} (?:\w+ )?(?:clusters|contents|digests|entries|fields|files|guests|heads"
    r"|items|lines|machines|mails|nodes|problems|rows|runs|tenants|times|VMs)\b"
)
Text = str | tuple[str, str]
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
        problems.extend(malformed_lines(path))
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


KEYWORD = re.compile(r'(msgid_plural|msgid|msgstr(?:\[\d\])?) "(.*)"$')
# What may follow a keyword: a merge of two branches can leave a second translation, which readers
# of the format either refuse or take for one text with the first.
NEXT_KEYWORDS = {
    "msgid": {"msgstr", "msgid_plural"},
    "msgid_plural": {"msgstr[0]"},
    "msgstr": {"msgid"},
    "msgstr[0]": {"msgstr[1]"},
    "msgstr[1]": {"msgid"},
}


def malformed_lines(path: Path) -> list[str]:
    """A line for each place where a `.po` file has not one translation a message, once."""
    problems: list[str] = []
    seen: set[str] = set()
    before, message = "msgstr", ""
    lines = path.read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines, 1):
        found = KEYWORD.match(line)
        if found is None:
            message += line.strip('"') if line.startswith('"') and before == "msgid" else ""
            continue
        keyword = found[1]
        if keyword not in NEXT_KEYWORDS[before]:
            problems.append(f"{path.name}:{number}: {keyword} after {before}")
        if before == "msgid" and keyword != "msgid":
            if message in seen:
                problems.append(f"{path.name}:{number}: {message!r} stands twice in this file")
            seen.add(message)
        before, message = keyword, found[2] if keyword == "msgid" else message
    return problems


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


def marked(root: Path) -> Iterator[tuple[Text, str]]:
    """(message id, where) of every string that the code marks for translation; the id of a plural
    is both its forms.
    """
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
            for node in ast.walk(tree):
                if not isinstance(node, ast.Call) or not node.args:
                    continue
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                texts = [one.value for one in node.args if isinstance(one, ast.Constant)]
                where = f"{path.relative_to(root)}:{node.lineno}"
                if name in MARKERS and texts and isinstance(texts[0], str):
                    yield texts[0], where
                elif name == PLURAL_MARKER and len(texts) > 1:
                    yield (str(texts[0]), str(texts[1])), where


def placeholders(text: str) -> frozenset[str]:
    """The `{names}` in a message: a translation must keep them all."""
    from string import Formatter

    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def check(root: Path) -> list[str]:
    """Return every disagreement between the code and the catalogue, a line each."""
    catalogue, problems = merged(root)
    used: dict[Text, str] = {}
    for text, where in marked(root):
        used.setdefault(text, where)
    for text, where in used.items():
        problems.extend(f"{where}: {wrong}" for wrong in wrongs(catalogue, text))
    problems.extend(
        f"noc_tui/locale/fr: {message.id!r} is no longer used"
        for message in catalogue
        if message.id and message.id not in used
    )
    return problems


def wrongs(catalogue: Catalog, text: Text) -> Iterator[str]:
    """What is wrong with one text and its French."""
    if isinstance(text, str) and COUNTED.search(text):
        yield f"{text!r} counts something: give both its forms to ngettext"
    forms = (text,) if isinstance(text, str) else text
    message = catalogue.get(forms[0])
    if message is None or message.id != text or not all(french_forms(message.string)):
        yield f"no French for {text!r}"
        return
    for form, french in zip(forms, french_forms(message.string), strict=True):
        if placeholders(form) != placeholders(french):
            yield f"the French of {form!r} has other placeholders"
        elif UNTYPOGRAPHIC.search(french):
            yield f"the French of {form!r} wants ’ or an unbreakable space"


def french_forms(string: object) -> tuple[str, ...]:
    """The translation of a message, or both its forms."""
    return tuple(map(str, string)) if isinstance(string, tuple | list) else (str(string),)


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
