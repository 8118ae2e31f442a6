"""The documents name files that exist: every link, and every path in backticks."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted(
    path
    for path in (*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("*/*.md"))
    if ".venv" not in path.parts
)
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")
NAMED = re.compile(r"`([\w./-]+/[\w./-]*|[\w-]+/[\w.-]+\.\w+)`")
ABSENT = ("/", ".venv", "estate/", "observations/", "documents/")
"""What is made by a run, or stands on the machine that the product is installed on."""


STANDING = frozenset(
    str(path.relative_to(ROOT))
    for path in ROOT.rglob("*")
    if not path.relative_to(ROOT).parts[0].startswith(".")
)


def _named(text: str) -> Iterator[str]:
    for path in NAMED.findall(text):
        if not path.startswith(ABSENT):
            yield path.rstrip("/")


def _stands(path: str) -> bool:
    """Whether it is there from the root, or from a folder that the text speaks of."""
    return path in STANDING or any(name.endswith(f"/{path}") for name in STANDING)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(document: Path) -> None:
    links = LINK.findall(document.read_text(encoding="utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_path_named_exists(document: Path) -> None:
    named = _named(document.read_text(encoding="utf-8"))
    assert [path for path in named if not _stands(path)] == []
