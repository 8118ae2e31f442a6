"""How deliveries and orders ended, as entries say it: columns that no digest of the row covers.

A mail, a page and an order about a guest go through states of which only the last counts, and that
has an entry of its own. What a row says of its end is compared with that entry; a row that says
that it is still under way, or over, against its last entry is altered.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from storage.evidence import RESUMED
from storage.recording import RESERVED

REBUILT = "rebuilt from the evidence log"
"""The last words of a row that a rebuild made anew, so that nothing is sent again."""
SETTLED: Mapping[str, frozenset[str]] = {
    "message": frozenset({"accepted", "refused"}),
    "page": frozenset({"done", "failed"}),
    "intent": frozenset({"done", "failed"}),
}
"""By table, the states that an entry tells."""
_KINDS = {
    "mail.": "message",
    "page.": "page",
    "guest.power.": "intent",
    "guest.snapshot.": "intent",
    "guest.backup.": "intent",
    "guest.restore.": "intent",
    "guest.deletion.": "intent",
    "guest.migration.": "intent",
    "guest.evacuation.": "intent",
    "node.evacuation.": "intent",
    "node.maintenance.": "intent",
}
_DROPPED = {
    "mail": ("message", "refused"),
    "page": ("page", "failed"),
    "order": ("intent", "failed"),
}


class Outcome(msgspec.Struct, frozen=True):
    """How the row of a table and key (the JSON array) stands after an entry. `said` is its last
    column of text, None where the entry does not tell it.
    """

    table: str
    key: str
    state: str
    said: str | None


def tells_outcome(kind: str) -> str:
    """The table of whose rows entries of a kind tell the end; empty for other kinds."""
    return next((table for area, table in _KINDS.items() if kind.startswith(area)), "")


def outcomes_of(kind: str, content: bytes) -> Iterator[Outcome]:
    """What an entry says of how rows ended, or that they go on."""
    table = tells_outcome(kind)
    if not table and kind != RESUMED:
        return
    said: dict[str, Any] = json.loads(content)
    if kind == RESUMED:
        yield from _dropped(said)
    elif table == "intent":
        number = said.pop("intent", None)
        for key in RESERVED:
            said.pop(key, None)
        state = kind.rpartition(".")[2]
        if state in SETTLED[table]:
            result = msgspec.json.encode(said, order="sorted").decode()
            yield Outcome(table, _key(number), state, result)
        elif number is not None:
            yield Outcome(table, _key(number), "", None)
    elif (name := said.get("message_id" if table == "message" else "id")) is not None:
        state = kind.rpartition(".")[2]
        if kind == "page.queued" and not said.get("attempt") and said.get("answer"):
            state = "done"  # handed over to the outbox
        settled = state in SETTLED[table]
        yield Outcome(table, _key(name), state if settled else "", said.get("answer"))


def _dropped(said: Mapping[str, Any]) -> Iterator[Outcome]:
    for name in said.get("dropped", ()):
        what, _, which = str(name).partition(":")
        if what in _DROPPED:
            table, state = _DROPPED[what]
            yield Outcome(table, _key(int(which) if what == "order" else which), state, None)


def _key(part: object) -> str:
    return msgspec.json.encode([part]).decode()
