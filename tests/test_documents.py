"""The documents name files that exist: every link, every path and every file name in backticks."""

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
BARE = re.compile(r"`([A-Za-z_]\w*\.(?:py|toml|sql|tcss|po|md))`")
"""A file name without a folder; the text before it may name the folder."""
ABSENT = ("/", ".venv", "estate/", "observations/", "documents/", "exhibits/")
"""What is made by a run, or stands on the machine that the product is installed on."""


INSTALLED = frozenset({"noc.toml", "prober.toml", "tenants.toml", "timeline.md", "NNNN_name.sql"})
"""Files that an installation, a pack or a change has, and the repository has not."""


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


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_named_without_its_folder_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    folders = {path for path in _named(text) if not Path(path).suffix}
    folders |= {str(Path(path).parent) for path in _named(text)}
    assert [name for name in BARE.findall(text) if not _is_found(name, folders)] == []


def _is_found(name: str, folders: set[str]) -> bool:
    """Whether one file has that name, or one of several stands in a folder that the text names."""
    places = [path for path in STANDING if Path(path).name == name]
    if len(places) < 2:
        return len(places) == 1 or name in INSTALLED
    return any(folder in str(Path(place).parent) for place in places for folder in folders)
