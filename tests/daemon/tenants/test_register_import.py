"""A register that is handed in is taken as a whole or not at all."""

import asyncio
import dataclasses
import os
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from noc_tui import register
from noc_tui.api.register import RegisterFile
from noc_tui.clock import SteppedClock
from noc_tui.cluster.api_rows import ResourceRow
from noc_tui.cluster.build_snapshot import KnownCluster, assemble
from noc_tui.cluster.build_snapshot import PollAnswers as ResourcePoll
from noc_tui.cluster.difference import Difference, SnapshotChanges
from noc_tui.cluster.snapshot import PoolSnapshot
from noc_tui.commands.tenants_import import describe_preview
from noc_tui.config import RegisterConfig
from noc_tui.contract.calendar import Month
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import BadRequest, Conflict, Unavailable
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.core.server import Call
from noc_tui.daemon.core.service import PollResult
from noc_tui.daemon.polling import snapshot_rows
from noc_tui.daemon.tenants import service
from noc_tui.daemon.tenants.register_import import check_register, put_in_place, write_beside
from noc_tui.daemon.tenants.register_rows import register_rows
from noc_tui.queries.record_check import INTACT_RECORD
from noc_tui.roles import Caller, Role
from noc_tui.statement.build_statement import StatementFrame, statement
from noc_tui.statement.document import Statement
from storage import evidence
from storage.change import Change
from storage.evidence import Query, search
from storage.guests import GUESTS
from storage.inventory import SOURCES
from storage.register import QUOTAS, TENANTS, replace_register
from tests.support.changes import recorded
from tests.support.context import START, made_context

GOOD = '[[tenant]]\nid = "acme"\nname = "Acme"\nemail = "a@acme.example.fr"\npools = ["acme"]\n'


def test_a_good_register_is_taken(tmp_path: Path) -> None:
    target, service = check_register(RegisterFile("new.toml", GOOD), tmp_path / "tenants.toml")
    assert [tenant.id for tenant in service] == ["acme"]
    assert target == tmp_path / "tenants.toml"


def test_every_mistake_is_answered_with_its_line(tmp_path: Path) -> None:
    bad = GOOD.replace('"Acme"', "3").replace("a@acme", "acme")
    with pytest.raises(BadRequest) as refused:
        check_register(RegisterFile("new.toml", bad), tmp_path / "tenants.toml")
    assert "new.toml:3: acme: name" in str(refused.value)
    assert "new.toml:4: acme: email" in str(refused.value)


def test_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match=r"new\.csv"):
        check_register(RegisterFile("new.csv", GOOD), tmp_path / "tenants.toml")


def test_without_a_configured_register_nothing_is_taken() -> None:
    with pytest.raises(Conflict, match="register"):
        check_register(RegisterFile("new.toml", GOOD), None)


def test_the_file_is_replaced_in_one_step_and_keeps_its_mode(tmp_path: Path) -> None:
    target = tmp_path / "tenants.toml"
    target.write_text("old", encoding="utf-8")
    target.chmod(0o600)
    put_in_place(write_beside(target, GOOD), target)
    assert target.read_text(encoding="utf-8") == GOOD
    assert target.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [target]


def test_a_file_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be written"):
        write_beside(tmp_path / "nowhere" / "tenants.toml", GOOD)


@asynccontextmanager
async def kept(tmp_path: Path, file: Path) -> AsyncIterator[tuple[service.TenantService, Context]]:
    """The part that keeps a register's file."""
    async with made_context(tmp_path) as made:
        settings = RegisterConfig(file=file)
        config = msgspec.structs.replace(made.config, register=settings)
        context = dataclasses.replace(made, config=config)
        yield service.build(context), context


async def handed_in(part: service.TenantService, text: str, *confirmed: str) -> None:
    """As a lead does on the socket."""
    lead = Caller(1003, "lea", Role.LEAD)
    await part.take(Call(lead, RegisterFile("new.toml", text, confirmed), {}, {}))


