"""Any bytes from whoever is spoken to: a mail server, a webhook's receiver, a probe's target, a
vantage. What is sent to nocd is an outcome, never an exception.
"""

import asyncio
import base64
from datetime import UTC, datetime

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from noc_tui.config import Smtp
from noc_tui.daemon.outbox.outcome import DeliveryOutcome
from noc_tui.daemon.outbox.smtp import SmtpSender
from noc_tui.daemon.paging.webhook import Address, Telling, WebhookAnswer, client, tell
from noc_tui.prober import ProberError, ProberReport, public_key, sign_report, verify_report
from noc_tui.probing.checks import check
from noc_tui.probing.target import Target
from storage.outbox import Message
from tests.support.talker import talking

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
MAIL = Message(
    "<1@x>", "mail", "suspension:S-1", "notice", "a@acme.example.fr", "", "s",
    b"Subject: s\r\n\r\nb", 1, "omar", "queued", 0, None, "", NOW, NOW,
)  # fmt: skip
TELLING = Telling("1", "open", "critical", "f", "text", "next", "s", "", "now")
seldom = settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

LINES = (
    b"220 mail.example.fr ESMTP\r\n", b"250 ok\r\n", b"250-SIZE 99999999999999999999999\r\n",
    b"354 go on\r\n", b"221 bye\r\n", b"550 no\r\n", b"999999999999999999999 what\r\n", b"-1 x\r\n",
    b"250", b"\xff\xfe\xfd\r\n", b"x" * 70_000, b"250-" + b"y" * 9000 + b"\r\n", b"421 \x1b[2J\r\n",
    b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 999 \x00\r\n", b"HTTP/1.1 99999999999 x\r\n", b"HTTP/9\r\n",
    b"Content-Length: 99999999999999999999\r\n", b"Content-Length: -1\r\n",
    b"Content-Encoding: gzip\r\n", b"Transfer-Encoding: chunked\r\n", b"\r\n",
    b"FFFFFFFFFFFFFFFF\r\n", b"\x16\x03\x01\x02\x00\x01\x00",
    b"Location: http://127.0.0.1:1/\r\n", b"HTTP/1.1 302 Found\r\n",
)  # fmt: skip
scripts = st.lists(st.sampled_from(LINES) | st.binary(max_size=80), max_size=8).map(b"".join)


@seldom
@given(scripts)
def test_whatever_a_mail_server_says_is_an_outcome(script: bytes) -> None:
    async def sent() -> None:
        with talking(script) as port:
            smtp = Smtp(
                host="127.0.0.1", port=port, sender="n@example.fr", security="none", timeout=2
            )
            found = await SmtpSender(smtp, None).send(MAIL)
            assert isinstance(found, DeliveryOutcome)
            msgspec.json.encode(found.said)
            assert "\x1b" not in found.said

    asyncio.run(sent())


@seldom
@given(scripts, st.sampled_from(["json", "chat", "ntfy"]))
def test_whatever_a_receiver_says_is_an_answer(script: bytes, kind: str) -> None:
    async def told() -> None:
        with talking(script) as port:
            async with client() as http:
                address = Address(kind, f"http://127.0.0.1:{port}/", None)  # type: ignore[arg-type]  # of the three
                found = await tell(http, address, msgspec.json.encode(TELLING).decode())
            assert isinstance(found, WebhookAnswer)
            msgspec.json.encode(found.said)
            assert "\x1b" not in found.said

    asyncio.run(told())


@seldom
@given(scripts, st.sampled_from(["http", "https", "tcp"]))
def test_whatever_a_target_says_is_a_result(script: bytes, scheme: str) -> None:
    async def probed() -> None:
        with talking(script) as port:
            found = await check(Target.parse(f"{scheme}://127.0.0.1:{port}"), 2)
            assert found.good in (True, False, None)

    asyncio.run(probed())


def report() -> bytes:
    """A report as a vantage signs it."""
    return sign_report(ProberReport(vantage="paris", at=NOW, interval=30, sightings=()), KEY)


@given(st.data())
def test_whatever_a_vantage_leaves_is_a_report_or_refused(data: st.DataObject) -> None:
    """Also what it signed."""
    line, _ = report().splitlines()
    begin = data.draw(st.integers(0, len(line)))
    end = data.draw(st.integers(begin, len(line)))
    odd = data.draw(st.sampled_from([b"NaN", b"1e999", b"[" * 100_000, b"-1", b"9" * 400, b"null"]))
    line = line[:begin] + data.draw(st.binary(max_size=20) | st.just(odd)) + line[end:]
    raw = line + b"\n" + _signature(line)
    for each in (raw, line, raw[:-9], data.draw(st.binary())):
        try:
            found = verify_report(each, public_key(KEY))
        except ProberError:
            continue
        assert 0 < found.interval <= 7 * 86400


def test_a_signed_report_with_a_part_nested_too_deeply_is_refused() -> None:
    line = report().splitlines()[0][:-1] + b',"more":' + b"[" * 100_000 + b"}"
    with pytest.raises(ProberError, match="not a signed report"):
        verify_report(line + b"\n" + _signature(line), public_key(KEY))


def _signature(line: bytes) -> bytes:
    return base64.b64encode(KEY.sign(line))
