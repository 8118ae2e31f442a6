"""Reparations on record, and a credit that exceeds what the cap of art. 12 leaves."""

import json
from dataclasses import replace

import msgspec
import pytest

from noc_tui.config.values import Smtp
from noc_tui.queries.liability import read_caps
from storage.evidence import Query, search
from storage.months import CREDITS
from storage.reparations import REPARATIONS
from tests.daemon.availability.test_credit_decisions import CLAIM, Socket, mails, opened, socket
from tests.forgeries.rows import forge, sql
from tests.support.played_estate import Estate

pytestmark = pytest.mark.anyio
__all__ = ["socket"]
PAID = {
    "tenant": "zeta",
    "decided_on": "2026-03-02",
    "amount": "14950.00",
    "kind": "settlement",
    "subject": "lost orders of February",
}


async def test_a_reparation_is_a_leads_and_tells_what_is_left(
    estate: Estate, socket: Socket
) -> None:
    assert (await socket.ask("omar", "reparations", **PAID))[0] == 403
    status, said = await socket.ask("lea", "reparations", **PAID)
    assert (status, said["cap"], said["left"], said["exceeded"]) == (
        201, "15000.00", "50.00", False,
    )  # fmt: skip
    status, said = await socket.ask(
        "lea", "reparations", **{**PAID, "amount": "9000.00", "uncapped_because": "gross fault"}
    )
    assert (said["left"], said["exceeded"]) == ("50.00", False)
    status, said = await socket.ask("lea", "reparations", **{**PAID, "amount": "51.00"})
    assert said["exceeded"]
    status, said = await socket.ask("lea", "reparations/3/withdraw", reason="entered twice")
    assert (status, said["left"]) == (200, "50.00")
    rows = await REPARATIONS.read(estate.context.writer)
    assert [row.counts for row in rows] == [True, False, False]


@pytest.mark.parametrize(
    ("changes", "status", "word"),
    [
        ({"tenant": "nobody"}, 404, "nobody"),
        ({"amount": "0"}, 400, "amount"),
        ({"amount": "1.005"}, 400, "amount"),
        ({"amount": "-5"}, 400, "amount"),
        ({"decided_on": "2027-01-01"}, 400, "decided_on"),
        ({"subject": " "}, 400, "subject"),
        ({"kind": "gift"}, 400, "kind"),
    ],
)
async def test_what_cannot_be_is_refused(
    estate: Estate, socket: Socket, changes: dict[str, str], status: int, word: str
) -> None:
    said = await socket.ask("lea", "reparations", **{**PAID, **changes})
    assert said[0] == status
    assert word in said[1]["error"]
    assert await REPARATIONS.read(estate.context.writer) == []


async def test_a_credit_beyond_the_cap_is_asked_and_then_cut(
    estate: Estate, socket: Socket
) -> None:
    await socket.ask("lea", "reparations", **PAID)
    await socket.ask("olga", "credits/zeta/2026-03/claim", **CLAIM)
    status, said = await socket.ask("lea", "credits/zeta/2026-03/grant")
    assert status == 409
    assert "50.00 €" in said["error"]
    assert "full" in said["error"]  # a contract of adhesion
    status, said = await socket.ask("lea", "credits/zeta/2026-03/grant", beyond_cap="cut")
    assert status == 409  # without a reason
    status, _said = await socket.ask(
        "lea", "credits/zeta/2026-03/grant", beyond_cap="cut", reason="the cap is reached"
    )
    assert status == 200
    writer = estate.context.writer
    row = await CREDITS.get(writer, "zeta", "2026-03")
    assert row is not None
    assert str(row.granted) == "50.00"
    (entry,) = await search(writer, Query(kind="credit.granted"))
    told = json.loads(entry.payload or "")
    assert (told["cap"], told["cap_used_before"], told["beyond_cap"], told["reason"]) == (
        "15000.00", "14950.00", "cut", "the cap is reached",
    )  # fmt: skip
    async with writer.snapshot() as db:
        standing = (await read_caps(db, estate.clock.now().date()))["zeta"]
    assert standing.left == 0
    assert standing.percent == 100


async def test_nothing_is_decided_over_an_altered_reparation(
    estate: Estate, socket: Socket
) -> None:
    """Who lowers the cap's rest in the file would have a credit cut."""
    await socket.ask("lea", "reparations", **{**PAID, "amount": "120.00"})
    await socket.ask("olga", "credits/zeta/2026-03/claim", **CLAIM)
    forge(estate.context.writer.path, sql("UPDATE reparation SET amount = '14950.00'"))
    for path, body in (
        ("credits/zeta/2026-03/grant", {"beyond_cap": "cut", "reason": "the cap"}),
        ("reparations", PAID),
        ("reparations/1/withdraw", {"reason": "entered twice"}),
    ):
        status, answer = await socket.ask("lea", path, **body)
        assert (status, "reparation [1]" in answer["error"]) == (409, True), path


async def test_the_letter_of_a_credit_that_was_cut_says_why(estate: Estate, socket: Socket) -> None:
    smtp = Smtp(host="127.0.0.1", sender="noc@example.fr", security="none")
    estate.context = replace(
        estate.context, config=msgspec.structs.replace(estate.context.config, smtp=smtp)
    )
    async with opened(estate) as mailing:
        await mailing.ask("lea", "reparations", **PAID)
        await mailing.ask("olga", "credits/zeta/2026-03/claim", **CLAIM)
        status, _said = await mailing.ask(
            "lea", "credits/zeta/2026-03/grant", beyond_cap="cut", reason="cap"
        )
        assert status == 200
    told = await mails(estate.context.writer)
    text = " ".join(told["credit-granted"].split())
    assert "article 12" in text
    assert "312,50" in text or "125,00" in text
    assert "50,00" in text


async def test_a_lead_may_grant_it_in_full(estate: Estate, socket: Socket) -> None:
    await socket.ask("lea", "reparations", **PAID)
    await socket.ask("olga", "credits/zeta/2026-03/claim", **CLAIM)
    status, _said = await socket.ask(
        "lea", "credits/zeta/2026-03/grant", beyond_cap="full", reason="doubt is the client's"
    )
    assert status == 200
    row = await CREDITS.get(estate.context.writer, "zeta", "2026-03")
    assert row is not None
    assert row.granted is not None
    assert row.granted > 50