@pytest.mark.anyio
async def test_what_cannot_be_written_is_not_on_record_as_imported(tmp_path: Path) -> None:
    async with kept(tmp_path, tmp_path / "nowhere" / "tenants.toml") as (part, context):
        with pytest.raises(Unavailable):
            await handed_in(part, GOOD)
        assert await search(context.writer, Query(kind="register.imported")) == []


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("before", "since", "stands"), [(True, False, GOOD), (True, True, "edited"), (False, False, "")]
)
async def test_an_import_that_a_crash_cut_off_is_as_the_record_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: bool, since: bool, stands: str
) -> None:
    """`before`: the crash came before the rename, else before the commit. `since`: a later edit."""
    file = tmp_path / "tenants.toml"
    file.write_text("", encoding="utf-8")
    os.utime(file, ns=(0, 0))

    def killed(*_given: object, **_named: object) -> None:
        raise Killed

    async with kept(tmp_path, file) as (part, context):
        owner, name = (service, "put_in_place") if before else (Change, "record")
        with monkeypatch.context() as patch:
            patch.setattr(owner, name, killed)
            with pytest.raises(Killed):
                await handed_in(part, GOOD)
        assert len(os.listdir(tmp_path)) == 3  # with the database's directory
        if since:
            file.write_text("edited", encoding="utf-8")
            os.utime(file, ns=(1 << 62, 1 << 62))
        again = asyncio.create_task(service.build(context).run())
        async for _looked in context.bus.revisions(context.bus.revision):
            break
        again.cancel()
        await asyncio.gather(again, return_exceptions=True)
        assert file.read_text(encoding="utf-8") == stands
        assert len(os.listdir(tmp_path)) == 2


@pytest.mark.anyio
async def test_an_import_that_cannot_take_its_place_is_on_record_as_failed(
    tmp_path: Path,
) -> None:
    file = tmp_path / "tenants.toml"
    file.mkdir()
    async with kept(tmp_path, file) as (part, context):
        with pytest.raises(Unavailable):
            await handed_in(part, GOOD)
        kinds = [entry.kind for entry in await search(context.writer, Query(kind="register."))]
        assert kinds == ["register.import-failed", "register.imported"]


@pytest.mark.anyio
async def test_a_pool_that_the_token_is_not_shown_any_more_keeps_its_tenant(tmp_path: Path) -> None:
    """Without Pool.Audit a cluster lists no pool; its guests still name theirs."""
    file = tmp_path / "tenants.toml"
    file.write_text(GOOD, encoding="utf-8")
    guest = ResourceRow(
        "qemu/101", "qemu", node="a", vmid=101, name="web", status="running", pool="acme"
    )
    listed = ResourceRow("/pool/acme", "pool", pool="acme")
    lost = Difference(
        SnapshotChanges(),
        SnapshotChanges(),
        SnapshotChanges(),
        SnapshotChanges(removed=(PoolSnapshot("acme"),)),
        SnapshotChanges(),
        quorum_changed=False,
        version_changed=False,
    )
    async with kept(tmp_path, file) as (part, context):
        for rows, pools in (((guest, listed), 1), ((guest,), 0)):
            look = ResourcePoll("rennes", "https://a", START, None, rows, ())
            snapshot, _known = assemble(look, KnownCluster())
            assert len(snapshot.pools) == pools
            context.estate.remember(snapshot)
            await part.polled(PollResult("rennes", START, snapshot, lost, None, 1))
            await part.look()
            (tenant,) = await TENANTS.read(context.writer)
            assert tenant.pools == ("rennes/acme",)


@pytest.mark.anyio
async def test_what_was_read_first_is_not_stored_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "tenants.toml"
    file.write_text(GOOD.replace("acme", "globex"), encoding="utf-8")
    slow, go_on, read = threading.Event(), threading.Event(), register.read

    def first_slowly(path: Path) -> tuple[register.RegisterTenant, ...]:
        found = read(path)
        if not slow.is_set():
            slow.set()
            go_on.wait()
        return found

    monkeypatch.setattr(register, "read", first_slowly)
    async with kept(tmp_path, file) as (part, context):
        looking = asyncio.create_task(part.look())
        await asyncio.to_thread(slow.wait)
        importing = asyncio.create_task(handed_in(part, GOOD))
        await asyncio.wait({importing}, timeout=0.5)
        go_on.set()
        await asyncio.gather(looking, importing)
        assert [tenant.id for tenant in await TENANTS.read(context.writer)] == ["acme"]


