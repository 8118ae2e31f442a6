"""Nobody approves, orders or restores over rows that somebody changed in the file."""

from pathlib import Path

import pytest

from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.values import Case
from noc_tui.daemon.core.errors import Conflict
from tests.daemon.suspension.lab import Lab
from tests.forgeries.rows import Forgery, forge, sql
from tests.support.cases import LEA, OMAR

pytestmark = pytest.mark.anyio

FORGERIES: dict[str, tuple[Forgery, str]] = {
    "the document": (
        sql("UPDATE suspension SET document = replace(document, 'omar', 'vera')"),
        "suspension [",
    ),
    "a column of the list": (sql("UPDATE suspension SET ground = 'unpaid'"), "suspension ["),
    "a guest less": (
        sql("DELETE FROM suspension_guest WHERE vmid = (SELECT min(vmid) FROM suspension_guest)"),
        "suspension_guest [",
    ),
    "a guest more": (
        sql(
            "INSERT INTO suspension_guest SELECT suspension, cluster, 999, name, state, detail,"
            " changed_at, revision FROM suspension_guest LIMIT 1"
        ),
        "suspension_guest [",
    ),
    "an entry": (
        sql(
            "UPDATE evidence_payload SET content = CAST(replace(content, 'draft', 'Draft') AS BLOB)"
            " WHERE seq = (SELECT max(seq) FROM evidence WHERE kind = 'suspension.edited')"
        ),
        "evidence ",
    ),
}


@pytest.fixture
def path(lab: Lab) -> Path:
    return lab.context.writer.path


@pytest.mark.parametrize("what", FORGERIES)
async def test_no_order_is_prepared_over_a_forged_row(lab: Lab, path: Path, what: str) -> None:
    case = await lab.draft("service-threat")
    forgery, named = FORGERIES[what]
    await lab.stop()  # nobody else writes meanwhile
    forge(path, forgery)
    with pytest.raises(Conflict) as refused:
        await lab.ordered(case)
    assert named in str(refused.value)
    assert not [key for key in lab.writes if "qemu" in key]


async def test_a_forged_case_can_be_cancelled(lab: Lab, path: Path) -> None:
    case = await lab.draft("service-threat")
    await lab.stop()
    forge(path, FORGERIES["a column of the list"][0])
    cancelled = await lab.tell(case, ev.Cancelled(at=lab.now(), by=LEA, reason="forged"))
    assert cancelled.state == "cancelled"


async def test_a_restoration_is_not_ordered_over_a_forged_journal(lab: Lab, path: Path) -> None:
    case: Case = await lab.suspended()
    await lab.stop()
    forge(path, sql("UPDATE suspension_step SET record = replace(record, 'net0', 'net1')"))
    with pytest.raises(Conflict, match="suspension_step"):
        await lab.tell(case, ev.RestoreOrdered(at=lab.now(), by=OMAR))
