"""Requests about the outbox: list the messages about something, and retry one."""

from datetime import datetime

import msgspec

from noc_tui.api.endpoint import Body, get, post
from noc_tui.roles import Role


class Message(msgspec.Struct, frozen=True):
    """A message: `id` is its Message-ID, `about` what it concerns (`suspension:S-0001`), `raw` the
    exact message as text, `answer` the server's own last words, `next_at` when it is tried next.
    """

    id: str
    kind: str
    about: str
    purpose: str
    recipient: str
    copy: str
    subject: str
    raw: str
    uid: int
    account: str
    state: str
    attempts: int
    next_at: datetime | None
    answer: str
    queued_at: datetime
    changed_at: datetime


class Which(Body, frozen=True):
    """A message, by its Message-ID."""

    id: str


class Queued(msgspec.Struct, frozen=True):
    """The Message-ID of the message that is tried again at once."""

    id: str


MESSAGES = get("/v1/messages", Role.VIEWER, list[Message], query=("about",))
"""The query `about` is what they concern; the oldest first."""
RETRY = post("/v1/messages/retry", Role.OPERATOR, Which, Queued)