@pytest.mark.anyio
async def test_the_highest_quotas_that_a_register_may_hold_can_be_stored(tmp_path: Path) -> None:
    highest = (1 << 33) - 1
    quotas = f"quotas = {{ vcpus = {highest}, memory_gib = {highest}, disk_gib = {highest} }}\n"
    read = register.parse(GOOD + quotas, tmp_path / "tenants.toml")
    resolution = register.resolve(read, [("rennes", "acme")])
    rows = register_rows(read, resolution, (), (), START.date())
    async with made_context(tmp_path) as context:
        async with recorded(context.writer) as change:
            await replace_register(change, rows)
        (stored,) = await QUOTAS.read(context.writer)
    assert stored.memory == highest << 30


@pytest.mark.anyio
async def test_without_a_register_nobody_looks_for_one_all_the_time(tmp_path: Path) -> None:
    async with made_context(tmp_path) as context:
        built = service.build(context)
        gone: SnapshotChanges[PoolSnapshot] = SnapshotChanges(removed=(PoolSnapshot("acme"),))
        pools = Difference(
            SnapshotChanges(),
            SnapshotChanges(),
            SnapshotChanges(),
            gone,
            SnapshotChanges(),
            quorum_changed=False,
            version_changed=False,
        )
        await built.polled(PollResult("rennes", START, None, pools, None, 1))
        working = asyncio.create_task(built.run())
        for _ in range(200):
            await asyncio.sleep(0)
        assert isinstance(context.clock, SteppedClock)
        assert context.clock.waiting <= 2
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


@pytest.mark.anyio
async def test_a_statement_names_the_reading_of_the_register_that_changed_it(
    tmp_path: Path,
) -> None:
    file = tmp_path / "tenants.toml"
    amount = "contract_start = 2025-01-01\n[[tenant.amount]]\nfrom = 2025-01-01\nmonthly = 1000\n"
    zeta = GOOD.replace("acme", "zeta").replace("Acme", "Zeta") + amount
    file.write_text(GOOD + amount + zeta, encoding="utf-8")
    async with kept(tmp_path, file) as (part, context):

        async def stated(tenant: str) -> Statement:
            async with context.writer.snapshot() as db:
                found = await statement(
                    db, tenant, Month(2026, 2), StatementFrame("", context.terms), INTACT_RECORD
                )
            assert found is not None
            return found

        await part.look()
        acme, other = await stated("acme"), await stated("zeta")
        assert [one.kind for one in acme.entries] == [evidence.REGISTER_READ]
        file.write_text(GOOD + amount.replace("1000", "1200") + zeta, encoding="utf-8")
        await part.look()
        assert await stated("zeta") == other
        changed = await stated("acme")
    assert changed.credit.monthly_amount == "1200.00"
    (entry,) = changed.entries
    assert entry.seq > acme.entries[0].seq
    names = Statement.__struct_fields__
    others = [name for name in names if getattr(changed, name) != getattr(acme, name)]
    assert others == ["credit", "entries", "digest"]


ZETA = GOOD.replace("acme", "zeta").replace("Acme", "Zeta")


async def with_guests(part: service.TenantService, context: Context, *pools: str) -> None:
    """Acme and Zeta are in the register, and a guest runs in each of these pools."""
    rows = [
        ResourceRow(f"qemu/{vmid}", "qemu", node="a", vmid=vmid, status="running", pool=pool)
        for vmid, pool in enumerate(pools, 101)
    ]
    look = ResourcePoll("rennes", "https://a", START, None, tuple(rows), ())
    snapshot, _known = assemble(look, KnownCluster())
    context.estate.remember(snapshot)
    await handed_in(part, GOOD + ZETA)
    async with context.writer.change(itself()) as change:
        await change.put(
            GUESTS, [snapshot_rows.guest("rennes", one) for one in snapshot.guests.values()]
        )


