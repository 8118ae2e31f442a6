"""A real SMTP server in the test's own loop: TLS, authentication, and faults on demand."""

import asyncio
import ssl
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from noc_tui.simulator.connections import drop

PASSWORD = "hunter2"


@dataclass
class MailServer:
    """Keeps what it accepted; `fault` is what it does instead of accepting."""

    fault: str = ""
    accepted: list[Envelope] = field(default_factory=list)
    seen: int = 0
    protocols: list[Any] = field(default_factory=list)
    port: int = 0

    async def handle_RCPT(  # noqa: N802 -- aiosmtpd's own name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.fault == "refuse" and "acme" in address:
            return "550 5.1.1 no such mailbox"
        if self.fault == "greylist":
            return "451 4.7.1 come back later"
        if self.fault == "refuse-copy" and "noc" in address:
            return "550 5.1.1 no copies"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 -- aiosmtpd's own name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.seen += 1
        if self.fault == "drop-after-data":
            self.accepted.append(envelope)
            _hang_up(server)
            return "250 never seen"
        if self.fault == "delay":
            await asyncio.sleep(3600)
        if self.fault == "refuse-data":
            return "554 5.7.1 we do not like it"
        self.accepted.append(envelope)
        return "250 2.0.0 queued as 42"


def _hang_up(server: SMTP) -> None:
    assert server.transport is not None
    drop(server.transport)


class _Dropping(SMTP):
    """Hangs up as soon as DATA is asked for."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 -- aiosmtpd's own name
        _hang_up(self)


def _login(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
) -> AuthResult:
    good = isinstance(data, LoginPassword) and data.password == PASSWORD.encode()
    return AuthResult(success=good, handled=good)


@asynccontextmanager
async def mail_server(context: ssl.SSLContext, *, starttls: bool) -> AsyncIterator[MailServer]:
    """A server on loopback; with `starttls` upgraded, else TLS from the first byte."""
    served = MailServer()

    def protocol() -> SMTP:
        kind = _Dropping if served.fault == "drop-before-data" else SMTP
        with warnings.catch_warnings():
            # It cannot know that TLS began with the first byte.
            warnings.simplefilter("ignore", UserWarning)
            made = made_by(kind)
        served.protocols.append(made)
        return made

    def made_by(kind: type[SMTP]) -> SMTP:
        return kind(
            served,
            hostname="mx.example.fr",
            tls_context=context if starttls else None,
            require_starttls=starttls,
            authenticator=_login,
            auth_required=True,
            auth_require_tls=starttls,
            loop=asyncio.get_running_loop(),
        )

    loop = asyncio.get_running_loop()
    server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=None if starttls else context)
    served.port = server.sockets[0].getsockname()[1]
    try:
        yield served
    finally:
        server.close()
        for made in served.protocols:
            drop(made.transport)
        await asyncio.sleep(0.05)
