"""Mails about incidents and maintenance, and the exclusion that follows a suspension."""

from email import message_from_bytes, policy

import msgspec
import pytest

from noc_tui.api import announcements as api
from noc_tui.config.values import Smtp
from noc_tui.daemon.availability import incidents, maintenance, messages
from noc_tui.daemon.availability.routes.planning import find_interrupted
from noc_tui.daemon.core import identity
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import Conflict
from noc_tui.daemon.core.identity import itself
from noc_tui.roles import Caller, Role
from storage.database import Writer
from storage.evidence import Query, search
from storage.guests import GUESTS, Guest
from storage.incidents import INCIDENTS, live, timeline
from storage.outages import EXCLUSIONS, MAINTENANCE, OUTAGES
from storage.outbox import MESSAGES
from tests.support.changes import recorded
from tests.support.played_estate import Estate, guest

pytestmark = pytest.mark.anyio

OMAR = Caller(1001, "omar", Role.OPERATOR)
SMTP = Smtp(host="127.0.0.1", sender="noc@example.fr", security="none")


async def test_a_window_mails_each_tenant_silences_and_excludes(
    estate: Estate, context: Context, writer: Writer
) -> None:
    config = msgspec.structs.replace(context.config, smtp=SMTP)
    span = (estate.at(3), estate.at(8))
    async with writer.change(itself()) as change:
        await maintenance.plan(
            change, OMAR, "Commutateur", span, ["zeta"], "remplacement", config=config
        )
    (mail,) = await MESSAGES.read(writer)
    parsed = message_from_bytes(mail.raw, policy=policy.default)
    body = parsed.get_body(("plain",))
    assert parsed["To"] == "zeta@example.fr"
    assert body is not None
    text = body.get_content()
    assert "Durée\u00a0: 25\u00a0min" in text
    assert "dimanche 1er mars 2026 à 0\u00a0h\u00a015 (heure de Paris)" in text
    assert "Rien ne vous est reproché" in text
    assert "Madame, Monsieur," in text
    assert "VM concernée" in text
    assert "toutes vos VM" in text  # none was seen yet
    (row,) = await EXCLUSIONS.read(writer)
    assert (row.basis, row.contestable, row.start, row.end) == ("maintenance", False, *span)
    await estate.poll(3)
    estate.put(guest(201, "zeta", status="stopped"))
    await estate.poll(2)
    assert await incidents_open(writer) == []


async def test_work_on_a_node_names_the_vms_that_run_there_and_no_others(
    estate: Estate, writer: Writer
) -> None:
    known = await GUESTS.read(writer)
    one = Guest(
        **(dict.fromkeys(Guest.__struct_fields__) | {  # type: ignore[arg-type]
            "cluster": "rennes", "vmid": 201, "kind": "qemu", "node": "pve1", "status": "running",
            "pool": "zeta", "tags": (), "carried": False,
        })
    )  # fmt: skip
    others = [
        msgspec.structs.replace(one, vmid=202, node="pve2"),
        msgspec.structs.replace(one, vmid=203, status="stopped"),
        msgspec.structs.replace(one, vmid=204, pool="acme", node="pve2"),
    ]
    assert known == []
    asked = api.Maintenance("t", "", "", ("zeta",), "r", "rennes/pve1")
    async with recorded(writer) as change:
        await change.put(GUESTS, [one, *others])
        assert await find_interrupted(change, asked, estate.at(3)) == {("rennes", 201)}
        with pytest.raises(Conflict, match="acme has no VM that runs on rennes/pve1"):
            await find_interrupted(
                change, msgspec.structs.replace(asked, tenants=("zeta", "acme")), estate.at(3)
            )


async def incidents_open(writer: Writer) -> list[str]:
    return [one.subject for one in await live(writer)]


async def test_work_that_nobody_was_told_of_is_contestable(
    estate: Estate, context: Context, writer: Writer
) -> None:
    span = (estate.at(3), estate.at(8))
    async with writer.change(itself()) as change:
        window = await maintenance.plan(
            change, OMAR, "Urgent", span, ["zeta", "acme"], "fuite", config=context.config
        )
    assert [row.contestable for row in await EXCLUSIONS.read(writer)] == [True, True]
    async with writer.change(itself()) as change:
        await maintenance.cancel(change, OMAR, window.id, "plus nécessaire", config=context.config)
    assert all(row.withdrawn_at is not None for row in await EXCLUSIONS.read(writer))
    (stored,) = await MAINTENANCE.read(writer)
    assert stored.cancelled_at is not None


