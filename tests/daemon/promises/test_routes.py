"""What people note about the promises: kept with its entry, or refused with the field's name."""

from datetime import timedelta
from typing import Any

import pytest

from noc_tui.daemon.core.context import Context
from storage.backup_nights import RESTORE_TESTS
from storage.evidence import Query, search
from tests.daemon.promises.conftest import Post
from tests.support.context import START

pytestmark = pytest.mark.anyio

TESTS = "/v1/promises/restore-tests"


def restore_test(**changes: Any) -> dict[str, Any]:
    return {
        "tenant": "acme",
        "guest": "rennes/101",
        "tested_at": (START - timedelta(hours=1)).isoformat(),
        "outcome": "ok",
        **changes,
    }


async def test_a_restore_test_is_kept_with_its_entry(noc: tuple[Context, Post]) -> None:
    context, post = noc
    assert await post("omar", TESTS, **restore_test(note=" boots ")) == (201, {"number": 1})
    assert await post("olga", TESTS, **restore_test(outcome="failed")) == (201, {"number": 2})
    first, second = await RESTORE_TESTS.read(context.writer)
    assert (first.account, first.vmid, first.outcome, first.note) == ("omar", 101, "ok", "boots")
    assert (second.account, second.outcome) == ("olga", "failed")
    entries = await search(context.writer, Query(kind="backup.restore_tested"))
    assert [entry.subjects for entry in entries] == [("tenant:acme", "guest:rennes/101")] * 2


@pytest.mark.parametrize(
    ("who", "changes", "status", "word"),
    [
        ("vera", {}, 403, "vera"),
        ("omar", {"tenant": "nobody"}, 404, "nobody"),
        ("omar", {"guest": "101"}, 400, "guest"),
        ("omar", {"tested_at": "2026-03-10T08:00:00"}, 400, "tested_at"),
        ("omar", {"tested_at": (START + timedelta(minutes=1)).isoformat()}, 400, "tested_at"),
        ("omar", {"backup_at": START.isoformat()}, 400, "backup_at"),
        ("omar", {"outcome": "fine"}, 400, "outcome"),
    ],
)
async def test_what_cannot_be_is_refused(
    noc: tuple[Context, Post], who: str, changes: dict[str, Any], status: int, word: str
) -> None:
    context, post = noc
    said = await post(who, TESTS, **restore_test(**changes))
    assert said[0] == status
    assert word in said[1]["error"]
    assert await RESTORE_TESTS.read(context.writer) == []
