"""A register in TOML: `[[tenant]]` tables. tomllib gives no lines, so they are found beside it."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from noc_tui.register.entry import RegisterEntry
from noc_tui.toml_text import parse_toml

_HEADER = re.compile(r"\s*(\[\[?)\s*([\w.\-]+)\s*\]\]?\s*(?:#.*)?\Z")
_KEY = re.compile(r"\s*([\w.\-]+)\s*=")
_TENANT = "tenant"


def entries(text: str) -> tuple[list[RegisterEntry], list[str]]:
    """The tenants, and keys at the top that are none; raises `tomllib.TOMLDecodeError`."""
    document = parse_toml(text, parse_float=Decimal)
    places = list(_places(text))
    tables = document.pop(_TENANT, [])
    found: list[RegisterEntry] = []
    for number, table in enumerate(tables if isinstance(tables, list) else [tables], 1):
        line, lines = places[number - 1] if number <= len(places) else (1, {})
        found.append(RegisterEntry(table if isinstance(table, dict) else {}, line, lines))
    return found, list(document)


def line_of_error(error: tomllib.TOMLDecodeError) -> int:
    """The line that the message of a syntax error names; 1 when it names none."""
    named = re.search(r"line (\d+)", str(error))
    return int(named[1]) if named else 1


def _places(text: str) -> Iterator[tuple[int, dict[str, int]]]:
    """For each `[[tenant]]` in order, its line and the lines of its keys, `amount.#2.monthly`."""
    line, lines, prefix = 0, dict[str, int](), ""
    arrays: Counter[str] = Counter()
    for number, content in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(content):
            if header[2] == _TENANT:
                if line:
                    yield line, lines
                line, lines, prefix, arrays = number, {}, "", Counter()
                continue
            prefix = header[2].removeprefix(f"{_TENANT}.")
            if header[1] == "[[":
                arrays[prefix] += 1
                prefix = f"{prefix}.#{arrays[prefix]}"
            lines[prefix] = number
        elif key := _KEY.match(content):
            lines[f"{prefix}.{key[1]}" if prefix else key[1]] = number
    if line:
        yield line, lines