@pytest.mark.anyio
async def test_a_client_is_not_dropped_while_its_guests_run_unless_that_is_meant(
    tmp_path: Path,
) -> None:
    async with kept(tmp_path, tmp_path / "tenants.toml") as (part, context):
        await with_guests(part, context, "acme", "zeta", "zeta")
        renamed = ZETA.replace('pools = ["zeta"]', 'pools = ["zetta"]')
        for text in (GOOD, GOOD + renamed):
            with pytest.raises(Conflict, match="zeta: 2 guests run"):
                await handed_in(part, text)
        with pytest.raises(Conflict, match="zeta: 2 guests run"):
            await handed_in(part, GOOD, "acme")
        assert [one.id for one in await TENANTS.read(context.writer)] == ["acme", "zeta"]
        await handed_in(part, GOOD, "zeta")
        assert [one.id for one in await TENANTS.read(context.writer)] == ["acme"]
        (entry, *_) = await search(context.writer, Query(kind="register.imported"))
        assert '"confirmed":["zeta"]' in (entry.payload or "")


@pytest.mark.anyio
async def test_an_edited_file_that_drops_a_client_with_guests_changes_nothing(
    tmp_path: Path,
) -> None:
    file = tmp_path / "tenants.toml"
    async with kept(tmp_path, file) as (part, context):
        await with_guests(part, context, "acme", "zeta")
        file.write_text(GOOD, encoding="utf-8")
        os.utime(file, ns=(1, 1))
        for _again in range(2):
            await part.look()
            assert [one.id for one in await TENANTS.read(context.writer)] == ["acme", "zeta"]
            source = await SOURCES.get(context.writer, "", "register")
            assert source is not None
            assert source.error == "zeta: 1 guest runs, and would be nobody's"
        # Once its guests are gone, the file is taken.
        async with context.writer.change(itself()) as change:
            await change.remove(GUESTS, [("rennes", 102)])
        await part.look()
        assert [one.id for one in await TENANTS.read(context.writer)] == ["acme"]


@pytest.mark.anyio
async def test_a_pool_that_two_clients_name_is_refused_and_pools_below_are_told(
    tmp_path: Path,
) -> None:
    async with kept(tmp_path, tmp_path / "tenants.toml") as (part, context):
        await with_guests(part, context, "acme", "zeta", "zeta/prod")
        both = ZETA.replace('pools = ["zeta"]', 'pools = ["zeta", "rennes:acme", "nowhere"]')
        with pytest.raises(Conflict, match="pool rennes/acme is named by acme, zeta"):
            await handed_in(part, GOOD + both)
        file = tmp_path / "tenants.toml"
        file.write_text(GOOD + both + ZETA.replace("zeta", "beta"), encoding="utf-8")
        os.utime(file, ns=(1, 1))
        async with context.writer.change(itself()) as change:
            await change.remove(GUESTS, [("rennes", 101)])
        await part.look()
        found = context.membership
        assert found.nested == ((("rennes", "zeta/prod"), "zeta"),)
        assert found.contested == ((("rennes", "acme"), ("acme", "zeta")),)
        assert found.unknown == (("zeta", "nowhere"), ("beta", "beta"))


@pytest.mark.anyio
async def test_a_preview_names_the_pools_that_no_cluster_has(tmp_path: Path) -> None:
    async with kept(tmp_path, tmp_path / "tenants.toml") as (part, context):
        lead = Caller(1003, "lea", Role.LEAD)
        mistyped = GOOD + ZETA.replace('pools = ["zeta"]', 'pools = ["zeta", "typo-pool"]')
        call = Call(lead, RegisterFile("new.toml", mistyped, ()), {}, {})
        if context.config.clusters:
            assert (await part.preview(call)).unknown == (), "its cluster was not seen yet"
        await with_guests(part, context, "acme", "zeta")
        found = await part.preview(call)
        assert found.unknown == ("zeta: pool typo-pool is in no cluster",)
        assert "▲ zeta: pool typo-pool is in no cluster" in describe_preview(found, "utf-8")
