"""What users install: the built wheel holds everything that is read at run time."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    target = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = target.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_every_file_of_the_three_packages_is_in_the_wheel(names: set[str]) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "noc_tui", "widgets", "storage"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    missing = [name for name in listed.stdout.split() if name not in names]
    assert [name for name in missing if not name.endswith(".po")] == []


def test_the_compiled_catalogue_is_in_the_wheel(names: set[str]) -> None:
    assert "noc_tui/locale/fr/LC_MESSAGES/noc_tui.mo" in names


def test_nothing_else_is_in_the_wheel(names: set[str]) -> None:
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {
        "noc_tui",
        "widgets",
        "storage",
    }
