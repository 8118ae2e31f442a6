"""The estate's mail server: STARTTLS and a password, as a relay asks; each mail is kept as a file.

So that notices to clients can be sent, and read, in a demo: `DIR/mail/0001.eml`, …
"""

import asyncio
import secrets
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from noc_tui.simulator.certs import Authority

USER = "noc"


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where the server is, how it is entered and trusted, and where its mails are kept."""

    host: str
    port: int
    user: str
    password: str
    ca_file: str
    directory: str


class _Keeper:
    """Writes each mail it is given to a file of its own."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    async def handle_DATA(  # noqa: N802 -- aiosmtpd's own name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        number = 1 + sum(1 for _ in self._directory.glob("*.eml"))
        content = envelope.original_content or b""
        (self._directory / f"{number:04}.eml").write_bytes(content)
        return f"250 2.0.0 kept as {number:04}"


@asynccontextmanager
async def mailbox(directory: Path) -> AsyncIterator[Mailbox]:
    """A mail server on loopback, for as long as the block runs."""
    kept = directory / "mail"
    kept.mkdir(parents=True, exist_ok=True)
    authority = Authority(directory, "mail")
    context = authority.issue("mail").context()
    password = secrets.token_urlsafe(12)

    def login(
        server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object
    ) -> AuthResult:
        good = isinstance(data, LoginPassword) and data.password == password.encode()
        return AuthResult(success=good, handled=good)

    def protocol() -> SMTP:
        with warnings.catch_warnings():
            # It reads its own deprecated attributes when it is made.
            warnings.simplefilter("ignore", DeprecationWarning)
            return SMTP(
                _Keeper(kept),
                tls_context=context,
                require_starttls=True,
                authenticator=login,
                auth_required=True,
            )

    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    try:
        yield Mailbox(
            host=host,
            port=port,
            user=USER,
            password=password,
            ca_file=str(authority.ca_file),
            directory=str(kept),
        )
    finally:
        server.close()
