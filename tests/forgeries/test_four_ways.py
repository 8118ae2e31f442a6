"""Statement, `sla list`, the SLA screen and the pack say the same of a month, or all refuse."""

import asyncio
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from noc_tui import cli, i18n
from noc_tui.console.app import NocApp
from noc_tui.console.screens.sla.screen import Sla
from noc_tui.console.screens.sla.tables import SlaLine, credit_text, owed_text
from noc_tui.contract.calendar import SECOND
from tests.console.conftest import app_on, until
from tests.forgeries.rows import MARCH, Forgery, Lived, forge, lived_database, sql

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    return asyncio.run(lived_database(tmp_path_factory.mktemp("lived")))


class Copy(NamedTuple):
    path: Path
    config: Path


@pytest.fixture
def copied(lived: Lived, tmp_path: Path) -> Copy:
    path = tmp_path / "noc.db"
    shutil.copy(lived.path, path)
    config = tmp_path / "noc.toml"
    config.write_text(lived.config.read_text().replace(str(lived.path), str(path)))
    return Copy(path, config)


Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(copied: Copy, capsys: pytest.CaptureFixture[str]) -> Run:
    def command(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        code = cli.main(["--config", str(copied.config), *arguments])
        return code, capsys.readouterr().out

    return command


STATEMENT = ("sla", "statement", "--tenant", "zeta", "--month", "2026-03")
LIST = ("sla", "list", "--month", "2026-03", "--json")


def statement(run: Run) -> tuple[int, dict[str, Any]]:
    code, out = run(*STATEMENT, "--format", "json")
    return code, json.loads(out)


def listed(run: Run, tenant: str) -> tuple[int, dict[str, Any]]:
    code, out = run(*LIST)
    (line,) = [one for one in json.loads(out)["tenants"] if one["tenant"] == tenant]
    return code, line


async def on_screen(copied: Copy, wanted: Callable[[SlaLine], bool]) -> SlaLine:
    """The tenant's line of the screen, once it is as wanted."""
    i18n.use("en")
    async with app_on(copied.path, copied.path.with_name("s")).run_test(size=(200, 50)) as pilot:
        await pilot.press("5")
        app = pilot.app
        assert isinstance(app, NocApp)
        await until(pilot, lambda: isinstance(app.screen, Sla))
        screen = app.screen
        assert isinstance(screen, Sla)
        screen._month = MARCH
        screen.renew(anew=True)

        def line() -> SlaLine | None:
            found: SlaLine | None = screen.table.rows.get("zeta")
            return found if found is not None and found.figure.month == str(MARCH) else None

        await until(pilot, lambda: (found := line()) is not None and wanted(found))
        found = line()
        assert found is not None
        return found


async def test_all_four_agree_to_the_second_and_the_cent(copied: Copy, run: Run) -> None:
    code, said = await asyncio.to_thread(statement, run)
    assert (code, said["verified"], said["problems"]) == (0, True, [])
    code, line = await asyncio.to_thread(listed, run, "zeta")
    assert (code, line["verified"]) == (0, True)
    shown = await on_screen(copied, lambda line: not line.problems)
    down = said["contractual"]["down_seconds"]
    assert down == line["contractual"]["down_seconds"] == str(shown.figure.counted // SECOND)
    assert said["contractual"]["percent"] == line["contractual"]["percent"] == shown.rate.percent
    assert said["raw"]["down_seconds"] == str(shown.figure.down // SECOND)
    amount = said["credit"]["amount"]
    assert (said["credit"]["tier"], line["tier"], shown.tier) == (10, 10, 10)
    assert amount == line["amount"] == owed_text(shown).removeprefix("€") == "125.00"
    out = copied.path.with_name("zeta.zip")
    export = ("evidence", "export", "tenant:zeta", "--out", str(out))
    code, _out = await asyncio.to_thread(run, *export)
    assert code == 0
    assert out.exists()


FORGERIES: dict[str, Forgery] = {
    "outage": sql('UPDATE outage SET "end" = start + 1'),
    "outage deleted": sql("DELETE FROM outage"),
    "outage moved": sql("UPDATE outage SET tenant = 'acme'"),
    "exclusion": sql('UPDATE exclusion SET "end" = "end" + 3600000000'),
    "exclusion added": sql(
        'INSERT INTO exclusion(id, tenant, start, "end", basis, reason, account, at, contestable,'
        " evidence, revision) SELECT 99, tenant, start, \"end\" + 1, 'quota', 'x', 'omar', at, 0,"
        " evidence, revision FROM exclusion LIMIT 1"
    ),
    "attribution": sql("UPDATE attribution SET party = 'client'"),
    "credit": sql("UPDATE credit SET refused = 'no', decided_at = received"),
    "credit deleted": sql("DELETE FROM credit"),
    "promise": sql("UPDATE promise SET commitment = '9/10'"),
    "amount": sql("UPDATE tenant_amount SET amount = '1.00' WHERE tenant = 'zeta'"),
    "contract date": sql("UPDATE tenant SET contract_start = '2026-03-31' WHERE id = 'zeta'"),
    "unmeasured": sql("UPDATE unmeasured SET \"end\" = start WHERE tenant = 'zeta'"),
    "observer": sql("UPDATE observer SET since = since + 3600000000"),
    "placement": sql("UPDATE placement SET tenant = 'acme' WHERE tenant = 'zeta'"),
    "ledger": sql("UPDATE ledger SET state = 'up' WHERE state = 'down'"),
    "ledger deleted": sql("DELETE FROM ledger WHERE state = 'down'"),
    "month_figure": sql("UPDATE month_figure SET counted = 0, down = 0 WHERE tenant = 'zeta'"),
    "month_figure's terms": sql("UPDATE month_figure SET terms = 'of-old' WHERE tenant = 'zeta'"),
    "payload": sql(
        "UPDATE evidence_payload SET content = CAST('{}' AS BLOB) WHERE seq = 4",
    ),
}


@pytest.mark.parametrize("what", FORGERIES)
async def test_all_four_refuse_together(copied: Copy, run: Run, what: str) -> None:
    forge(copied.path, FORGERIES[what])
    code, said = await asyncio.to_thread(statement, run)
    assert (code, said["verified"]) == (1, False)
    assert said["problems"]
    credit = said["credit"]
    assert (credit["tier"], credit["amount"], credit["granted"]) == (None, None, None)
    _code, page = await asyncio.to_thread(run, *STATEMENT, "--lang", "en")
    assert "NOT VERIFIED" in page.split("\n## ")[1]
    assert "125.00" not in page
    code, line = await asyncio.to_thread(listed, run, "zeta")
    assert (code, line["verified"], line["tier"], line["amount"]) == (1, False, None, None)
    _code, table = await asyncio.to_thread(run, *LIST[:-1], "--lang", "en")
    assert "not as recorded" in table
    shown = await on_screen(copied, lambda line: bool(line.problems))
    assert owed_text(shown) == ""
    assert "not as recorded" in credit_text(shown)
    if what != "payload":  # an unsigned pack of a broken chain says so to whoever verifies it
        export = ("evidence", "export", "tenant:zeta", "--out", str(copied.path.with_name("z")))
        code, _out = await asyncio.to_thread(run, *export)
        assert code == 1


async def test_what_concerns_another_tenant_hinders_nobody(copied: Copy, run: Run) -> None:
    forge(copied.path, sql("UPDATE tenant_amount SET amount = '1.00' WHERE tenant = 'acme'"))
    code, said = await asyncio.to_thread(statement, run)
    assert (code, said["verified"], said["credit"]["amount"]) == (0, True, "125.00")
    code, line = await asyncio.to_thread(listed, run, "acme")
    assert (code, line["verified"]) == (1, False)


async def test_the_digest_covers_the_figures(copied: Copy, run: Run) -> None:
    _code, before = await asyncio.to_thread(statement, run)
    forge(copied.path, sql('UPDATE outage SET "end" = start + 1'))
    _code, after = await asyncio.to_thread(statement, run)
    assert before["entries"] == after["entries"]
    assert before["digest"] != after["digest"]
