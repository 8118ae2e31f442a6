"""Statements are mailed once, with their signature, and again only where a figure changed."""

from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from noc_tui.config.values import Smtp
from storage import evidence
from storage.database import Writer
from storage.evidence import Query
from storage.outbox import MESSAGES
from storage.verdict import Verdict
from storage.verify import verify
from tests.daemon.availability.test_credit_decisions import LONGER, Socket
from tests.daemon.monthend.served import opened, sign_all
from tests.daemon.monthend.test_closing import close, stands
from tests.daemon.monthend.test_papers import papers
from tests.support.played_estate import Estate

pytestmark = pytest.mark.anyio

PATH = "months/2026-03/mails"
BOTH = ["acme", "zeta"]


def with_mail(estate: Estate) -> None:
    smtp = Smtp(host="localhost", sender="noc@example.fr")
    config = msgspec.structs.replace(estate.context.config, smtp=smtp)
    estate.context = replace(estate.context, config=config)


async def mailed(writer: Writer) -> list[EmailMessage]:
    found = []
    for row in await MESSAGES.where(writer, "1 = 1 ORDER BY queued_at, id"):
        message = message_from_bytes(row.raw, policy=policy.default)
        assert isinstance(message, EmailMessage)
        found.append(message)
    return found


async def test_each_statement_is_mailed_once_with_its_signature(
    socket: Socket, estate: Estate, writer: Writer
) -> None:
    with_mail(estate)
    async with opened(estate) as nocd:
        assert (await nocd.ask("lea", PATH, tenants=BOTH))[0] == 409  # it is not closed
        await close(nocd, estate, writer)
        assert (await nocd.ask("omar", PATH, tenants=BOTH))[0] == 403
        key = await sign_all(estate.context)
        status, made = await nocd.ask("lea", PATH, tenants=BOTH)
        assert (status, [one["tenant"] for one in made["queued"]]) == (200, BOTH)
        status, again = await nocd.ask("lea", PATH, tenants=BOTH)
        assert (status, again["queued"], len(again["left_out"])) == (200, [], 2)
        (mail,) = [one for one in await mailed(writer) if one["To"] == "zeta@example.fr"]
        pdf, signature = mail.iter_attachments()
        assert (pdf.get_filename(), signature.get_filename()) == (
            "2026-03-zeta.pdf",
            "2026-03-zeta.pdf.sig",
        )
        public = Ed25519PublicKey.from_public_bytes(key.public)
        public.verify(signature.get_content(), pdf.get_content())
        await sign_all(estate.context)
        assert pdf.get_content() == (await papers(nocd))["2026-03-zeta.pdf"]
        plain = mail.get_body(("plain",))
        assert plain is not None
        text = plain.get_content().replace("\N{NO-BREAK SPACE}", " ")
        assert "L’engagement de 99,9 % n’a pas été tenu" in text
        entries = await evidence.search(writer, Query(kind="mail.queued"))
        assert {one.account for one in entries} == {"lea"}
        lines = {one.tenant: one.sent for one in (await stands(estate, writer)).tenants}
        assert [(one.purpose, one.state) for one in lines["zeta"]] == [
            ("month-statement-1", "queued")
        ]
    assert verify(writer.path).verdict is Verdict.INTACT


async def test_a_corrected_statement_is_mailed_where_a_figure_changed_and_nowhere_else(
    socket: Socket, estate: Estate, writer: Writer
) -> None:
    with_mail(estate)
    async with opened(estate) as nocd:
        await close(nocd, estate, writer)
        await sign_all(estate.context)
        await nocd.ask("lea", PATH, tenants=BOTH)
        await nocd.ask("lea", "months/2026-03/reopen", reason="a late file of the client")
        await nocd.ask("omar", "outages", **LONGER)
        await close(nocd, estate, writer)
        await sign_all(estate.context)
        _status, made = await nocd.ask("lea", PATH, tenants=BOTH)
        assert [one["tenant"] for one in made["queued"]] == ["zeta"]
        subjects = {one["Subject"] for one in await mailed(writer) if "zeta" in one["To"]}
        assert subjects == {
            "Relevé de disponibilité, mars 2026",
            "Relevé de disponibilité rectifié, mars 2026",
        }


async def test_who_cannot_be_reached_keeps_back_nobody_else(
    socket: Socket, estate: Estate, writer: Writer
) -> None:
    await close(socket, estate, writer)
    await sign_all(estate.context)
    _status, made = await socket.ask("lea", PATH, tenants=["zeta"])
    ((left),) = made["left_out"]
    assert "[smtp]" in left["why"]
