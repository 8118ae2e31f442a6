"""A sentence that names a key names the key that the command has, not the one it was born with."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import noc_tui

ROOT = Path(noc_tui.__file__).parent
FOLDERS = ("console", "labels", "views")
KEY = re.compile(r"\((?:\^?[A-Za-z]|F\d+)\)")
"""One key in brackets, as a hint writes it."""
OF_A_LANGUAGE = {"Yes (y)", "No (n)"}
"""The letters of the answers follow the language; remapped, the dialog words them anew."""


def messages() -> Iterator[str]:
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("_", "N_"):
                    yield from (
                        one.value
                        for one in node.args[:1]
                        if isinstance(one, ast.Constant) and isinstance(one.value, str)
                    )


def test_no_sentence_has_a_key_in_it() -> None:
    found = {text for text in messages() if KEY.search(text)}
    assert found == OF_A_LANGUAGE, 'self.key_of("subject.command")'
