"""What a console loads before its first frame: start-up time is imports."""

import subprocess
import sys

import pytest

LOADED = """
import sys
import noc_tui.cli, noc_tui.commands.console, noc_tui.console.app
import noc_tui.console.screens.overview.screen
print(*sys.modules, sep="\\n")
"""
LATER = (
    "babel",
    "hashlib",
    "http.client",
    "json",
    "noc_tui.console.dialogs.base",
    "noc_tui.console.filtered_screen",
    "noc_tui.console.nocd.transport",
    "noc_tui.console.shell.palette",
    "noc_tui.contract.calendar",
    "noc_tui.contract.terms_book",
    "noc_tui.labels.legal",
    "noc_tui.letters.writing",
    "noc_tui.queries.tenants_now",
    "noc_tui.spreadsheet",
    "secrets",
    "storage.change",
    "storage.row_values",
    "textual.widgets._text_area",
)
"""What other screens, a dialog, a request to `nocd` or the write path bring, once needed."""


@pytest.fixture(scope="module")
def loaded() -> frozenset[str]:
    ran = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    return frozenset(ran.stdout.split())


@pytest.mark.parametrize("name", LATER)
def test_it_comes_after_the_first_frame(name: str, loaded: frozenset[str]) -> None:
    assert name not in loaded


def test_the_overview_is_there(loaded: frozenset[str]) -> None:
    assert "noc_tui.console.screens.overview.lines" in loaded
