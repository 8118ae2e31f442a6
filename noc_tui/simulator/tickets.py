"""Who asks: API tokens, and tickets with their CSRF tokens."""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from urllib.parse import unquote

from noc_tui.simulator.errors import authentication_error
from noc_tui.simulator.model.access import Access

LIFE = 7200
SKEW = 300
_TICKET = re.compile(r"PVE:(?P<user>[^:\s!]+@[^:\s]+):(?P<time>[0-9A-F]{8})::(?P<signature>\S+)")
_TOKEN = re.compile(r"PVEAPIToken(?:=|\s+)(?P<id>[^!\s]+@[^!\s=]+![^=\s]+)=(?P<secret>\S+)")
_CSRF = re.compile(r"(?P<time>[0-9A-F]{8}):(?P<signature>\S+)")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request carries about its sender."""

    cookie: str = ""
    authorization: str = ""
    csrf: str = ""


@dataclass(frozen=True, slots=True)
class Sender:
    """A user or a token that proved itself."""

    principal: str
    by_token: bool


class Tickets:
    """Signs and checks tickets with a key of its own."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def ticket(self, user: str, now: float) -> str:
        stamp = f"{int(now):08X}"
        return f"PVE:{user}:{stamp}::{self._signature('ticket', user, stamp)}"

    def csrf(self, user: str, now: float) -> str:
        stamp = f"{int(now):08X}"
        return f"{stamp}:{self._signature('csrf', user, stamp)}"

    def user_of(self, ticket: str, now: float) -> str | None:
        """The user of a ticket that is genuine and not too old, else None."""
        match = _TICKET.fullmatch(ticket)
        if match is None or not _in_time(match["time"], now):
            return None
        expected = self._signature("ticket", match["user"], match["time"])
        return match["user"] if hmac.compare_digest(expected, match["signature"]) else None

    def csrf_is_good(self, token: str, user: str, now: float) -> bool:
        match = _CSRF.fullmatch(token)
        if match is None or not _in_time(match["time"], now):
            return False
        expected = self._signature("csrf", user, match["time"])
        return hmac.compare_digest(expected, match["signature"])

    def _signature(self, *parts: str) -> str:
        raw = hmac.new(self._key, ":".join(parts).encode(), hashlib.sha256).digest()
        return base64.b64encode(raw).decode().rstrip("=")


def authenticate(
    credentials: Credentials, access: Access, tickets: Tickets, now: float, writing: bool
) -> Sender:
    """The sender of a request; raises 401 as the authentication layer does."""
    ticket = _ticket_in(credentials)
    if ticket:
        user = tickets.user_of(ticket, now)
        if user is None or not is_enabled(access, user, now):
            raise authentication_error()
        if writing and not tickets.csrf_is_good(credentials.csrf, user, now):
            raise authentication_error("Permission denied - invalid csrf token")
        return Sender(user, by_token=False)
    if not credentials.authorization.startswith("PVEAPIToken"):
        raise authentication_error("No ticket")
    return Sender(_token_in(credentials.authorization, access, now), by_token=True)


def is_enabled(access: Access, user: str, now: float) -> bool:
    """Whether a user exists, is enabled and has not expired."""
    known = access.users.get(user)
    return known is not None and known.enabled and not 0 < known.expire <= now


def _ticket_in(credentials: Credentials) -> str:
    if credentials.cookie:
        return unquote(credentials.cookie)
    scheme, _, value = credentials.authorization.partition("=")
    return unquote(value) if scheme == "PVEAuthCookie" else ""


def _token_in(authorization: str, access: Access, now: float) -> str:
    match = _TOKEN.fullmatch(authorization)
    token = access.tokens.get(match["id"]) if match else None
    if match is None or token is None:
        raise authentication_error()
    genuine = hmac.compare_digest(token.secret.encode(), match["secret"].encode())
    expired = 0 < token.expire <= now
    if not genuine or expired or not is_enabled(access, match["id"].partition("!")[0], now):
        raise authentication_error()
    return match["id"]


def _in_time(stamp: str, now: float) -> bool:
    age = now - int(stamp, 16)
    return -SKEW < age < LIFE
