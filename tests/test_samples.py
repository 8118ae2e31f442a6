"""The samples in `docs/samples/` are what the product writes today: `make samples` makes them."""

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs" / "samples"


@pytest.fixture(scope="module")
def samples() -> dict[str, str]:
    return dict(_tool().made_samples())


def _tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("samples_tool", ROOT / "tools" / "samples.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_the_samples_are_current(samples: dict[str, str]) -> None:
    stale = [
        name
        for name, text in samples.items()
        if not (FOLDER / name).exists() or (FOLDER / name).read_text(encoding="utf-8") != text
    ]
    assert stale == [], "make samples"
    kept = {str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.*")} - {"README.md"}
    assert kept == set(samples)


def test_no_sample_has_a_blank_a_raw_time_or_a_rule_of_ours(samples: dict[str, str]) -> None:
    for name, text in samples.items():
        letters = text.split("## Dossier\n")[0].split("## Case\n")[0]
        for wrong in ("⟦", "T10:", "+01:00", " EUR"):
            assert wrong not in letters, (name, wrong)
        assert re.search(r"\bR\d", text) is None, name


def test_french_letters_have_french_spaces(samples: dict[str, str]) -> None:
    for name, text in samples.items():
        if name.startswith("fr/") and name.endswith(".md"):
            letter = text.split("## Dossier\n")[0]
            for sign in (" :", " ;", " ?", " !", " €", " %", "« ", " »"):
                assert sign not in letter, (name, sign)


def test_only_the_page_of_commands_shows_a_key(samples: dict[str, str]) -> None:
    """A client and a lead read words; keys and ids are for the one who types."""
    for name, text in samples.items():
        if name.endswith(".md"):
            read = re.sub(r"(?s)\n## (?:Dossier|Case)\n.*?\n## ", "\n## ", text)
            assert re.findall(r"\b[a-z]+\\?_[a-z_]+\b", read) == [], name
