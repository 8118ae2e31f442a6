"""What people note about the promises: kept with its entry, or refused with the field's name."""

from datetime import date, timedelta
from typing import Any

import pytest

from noc_tui.daemon.core.context import Context
from storage import licences
from storage.backup_nights import RESTORE_TESTS
from storage.cloud_edges import watched_edges
from storage.evidence import Query, search
from storage.guests import GUESTS
from storage.register import TENANT_POOLS, TenantPool
from storage.resources import GUEST_INSIDES, GuestInside
from tests.daemon.promises.conftest import Post
from tests.daemon.promises.test_night_checks import guest_row
from tests.support.changes import recorded
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


LICENCES, EDGES, AUDITS = (f"/v1/promises/{one}" for one in ("licences", "edges", "licence-audits"))
WINDOWS = {"tenant": "acme", "kind": "os", "product": "Windows Server 2022 Standard",
           "supplied_from": "2026-01-01"}  # fmt: skip
VPN = {"tenant": "acme", "kind": "vpn", "target": "tcp://vpn.acme.example.fr:443"}


async def test_licences_are_supplied_and_end(noc: tuple[Context, Post]) -> None:
    context, post = noc
    assert await post("omar", LICENCES, **WINDOWS, quantity=3) == (201, {"number": 1})
    assert await post("omar", LICENCES, **WINDOWS, guest="rennes/101") == (201, {"number": 2})
    assert await post("omar", f"{LICENCES}/2/end", ended_on="2026-03-01") == (200, {"number": 2})
    first, second = await licences.LICENCES.read(context.writer)
    assert (first.guest, first.quantity, first.ended_on) == ("", 3, None)
    assert (second.guest, second.quantity, second.ended_on) == ("rennes/101", 1, date(2026, 3, 1))
    assert second.is_supplied_on(date(2026, 2, 28))
    assert not second.is_supplied_on(date(2026, 3, 1))
    kinds = [one.kind for one in await search(context.writer, Query(kind="promise."))]
    assert kinds == ["promise.licence_ended", *["promise.licence_supplied"] * 2]


async def test_an_audit_keeps_what_was_counted_and_who_pays(noc: tuple[Context, Post]) -> None:
    context, post = noc
    held = {"tenant": "acme", "held_at": START.isoformat()}
    async with recorded(context.writer) as change:
        await change.put(TENANT_POOLS, [TenantPool("rennes", "acme", START.date(), None, "acme")])
        await change.put(GUESTS, [guest_row(vmid) for vmid in (101, 102, 103)])
        await change.put(
            GUEST_INSIDES,
            [
                GuestInside("rennes", 101, START, "win11", "answers"),
                GuestInside("rennes", 102, START, "win11", "answers"),
            ],
        )
    await post("omar", LICENCES, **WINDOWS)
    assert (await post("omar", AUDITS, **held, outcome="breach", findings="x"))[0] == 403
    assert (await post("lea", AUDITS, **held, outcome="breach", findings="a copy"))[0] == 201
    assert (await post("lea", AUDITS, **held, outcome="compliant", findings="none"))[0] == 201
    breach, compliant = await licences.audits_of(context.writer, "acme")
    assert (breach.needing, breach.supplied, breach.unread) == (2, 1, 1)
    assert (breach.cost_borne_by, compliant.cost_borne_by) == ("client", "hoster")


async def test_an_endpoint_is_watched_and_no_longer(noc: tuple[Context, Post]) -> None:
    context, post = noc
    assert (await post("omar", EDGES, **VPN))[0] == 403
    assert (await post("lea", EDGES, **VPN, watched=False))[0] == 404
    assert await post("lea", EDGES, **VPN) == (200, {**VPN, "watched": True})
    assert [one.target for one in await watched_edges(context.writer)] == [VPN["target"]]
    assert await post("lea", EDGES, **VPN, watched=False) == (200, {**VPN, "watched": False})
    assert await watched_edges(context.writer) == []


@pytest.mark.parametrize(
    ("path", "body", "status", "word"),
    [
        (LICENCES, {**WINDOWS, "quantity": 0}, 400, "quantity"),
        (LICENCES, {**WINDOWS, "kind": "office"}, 400, "kind"),
        (LICENCES, {**WINDOWS, "supplied_from": "0001-01-01"}, 400, "supplied_from"),
        (LICENCES, {**WINDOWS, "tenant": "nobody"}, 404, "nobody"),
        (f"{LICENCES}/9/end", {"ended_on": "2026-03-01"}, 404, "9"),
        (EDGES, {**VPN, "target": "udp://vpn.acme.example.fr:1194"}, 400, "udp"),
        (EDGES, {**VPN, "kind": "switch"}, 400, "kind"),
        (AUDITS, {"tenant": "acme", "held_at": "2099-01-01T00:00:00Z", "outcome": "breach",
                  "findings": "x"}, 400, "held_at"),
    ],
)  # fmt: skip
async def test_what_cannot_be_noted_is_refused(
    noc: tuple[Context, Post], path: str, body: dict[str, Any], status: int, word: str
) -> None:
    context, post = noc
    said = await post("lea", path, **body)
    assert said[0] == status
    assert word in said[1]["error"]
    assert await search(context.writer, Query(kind="promise.")) == []


async def test_a_licence_does_not_end_before_it_begins(noc: tuple[Context, Post]) -> None:
    _context, post = noc
    await post("omar", LICENCES, **WINDOWS)
    assert (await post("omar", f"{LICENCES}/1/end", ended_on="2025-12-31"))[0] == 400
