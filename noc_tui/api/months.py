"""The end of a month: closed, reopened; `month` in the path is written YYYY-MM."""

from typing import Annotated, Literal

import msgspec

from noc_tui.api.endpoint import Body, post
from noc_tui.roles import Role

Reason = Annotated[str, msgspec.Meta(max_length=2000)]


class Closing(Body, frozen=True):
    """Closes a month. `left_open` are the ids of what may stay open and was accepted so: nothing
    else may be open. The reason is asked for where anything is.
    """

    left_open: tuple[str, ...] = ()
    reason: Reason = ""


class Reopening(Body, frozen=True):
    """Reopens a month, for a reason that its next statements give."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]


class Closed(msgspec.Struct, frozen=True):
    """The closing by its number, and the entry that closed or reopened it."""

    month: str
    number: int
    entry: int


MOST_TENANTS = 20
"""Of so many tenants at most one request asks for papers."""
Tenants = Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=MOST_TENANTS)]


class Papers(Body, frozen=True):
    """Asks for the statements of some tenants, in one language."""

    tenants: Tenants
    language: Literal["fr", "en"] = "fr"


class PrintedPapers(Papers, frozen=True):
    """Asks for them as files. `manifest` is the one of an earlier answer about the same month, with
    its signature: the new one then names those files as well.
    """

    manifest: bytes = b""
    manifest_signature: bytes = b""


class SignedFile(msgspec.Struct, frozen=True):
    """A file, and the signature of its bytes by `nocd`'s Ed25519 key."""

    tenant: str
    name: str
    content: bytes
    signature: bytes


class LeftOut(msgspec.Struct, frozen=True):
    """A tenant that nothing was made of, and why."""

    tenant: str
    why: str


class SignedPapers(msgspec.Struct, frozen=True):
    """The files, the key that signed them (`key` as PEM), and who was left out.

    `manifest` are the bytes of manifest.json, which names these files and those of the manifest
    that was given, signed by the same key (`noc_tui.statement.manifest`).
    """

    files: tuple[SignedFile, ...]
    key: str
    key_id: str
    left_out: tuple[LeftOut, ...] = ()
    manifest: bytes = b""
    manifest_signature: bytes = b""


class FolderCredits(Body, frozen=True):
    """Asks for the credits of a month as a file of the folder that has this manifest, which an
    earlier answer about the month gave, with its signature.
    """

    manifest: bytes
    manifest_signature: bytes


class SignedCredits(msgspec.Struct, frozen=True):
    """The export for accounting, signed, its number of rows, and the manifest that names it too.

    `left_out` are tenants with a grant which the record does not bear out.
    """

    name: str
    rows: int
    content: bytes
    signature: bytes
    manifest: bytes
    manifest_signature: bytes
    left_out: tuple[LeftOut, ...] = ()


class QueuedLetter(msgspec.Struct, frozen=True):
    """A letter in the outbox."""

    tenant: str
    id: str


class Mailed(msgspec.Struct, frozen=True):
    """The letters that were queued, and who gets none now, and why."""

    queued: tuple[QueuedLetter, ...]
    left_out: tuple[LeftOut, ...] = ()


CLOSE = post("/v1/months/{month}/close", Role.LEAD, Closing, Closed, status=201)
STATEMENTS = post("/v1/months/{month}/statements", Role.OPERATOR, PrintedPapers, SignedPapers)
"""The statements as PDF, HTML and Markdown, signed. Nothing is written; each request verifies the
whole record.
"""
CREDITS = post("/v1/months/{month}/credits", Role.OPERATOR, FolderCredits, SignedCredits)
"""The credits granted for a month as CSV, signed into a folder of statements. Nothing is written;
each request verifies the whole record.
"""
MAIL = post("/v1/months/{month}/mails", Role.LEAD, Papers, Mailed)
"""Mails the statements of a closed month as PDF, each once."""
REOPEN = post("/v1/months/{month}/reopen", Role.LEAD, Reopening, Closed)
