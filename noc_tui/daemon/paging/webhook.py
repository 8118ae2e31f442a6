"""Sends one page over HTTP: signed JSON, a chat's webhook, or ntfy.

No redirect is followed: a receiver that moves is told to the operators, not run after, so that
nothing that was meant for it reaches another address, private or not.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import httpx
import msgspec

from noc_tui.config.values import Receiver
from noc_tui.text import visible

TIMEOUT_SECONDS = 10.0
LONGEST_ANSWER = 300
Kind = Literal["json", "chat", "ntfy"]
_PRIORITY = {"critical": "5", "warning": "4", "notice": "3"}


class Telling(msgspec.Struct, frozen=True):
    """The content of a page. `id` stays the same however often the page is sent."""

    id: str
    state: Literal["open", "resolved"]
    severity: str
    fingerprint: str
    text: str
    next_step: str
    subject: str
    tenant: str
    since: str


@dataclass(frozen=True, slots=True)
class WebhookAnswer:
    """The receiver's answer; `certain` is False if the page may have arrived although no answer
    came.
    """

    ok: bool
    said: str
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Address:
    """Where and how a receiver is reached; `key` signs, None where nothing is signed."""

    kind: Kind
    url: str
    key: str | None


def address_of(receiver: Receiver, url: str, key: str | None) -> Address:
    """A receiver's address; mails have none."""
    if receiver.kind == "mail":
        raise ValueError(f"receiver {receiver.name} is told by mail")
    return Address(receiver.kind, url, key)


async def tell(http: httpx.AsyncClient, address: Address, body: str) -> WebhookAnswer:
    """Send one page; never raises for what a receiver does."""
    telling = msgspec.json.decode(body, type=Telling)
    content, headers = _request(address, telling)
    try:
        async with http.stream("POST", address.url, content=content, headers=headers) as response:
            return _read(response)
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        return WebhookAnswer(False, f"not reached: {visible(str(error)) or type(error).__name__}")
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:  # a key that no header holds
        said = f"no answer: {visible(str(error)) or type(error).__name__}"
        return WebhookAnswer(False, said, certain=False)


def client() -> httpx.AsyncClient:
    """A client that follows no redirect and asks no proxy of the environment."""
    return httpx.AsyncClient(follow_redirects=False, timeout=TIMEOUT_SECONDS, trust_env=False)


async def head_of(
    http: httpx.AsyncClient, method: str, url: str, content: str | None = None
) -> httpx.Response:
    """The head of the answer; its body may have no end, and is nobody's. Raises `httpx.HTTPError`,
    `httpx.InvalidURL`.
    """
    async with http.stream(method, url, content=content) as response:
        return response


def signature(key: str, body: bytes) -> str:
    """`sha256=` and the HMAC of the body, hexadecimal."""
    return "sha256=" + hmac.new(key.encode(), body, hashlib.sha256).hexdigest()


def _read(response: httpx.Response) -> WebhookAnswer:
    if response.is_success:
        return WebhookAnswer(True, str(response.status_code))
    if response.is_redirect:
        return WebhookAnswer(False, f"{response.status_code}: redirected, which is not followed")
    reason = visible(response.reason_phrase)[:LONGEST_ANSWER]
    return WebhookAnswer(False, f"{response.status_code} {reason}".strip())


def _request(address: Address, telling: Telling) -> tuple[bytes, Mapping[str, str]]:
    if address.kind == "ntfy":
        return _ntfy(telling, address.key)
    if address.kind == "chat":
        # Foreign text must not call a channel together nor make links.
        text = f"{telling.state}, {telling.severity}: {telling.text}\n{telling.next_step}"
        safe = text.replace("&", "&amp;").replace("<", "&lt;").replace("@", "@\u200b")
        return msgspec.json.encode({"text": safe}), {"Content-Type": "application/json"}
    content = msgspec.json.encode(telling)
    headers = {"Content-Type": "application/json", "X-Noc-Delivery": telling.id}
    if address.key is not None:
        headers["X-Noc-Signature"] = signature(address.key, content)
    return content, headers


def _ntfy(telling: Telling, token: str | None) -> tuple[bytes, Mapping[str, str]]:
    headers = {
        "Title": f"{telling.state}: {telling.severity}",
        "Priority": _PRIORITY.get(telling.severity, "3") if telling.state == "open" else "2",
        "X-Sequence-ID": telling.id,
    }
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    return f"{telling.text}\n{telling.next_step}".encode(), headers
