"""`noc-tui tenants import`: shown and asked in a terminal, taken from a script as before."""

import io
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from noc_tui.cluster.api_rows import ResourceRow
from noc_tui.cluster.build_snapshot import KnownCluster, PollAnswers, assemble
from noc_tui.config import RegisterConfig
from noc_tui.config.values import Demo
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.core.refusals import Refusals
from noc_tui.daemon.core.server import application
from noc_tui.daemon.polling import snapshot_rows
from noc_tui.daemon.tenants import service
from storage.evidence import Query, search
from storage.guests import GUESTS
from storage.register import TENANTS
from tests.support.commands import Called, call_in_thread
from tests.support.context import START, made_context
from tests.support.served import served

pytestmark = pytest.mark.anyio

HEADING = "id;name;email;pools;amounts"
LEA = "lea;Boulangerie Léa;compte@lea.example.fr;lea;2024-03-01=1250,00"
ZETA = "zeta;Zeta;compte@zeta.example.fr;zeta;"
Import = Callable[..., Awaitable[Called]]


@pytest.fixture
async def noc(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[tuple[Context, Import]]:
    """A `nocd` whose register has Léa and Zeta, each with a guest that runs; a way to import rows
    as a lead: `await imported(rows, "--yes", typed="y")`; `typed` is what a terminal gives.
    """
    async with made_context(tmp_path) as context:
        target = tmp_path / "tenants.csv"
        target.write_text("\n".join((HEADING, LEA, ZETA)), encoding="utf-8")
        context.config = replace(
            context.config,
            demo=Demo(account=os.getuid()),
            register=RegisterConfig(file=target),
        )
        rows = [
            ResourceRow(f"qemu/{vmid}", "qemu", node="a", vmid=vmid, status="running", pool=pool)
            for vmid, pool in enumerate(("lea", "zeta", "zeta"), 101)
        ]
        look = PollAnswers("rennes", "https://a", START, None, tuple(rows), ())
        snapshot, _known = assemble(look, KnownCluster())
        context.estate.remember(snapshot)
        built = service.build(context)
        await built.look()
        async with context.writer.change(itself()) as change:
            guests = [snapshot_rows.guest("rennes", one) for one in snapshot.guests.values()]
            await change.put(GUESTS, guests)
        app = application(lambda: context.config, Refusals(context.writer, context.clock))
        app.add_routes(built.routes())
        config = tmp_path / "console.toml"
        config.write_text(
            f'[database]\npath = "{context.config.database.path}"\n'
            f'[socket]\npath = "{context.config.socket.path}"\n'
        )

        async def imported(
            *rows: str, options: tuple[str, ...] = (), typed: str | None = None
        ) -> Called:
            file = tmp_path / "new.csv"
            file.write_bytes("\r\n".join((HEADING, *rows)).encode("cp1252"))
            monkeypatch.setattr(sys, "stdin", io.StringIO(typed or ""))
            monkeypatch.setattr(sys.stdin, "isatty", lambda: typed is not None)
            line = ["--lang", "en", "--config", str(config), "--as", "lea", "tenants", "import"]
            return await call_in_thread("tenants", [*line, str(file), *options])

        async with served(app, context.config.socket.path):
            yield context, imported


async def known(context: Context) -> list[str]:
    return [tenant.id for tenant in await TENANTS.read(context.writer)]


async def test_a_terminal_sees_the_changes_and_is_asked(noc: tuple[Context, Import]) -> None:
    context, imported = noc
    rows = (LEA.replace("compte@", "facture@"), ZETA, "bea;Béa;b@bea.example.fr;bea;")
    seen = await imported(*rows, typed="n\n")
    assert seen.code == 4
    assert "read as Windows-1252" in seen.out
    assert "new: bea (Béa)" in seen.out
    line = next(one for one in seen.out.splitlines() if "email" in one)
    assert line.split() == ["lea", "email", "compte@lea.example.fr", "facture@lea.example.fr"]
    assert await known(context) == ["lea", "zeta"]
    done = await imported(*rows, typed="y\n")
    assert done.code == 0
    assert "tenants in the register: 3" in done.out
    assert await known(context) == ["bea", "lea", "zeta"]


async def test_a_client_with_guests_goes_only_after_its_id_was_typed(
    noc: tuple[Context, Import],
) -> None:
    context, imported = noc
    for typed in ("y\ny\n", "lea\ny\n", "zeta\nn\n", ""):
        seen = await imported(LEA, typed=typed)
        assert seen.code == 4
        assert "▲ zeta (Zeta): 2 guests run, and would be nobody’s" in seen.out
        assert await known(context) == ["lea", "zeta"]
    assert (await imported(LEA, typed="zeta\ny\n")).code == 0
    assert await known(context) == ["lea"]
    (entry, *_) = await search(context.writer, Query(kind="register.imported"))
    assert '"confirmed":["zeta"]' in (entry.payload or "")


async def test_a_script_is_not_asked_and_confirms_by_name(noc: tuple[Context, Import]) -> None:
    context, imported = noc
    refused = await imported(LEA)
    assert refused.code == 4
    assert "zeta: 2 guests run" in refused.err
    assert (await imported(LEA, options=("--confirm", "zeta"))).code == 0
    assert await known(context) == ["lea"]


async def test_a_dry_run_keeps_nothing(noc: tuple[Context, Import]) -> None:
    context, imported = noc
    seen = await imported(LEA, options=("--dry-run", "--json"), typed="y\n")
    assert seen.code == 1
    document = json.loads(seen.out)
    assert document["removed"] == [{"tenant": "zeta", "name": "Zeta", "guests": 0}]
    assert document["losing"] == [{"tenant": "zeta", "name": "Zeta", "guests": 2}]
    same = await imported(LEA, ZETA, options=("--dry-run",))
    assert same.code == 0
    assert "nothing else than the register in force" in same.out
    both = await imported(LEA, ZETA.replace(";zeta;", ";zeta rennes:lea;"), options=("--dry-run",))
    assert both.code == 1
    assert "✖ pool rennes/lea is named by lea, zeta" in both.out
    assert await known(context) == ["lea", "zeta"]
    assert await search(context.writer, Query(kind="register.imported")) == []
