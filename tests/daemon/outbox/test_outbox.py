"""Mails over real TLS: what the server does is told apart, and one mail keeps one Message-ID."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from noc_tui.addresses import is_address
from noc_tui.clock import SteppedClock
from noc_tui.config import Secret, Secrets, Smtp
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.outbox import BadAddressError, Mail, Outbox, build, queue_mail
from noc_tui.daemon.outbox.compose import address, compose_message
from noc_tui.daemon.outbox.smtp import SmtpSender
from storage import evidence, outbox
from storage.evidence import Actor, Query
from storage.outbox import MESSAGES, Message
from tests.support.changes import recorded
from tests.support.context import START, made_context
from tests.support.mailserver import PASSWORD, MailServer, mail_server
from tests.support.tls import Served, make_tls
from tests.support.waiting import PATIENCE_SECONDS, until

pytestmark = pytest.mark.anyio
OMAR = Actor(1001, "omar")
MAIL = Mail(
    sender="noc@example.fr",
    sender_name="Hébergeur Exemple",
    recipient="direction@acme.example",
    copy="noc@example.fr",
    subject="Suspension à venir",
    body="Bonjour,\n.\nune ligne\n",
)


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Served:
    return make_tls(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Served:
    return make_tls(tmp_path_factory.mktemp("stranger"), "stranger")


@asynccontextmanager
async def posted(
    directory: Path,
    server: MailServer,
    ca_file: Path,
    security: str = "starttls",
    limit: float = PATIENCE_SECONDS,
) -> AsyncIterator[tuple[Context, Outbox, Message]]:
    """A context with one queued mail for that server."""
    smtp = Smtp(
        host="127.0.0.1",
        port=server.port,
        sender="noc@example.fr",
        security="tls" if security == "tls" else "starttls",
        user="noc",
        ca_file=ca_file,
        timeout=limit,
    )
    secrets = Secrets(smtp_password=Secret(PASSWORD))
    async with made_context(directory, smtp=smtp, secrets=secrets) as context:
        async with context.writer.change(OMAR) as change:
            identifier = await queue_mail(
                change, MAIL, about="suspension:S-0001", purpose="notice", actor=OMAR, subjects=()
            )
        message = await MESSAGES.get(context.writer, identifier)
        assert message is not None
        yield context, build(context), message


async def attempted(context: Context, part: Outbox, message: Message) -> Message:
    await part.attempt(message)
    after = await MESSAGES.get(context.writer, message.id)
    assert after is not None
    return after


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_mail_is_accepted_and_the_answer_kept(
    tmp_path: Path, tls: Served, security: str
) -> None:
    async with (
        mail_server(tls.context, starttls=security == "starttls") as server,
        posted(tmp_path, server, tls.ca_file, security) as (context, part, message),
    ):
        after = await attempted(context, part, message)
        assert (after.state, after.answer) == ("accepted", "250 2.0.0 queued as 42")
        (envelope,) = server.accepted
        assert envelope.rcpt_tos == ["direction@acme.example", "noc@example.fr"]
        assert isinstance(envelope.content, bytes)
        got = message_from_bytes(envelope.content, policy=default)
        assert got["Message-ID"] == message.id
        assert got["Subject"] == "Suspension à venir"
        assert got.get_content().splitlines() == ["Bonjour,", ".", "une ligne"]
        log = await evidence.search(context.writer, Query(kind="mail."))
        assert [entry.kind for entry in log] == ["mail.accepted", "mail.queued"]
        assert [entry.account for entry in log] == [itself().name, "omar"]
        assert PASSWORD not in str(log)


FAULTS = [
    ("refuse", "refused", "550 5.1.1 no such mailbox", 0),
    ("refuse-data", "refused", "554 5.7.1 we do not like it", 1),
    ("greylist", "queued", "451 4.7.1 come back later", 0),
    ("drop-before-data", "unknown", "", 0),
    ("drop-after-data", "unknown", "", 1),
    ("delay", "unknown", "", 1),
    ("refuse-copy", "accepted", "copy to noc@example.fr: 550", 1),
]


@pytest.mark.parametrize(("fault", "state", "says", "seen"), FAULTS)
async def test_each_fault_has_a_state_and_a_way_on(
    tmp_path: Path, tls: Served, fault: str, state: str, says: str, seen: int
) -> None:
    limit = 2.0 if fault == "delay" else PATIENCE_SECONDS
    async with (
        mail_server(tls.context, starttls=True) as server,
        posted(tmp_path, server, tls.ca_file, limit=limit) as (context, part, message),
    ):
        server.fault = fault
        after = await attempted(context, part, message)
        assert after.state == state
        assert says in after.answer
        assert server.seen == seen
        if state == "accepted":
            return
        server.fault = ""
        again = await attempted(context, part, after)
        assert again.state == "accepted"
        assert again.raw == message.raw
        assert again.attempts == 2


async def test_a_server_that_is_not_trusted_is_sent_nothing(
    tmp_path: Path, tls: Served, stranger: Served
) -> None:
    async with (
        mail_server(stranger.context, starttls=True) as server,
        posted(tmp_path, server, tls.ca_file) as (context, part, message),
    ):
        after = await attempted(context, part, message)
        assert after.state == "queued"
        assert "certificate" in after.answer.lower()
        assert after.next_at is not None
        assert after.next_at > START
        assert server.seen == 0


async def test_a_wrong_password_is_our_own_fault_and_is_retried(
    tmp_path: Path, tls: Served
) -> None:
    async with (
        mail_server(tls.context, starttls=True) as server,
        posted(tmp_path, server, tls.ca_file) as (context, _part, message),
    ):
        assert context.config.smtp is not None
        outcome = await SmtpSender(context.config.smtp, Secret("wrong")).send(message)
        assert outcome.state == "retry"
        assert "535" in outcome.said


async def test_who_ends_in_the_middle_waits_for_no_goodbye(tmp_path: Path, tls: Served) -> None:
    async with (
        mail_server(tls.context, starttls=True) as server,
        posted(tmp_path, server, tls.ca_file) as (context, _part, message),
    ):
        server.fault = "delay"
        assert context.config.smtp is not None
        sending = asyncio.create_task(
            SmtpSender(context.config.smtp, Secret(PASSWORD)).send(message)
        )
        await until(lambda: server.seen)
        sending.cancel()
        ended, _pending = await asyncio.wait([sending], timeout=PATIENCE_SECONDS / 2)
        assert ended == {sending}
        assert sending.cancelled()


async def test_nobody_listens(tmp_path: Path, tls: Served) -> None:
    server = MailServer(port=1)
    async with posted(tmp_path, server, tls.ca_file) as (context, part, message):
        after = await attempted(context, part, message)
        assert after.state == "queued"
        assert after.answer


async def test_what_a_crash_left_in_sending_is_unknown_and_due(tmp_path: Path, tls: Served) -> None:
    server = MailServer(port=1)
    async with posted(tmp_path, server, tls.ca_file) as (context, _part, message):
        async with recorded(context.writer) as change:
            await change.put(MESSAGES, [msgspec.structs.replace(message, state="sending")])
        async with context.writer.change(OMAR) as change:
            assert await outbox.mark_interrupted(change) == 1
        (found,) = await outbox.due(context.writer, "mail", START)
        assert (found.id, found.state) == (message.id, "unknown")


async def test_what_a_clock_far_ahead_put_off_is_due_once_it_is_set_right(
    tmp_path: Path, tls: Served
) -> None:
    async with posted(tmp_path, MailServer(port=1), tls.ca_file) as (context, part, message):
        clock = context.clock
        assert isinstance(clock, SteppedClock)
        clock.at += timedelta(days=3650)
        await attempted(context, part, message)
        clock.at = START
        (found,) = await outbox.due(context.writer, "mail", START)
        for _ in range(7):  # through every pause there is: none is taken for such a clock's
            await part.attempt(found)
            assert not await outbox.due(context.writer, "mail", clock.at)
            clock.at += timedelta(minutes=15)
            (found,) = await outbox.due(context.writer, "mail", clock.at)


@pytest.mark.parametrize(
    "text",
    [
        "a@acme.example\r\nBcc: b@evil.example",
        "a@acme.example, b@evil.example",
        "a@acme.example b@evil.example",
        "<a@acme.example>",
        "a@acme.example\u2028b",
        '"a b"@acme.example',
        "acme",
        "",
        "a@localhost",
        "a..b@acme.example",
        "a@acme..example",
        "é@acme.example",
    ],
)
def test_an_address_is_one_address(text: str) -> None:
    with pytest.raises(BadAddressError):
        address(text)


LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,12}"


@given(st.from_regex(rf"{LOCAL}@[a-z0-9_.-]{{1,12}}\.[a-z0-9]{{1,6}}", fullmatch=True))
def test_a_mail_can_be_written_to_whatever_is_an_address(text: str) -> None:
    assume(is_address(text))
    assert address(text).addr_spec == text


def test_no_text_can_forge_a_header() -> None:
    evil = "Acme\r\nBcc: all@evil.example\r\n\r\nbody"
    mail = msgspec.structs.replace(MAIL, subject=evil, sender_name=evil, body=evil)
    raw = compose_message(mail, "<1@example.fr>", START)
    got = message_from_bytes(raw, policy=default)
    assert got["Bcc"] is None
    assert sorted(got.keys()) == [
        "Auto-Submitted", "Cc", "Content-Transfer-Encoding", "Content-Type", "Date", "From",
        "MIME-Version", "Message-ID", "Subject", "To",
    ]  # fmt: skip
    assert "␍␊" in got["Subject"]
