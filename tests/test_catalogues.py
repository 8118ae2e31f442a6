"""The check of the catalogue finds a number before a noun that has one form only."""

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "catalogues_tool", ROOT / "tools" / "catalogues.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("text", ["{n} guests", "for {n} VMs", "{count} signed heads agree"])
def test_a_counted_text_of_one_form_is_a_problem(tool: ModuleType, text: str) -> None:
    catalogue, _problems = tool.merged(ROOT)
    assert any("ngettext" in wrong for wrong in tool.wrongs(catalogue, text))


def test_both_forms_want_their_french(tool: ModuleType) -> None:
    catalogue, _problems = tool.merged(ROOT)
    known = ("{count} item accepted", "{count} items accepted")
    assert list(tool.wrongs(catalogue, known)) == []
    (wrong,) = tool.wrongs(catalogue, ("{count} item accepted", "{count} things accepted"))
    assert wrong.startswith("no French")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('msgid "a"\nmsgstr "x"\nmsgstr "y"\n', "part.po:3: msgstr after msgstr"),
        ('msgid "a"\nmsgstr "x"\n\nmsgid "a"\nmsgstr "x"\n', "part.po:5: 'a' stands twice"),
        ('msgid ""\n"a"\nmsgstr "x"\n\nmsgid "a"\nmsgstr "x"\n', "part.po:6: 'a' stands twice"),
        ('msgid "a"\nmsgid_plural "b"\nmsgstr[0] "x"\nmsgid "c"\n', "part.po:4: msgid after"),
    ],
)
def test_what_a_merge_leaves_behind_is_a_problem(
    tool: ModuleType, tmp_path: Path, text: str, problem: str
) -> None:
    part = tmp_path / "part.po"
    part.write_text(text)
    (found,) = tool.malformed_lines(part)
    assert found.startswith(problem)
