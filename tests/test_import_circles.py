"""The check for import circles sees those for types and inside functions too."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CONTRACT = """
[tool.importlinter]
root_packages = ["{package}"]

[[tool.importlinter.contracts]]
name = "no circle"
type = "acyclic_siblings"
ancestors = ["{package}"]
"""


@pytest.mark.parametrize(
    ("second", "kept"),
    [
        ("ONE = 1\n", True),
        ("from {package} import one\n", False),
        (
            "from typing import TYPE_CHECKING\n\n"
            "if TYPE_CHECKING:\n    from {package} import one\n",
            False,
        ),
        ("def later() -> None:\n    from {package} import one\n", False),
    ],
    ids=["none", "at the top", "for types", "in a function"],
)
def test_a_circle_of_any_kind_breaks_the_contract(tmp_path: Path, second: str, kept: bool) -> None:
    name = "circled"
    package = tmp_path / name
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "one.py").write_text(f"from {name} import two\n")
    (package / "two.py").write_text(second.format(package=name))
    (tmp_path / "pyproject.toml").write_text(CONTRACT.format(package=name))
    found = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (found.returncode == 0) is kept, found.stdout + found.stderr
