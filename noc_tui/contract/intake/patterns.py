"""The expressions that notices and letters are recognised by, read from data at first use."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class Patterns:
    """One expression a name; `kinds` those of the kinds, the most exact first."""

    named: Mapping[str, re.Pattern[str]]
    kinds: tuple[tuple[str, re.Pattern[str]], ...]

    def found(self, name: str, text: str) -> re.Match[str] | None:
        """The first place where the text says what the name stands for."""
        return self.named[name].search(text)


@cache
def load_patterns(file: str, kinds: str) -> Patterns:
    """The expressions of a file beside this module; its table `kinds` holds the kinds."""
    source = resources.files("noc_tui.contract.intake") / file
    document = tomllib.loads(source.read_text(encoding="utf-8"))
    address = str(document.get("ip", ""))
    named = {name: _any(value, address) for name, value in document.items() if _is_list(value)}
    table = {name: _any(value, address) for name, value in document[kinds].items()}
    return Patterns(named, tuple(table.items()))


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _any(alternatives: list[str], address: str) -> re.Pattern[str]:
    return re.compile("|".join(alternatives).replace("{ip}", address))