async def test_a_change_of_the_service_is_told_to_all_and_kept(
    estate: Estate, context: Context, writer: Writer
) -> None:
    config = msgspec.structs.replace(context.config, smtp=SMTP)
    async with writer.change(itself()) as change:
        entry = await messages.tell_change(
            change, config, identity.actor(OMAR), tenants=(), subject="Stockage", body="Du NVMe."
        )
    mails = await MESSAGES.read(writer)
    assert {mail.recipient for mail in mails} == {"acme@example.fr", "zeta@example.fr"}
    body = message_from_bytes(mails[0].raw, policy=policy.default).get_body(("plain",))
    assert body is not None
    assert "Du NVMe." in body.get_content()
    assert "résilier" in body.get_content()
    (kept,) = [one for one in await search(writer, Query(kind="service.")) if one.seq == entry]
    assert kept.subjects == ("tenant:acme", "tenant:zeta")


async def test_only_a_message_is_mailed_and_a_note_never(context: Context, writer: Writer) -> None:
    config = msgspec.structs.replace(context.config, smtp=SMTP)
    actor = identity.actor(OMAR)
    async with writer.change(itself()) as change:
        incident = await incidents.open_incident(change, actor, "Lien coupé")
        await incidents.note(change, actor, incident, "client@example.fr: surtout pas")
    assert await MESSAGES.read(writer) == []
    async with writer.change(itself()) as change:
        await messages.tell_tenants(
            change, config, actor, incident, tenants=["acme"], subject="Lien", body="Rétabli."
        )
    assert [mail.recipient for mail in await MESSAGES.read(writer)] == ["acme@example.fr"]
    with pytest.raises(Conflict, match="smtp"):
        async with writer.change(itself()) as change:
            await messages.tell_tenants(
                change, context.config, actor, incident, tenants=["acme"], subject="a", body="b"
            )


async def test_incidents_are_corrected_merged_and_split_by_new_lines(
    estate: Estate, writer: Writer
) -> None:
    await estate.poll(2)
    estate.put(
        guest(201, "zeta", status="stopped"),
        guest(101, "acme", status="stopped"),
        guest(102, "acme", "pve2", status="stopped"),
    )
    await estate.poll(2)
    first, second = await INCIDENTS.read(writer)
    actor = identity.actor(OMAR)
    async with writer.change(itself()) as change:
        line = await incidents.note(change, actor, first, "le commutateur")
        await incidents.note(change, actor, first, "non, le routeur", corrects=line.id)
        await incidents.merge(change, actor, second, first)
    rows = await OUTAGES.read(writer)
    assert {row.incident for row in rows} == {first.id}
    corrected = [one for one in await timeline(writer, first.id) if one.corrects is not None]
    assert [(one.corrects, one.text) for one in corrected] == [(line.id, "non, le routeur")]
    async with writer.change(itself()) as change:
        apart = await incidents.split(change, actor, first, [rows[0].id], "à part")
    found = {row.id: row.incident for row in await OUTAGES.read(writer)}
    assert found == {rows[0].id: apart.id, rows[1].id: first.id}
    assert apart.split_from == first.id
    with pytest.raises(Conflict):
        async with writer.change(itself()) as change:
            await incidents.merge(change, actor, first, first)


async def test_a_tenant_that_is_named_twice_is_mailed_and_excluded_once(
    estate: Estate, context: Context, writer: Writer
) -> None:
    config = msgspec.structs.replace(context.config, smtp=SMTP)
    twice = ("zeta", "zeta")
    actor = identity.actor(OMAR)
    async with writer.change(itself()) as change:
        incident = await incidents.open_incident(change, actor, "coupure")
        await messages.tell_tenants(
            change, config, actor, incident, tenants=twice, subject="coupure", body="nous cherchons"
        )
        span = (estate.at(3), estate.at(8))
        await maintenance.plan(change, OMAR, "Commutateur", span, twice, "panne", config=config)
        await messages.tell_change(
            change, config, actor, tenants=twice, subject="réseau", body="une adresse de plus"
        )
    assert sorted(mail.purpose for mail in await MESSAGES.read(writer)) == [
        "incident",
        "maintenance",
        "service-change",
    ]
    assert len(await EXCLUSIONS.read(writer)) == 1
    (window,) = await MAINTENANCE.read(writer)
    assert window.tenants == ("zeta",)
