"""Evidence on a real database, driven by keys; `nocd` is down: read-only."""

from pathlib import Path

import pytest

from noc_tui.console.screens.evidence.screen import query_of
from storage.evidence import Query
from tests.console.alerted import opened
from tests.console.conftest import shows

pytestmark = pytest.mark.anyio


async def test_evidence_is_browsed_and_searched(tmp_path: Path) -> None:
    app = await opened(tmp_path)
    async with app.run_test(size=(110, 30)) as pilot:
        await pilot.press("9")
        shown = await shows(pilot, "alert.raised")
        assert "tenant:acme" in shown
        assert "\x1b" not in shown
        await pilot.press("slash", *"by:nobody", "enter")
        await shows(pilot, "No entry matches: Esc shows all.")


def test_what_is_typed_becomes_a_query() -> None:
    assert query_of("tenant:acme by:omar kind:mail. two words") == Query(
        subject="tenant:acme", account="omar", kind="mail.", text="two words", limit=300
    )
    day = query_of("since:2026-03-01 until:never").since
    assert day is not None
    assert day.isoformat() == "2026-03-01T00:00:00+01:00"
