"""Reads dates of expiry: the certificate that each endpoint shows, and the tokens of a cluster.

Certificates are judged by this machine's own time, as TLS does; tokens by the time that the
clusters live in. A date that cannot be seen is a warning, never good news.
"""

import asyncio
import socket
import ssl
from datetime import UTC, datetime, timedelta

import msgspec
from cryptography import x509

from noc_tui.api.doctor import Expiry, Finding, Level
from noc_tui.clock import SystemClock
from noc_tui.cluster import errors
from noc_tui.cluster.connection_config import ApiToken, ClusterAccess, host_and_port
from noc_tui.cluster.gateway import Gateway
from noc_tui.cluster.pbs import BackupGateway
from noc_tui.cluster.transport import NoTrust, require_pinned, tls_context
from noc_tui.config.values import OnCallConfig
from noc_tui.i18n import _
from noc_tui.threads import in_thread

UNSEEN: Level = "warning"
_LAST = datetime.max.replace(tzinfo=UTC)


class _TokenRow(msgspec.Struct, frozen=True):
    """A token in a listing of accounts; `expire` in seconds since the epoch, 0 for never."""

    tokenid: str
    expire: int = 0


class _User(msgspec.Struct, frozen=True):
    """`/access/users?full=1`: the list needs Sys.Audit alone, a token by itself User.Modify."""

    userid: str
    tokens: list[_TokenRow] | None = None


async def certificates(access: ClusterAccess, key: str, days: OnCallConfig) -> list[Finding]:
    """One finding an endpoint: until when its certificate holds, or why that cannot be seen."""
    looks = (in_thread(_shown, access, endpoint) for endpoint in access.endpoints)
    found = []
    for endpoint, seen in zip(access.endpoints, await asyncio.gather(*looks), strict=True):
        if isinstance(seen, datetime):
            expiry = Expiry("certificate", endpoint, seen, _left(seen, SystemClock().now()))
            text = _("the certificate of {name} holds until {day}")
            found.append(_finding(access.name, key, text, expiry, days))
        elif isinstance(seen, ssl.SSLCertVerificationError | NoTrust):
            text = _("{endpoint} shows a certificate that is not trusted: {error}")
            told = text.format(endpoint=endpoint, error=_reason(seen))
            found.append(Finding(access.name, key, "bad", told))
        else:
            text = _("{endpoint} shows no certificate: {error}")
            told = text.format(endpoint=endpoint, error=seen)
            found.append(Finding(access.name, key, UNSEEN, told))
    return found


async def tokens(gateway: Gateway, keys: dict[str, ApiToken], days: OnCallConfig) -> list[Finding]:
    """One finding for each token, under the configuration's key that it stands at."""
    try:
        rows = await gateway.read("access/users", list[_User], full=True)
    except errors.GatewayError as error:
        text = _("when the tokens expire cannot be seen: {error}").format(error=error)
        return [Finding(gateway.name, next(iter(keys)), UNSEEN, text)]
    listed = {
        f"{row.userid}!{token.tokenid}": token.expire for row in rows for token in row.tokens or ()
    }
    at, now = (gateway.name, "/access"), gateway.now()
    return [
        _token(at, key, token.id, listed.get(token.id), now, days) for key, token in keys.items()
    ]


async def backup_token(
    gateway: BackupGateway, key: str, token: ApiToken, now: datetime, days: OnCallConfig
) -> Finding:
    """One finding for the token of a backup server."""
    try:
        listed = await gateway.tokens()
    except errors.GatewayError as error:
        text = _("when the tokens expire cannot be seen: {error}").format(error=error)
        return Finding(gateway.name, key, UNSEEN, text)
    at = (gateway.name, "/access/users")
    return _token(at, key, token.id, listed.get(token.id), now, days)


def _token(
    at: tuple[str, str], key: str, name: str, expire: int | None, now: datetime, days: OnCallConfig
) -> Finding:
    """`at` is the server, and the path on which Sys.Audit shows the token."""
    topic, path = at
    if expire is None:
        text = _("when the token {name} expires cannot be seen without Sys.Audit on {path}")
        return Finding(topic, key, UNSEEN, text.format(name=name, path=path))
    if expire == 0:
        text = _("the token {name} does not expire").format(name=name)
        return Finding(topic, key, "good", text, Expiry("token", name))
    end = _instant(expire)
    text = _("the token {name} holds until {day}")
    return _finding(topic, key, text, Expiry("token", name, end, _left(end, now)), days)


def _finding(topic: str, key: str, text: str, expiry: Expiry, days: OnCallConfig) -> Finding:
    level: Level = "good"
    if expiry.days is not None and expiry.days <= days.expiry_warning_days:
        level = "bad" if expiry.days <= days.expiry_critical_days else "warning"
    day = "" if expiry.at is None else expiry.at.date().isoformat()
    return Finding(topic, key, level, text.format(name=expiry.name, day=day), expiry)


def _instant(seconds: int) -> datetime:
    """The last there is for an end beyond it, as milliseconds given for seconds make."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return _LAST


def _left(end: datetime, now: datetime) -> int:
    """Whole days that are left, negative when it is over."""
    return (end - now) // timedelta(days=1)


def _shown(access: ClusterAccess, endpoint: str) -> datetime | Exception:
    """The end of the certificate that an endpoint shows, under the trust that is configured."""
    host, port = host_and_port(endpoint, access.service)
    try:
        context = tls_context(access)
        with (
            socket.create_connection((host, port), access.limits.connect) as plain,
            context.wrap_socket(plain, server_hostname=host) as wrapped,
        ):
            shown = wrapped.getpeercert(binary_form=True) or b""
        if pinned := access.pinned(endpoint):
            require_pinned(shown, pinned)
        return x509.load_der_x509_certificate(shown).not_valid_after_utc
    except (OSError, ValueError, NoTrust) as error:  # SSL's errors are OSErrors
        return error


def _reason(error: ssl.SSLCertVerificationError | NoTrust) -> str:
    """Why a certificate is not trusted, in OpenSSL's words or ours."""
    return getattr(error, "verify_message", "") or str(error.args[-1])
