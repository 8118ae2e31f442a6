"""Sends one message over SMTP: TLS checked, then MAIL, RCPT and DATA, with an outcome for each
failure.

Until the last byte of DATA was handed over, a failure means that nothing was taken over. After it,
a connection that breaks leaves the outcome unknown. TLS is never given up: a server whose
certificate is not trusted, or that offers no STARTTLS, is not sent anything.
"""

import ssl
from contextlib import suppress

from aiosmtplib import SMTP
from aiosmtplib.errors import (
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
)

from noc_tui.config import Secret, Smtp
from noc_tui.daemon.outbox.outcome import DeliveryOutcome
from noc_tui.text import visible
from storage.outbox import Message

PERMANENT = 500
GOODBYE_SECONDS = 3.0


class SmtpSender:
    """Sends through the configured server."""

    def __init__(self, config: Smtp, password: Secret | None) -> None:
        self._config = config
        self._password = password

    async def send(self, message: Message) -> DeliveryOutcome:
        """One attempt; never raises for what the server or the network does."""
        try:
            smtp = self._client()
            try:
                await smtp.connect()
                outcome = await self._hand_over(smtp, message)
                await _take_leave(smtp)
            finally:
                smtp.close()  # at once: who is cancelled does not wait for a server's goodbye
            return outcome
        except SMTPResponseException as error:
            return DeliveryOutcome("retry", _words(error.code, error.message))
        except (SMTPException, OSError, ssl.SSLError, ValueError) as error:
            return DeliveryOutcome("retry", visible(f"{self._config.host}: {_plain(error)}"))

    def _client(self) -> SMTP:
        config = self._config
        secure = config.security != "none"
        authority = None if config.ca_file is None else str(config.ca_file)
        return SMTP(
            hostname=config.host,
            port=config.port,
            username=config.user if self._password is not None else None,
            password=None if self._password is None else self._password.reveal(),
            use_tls=config.security == "tls",
            start_tls=config.security == "starttls",
            tls_context=ssl.create_default_context(cafile=authority) if secure else None,
            timeout=config.timeout,
        )

    async def _hand_over(self, smtp: SMTP, message: Message) -> DeliveryOutcome:
        await smtp.mail(self._config.sender)
        try:
            await smtp.rcpt(message.recipient)
        except SMTPRecipientRefused as error:
            return _declined(error)
        copy_said = await self._copy(smtp, message)
        try:
            response = await smtp.data(message.raw)
        except SMTPResponseException as error:
            return _declined(error)
        except (SMTPException, OSError) as error:
            return DeliveryOutcome("unknown", visible(f"{self._config.host}: {_plain(error)}"))
        return DeliveryOutcome("accepted", _words(response.code, response.message) + copy_said)

    async def _copy(self, smtp: SMTP, message: Message) -> str:
        """The hoster's own copy never keeps the client from being told."""
        if not message.copy or message.copy == message.recipient:
            return ""
        try:
            await smtp.rcpt(message.copy)
        except SMTPRecipientRefused as error:
            return f" (copy to {visible(message.copy)}: {_words(error.code, error.message)})"
        return ""


async def _take_leave(smtp: SMTP) -> None:
    """Say goodbye as SMTP wants it; what was handed over stays handed over if nobody answers."""
    with suppress(SMTPException, OSError):
        await smtp.quit(timeout=GOODBYE_SECONDS)


def _declined(error: SMTPResponseException) -> DeliveryOutcome:
    said = _words(error.code, error.message)
    return DeliveryOutcome("refused" if error.code >= PERMANENT else "retry", said)


def _words(code: int, message: str) -> str:
    return visible(f"{code} {message}".strip())


def _plain(error: BaseException) -> str:
    cause = f" ({error.__cause__})" if error.__cause__ is not None else ""
    return (str(error).strip() or type(error).__name__) + cause
