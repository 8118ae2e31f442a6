"""A guest's serial console, relayed by `nocd`: no token and no ticket leaves it (R36).

It is asked for with the circumstance that requires it, which is put on record; then its stream is
opened once, by the same account, as a web socket. Binary messages are the terminal's bytes, both
ways; a text message is JSON: a `Size` from the operator, a `ConsoleEnd` from `nocd`.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from noc_tui.api.endpoint import Body, get, post
from noc_tui.i18n import Language
from noc_tui.roles import Role

Circumstance = Literal["client", "incident", "violation", "authority", "security"]
"""Why somebody looks: the client asks for it, an incident, a violation notified, an authority's
request, the safety of the platform.
"""


class ConsoleRequest(Body, frozen=True):
    """The circumstance and its reference: a ticket, an incident, a case."""

    circumstance: Circumstance
    reference: Annotated[str, Meta(min_length=2, max_length=200)]
    serial: Annotated[int, Meta(ge=0, le=3)] | None = None


class ConsoleTicket(msgspec.Struct, frozen=True):
    """Opens the stream once, within a minute: `session`. `entry` is the record of it; after
    `idle_seconds` without a key it ends.
    """

    session: str
    entry: int
    guest: str
    tenant: str
    idle_seconds: int


class Size(msgspec.Struct, frozen=True):
    """The operator's terminal, in characters."""

    columns: Annotated[int, Meta(ge=1, le=1000)]
    rows: Annotated[int, Meta(ge=1, le=1000)]


class ConsoleEnd(msgspec.Struct, frozen=True):
    """Why it ended: `closed` by the operator, `guest` by the guest, `idle`, `failed` (and why)."""

    ended: Literal["closed", "guest", "idle", "failed"]
    said: str = ""


class HandedConsole(msgspec.Struct, frozen=True):
    """A console that the operator's screens asked for and that another process of theirs shows; it
    is handed over in the environment (`HANDED`), which no other account reads.
    """

    socket: str
    ticket: ConsoleTicket
    guest: str
    play: str | None
    language: Language


HANDED = "NOC_CONSOLE"

REQUEST = post("/v1/guests/{cluster}/{vmid}/console", Role.OPERATOR, ConsoleRequest, ConsoleTicket)
STREAM = get("/v1/consoles/{session}", Role.OPERATOR, bytes)
"""The web socket."""
