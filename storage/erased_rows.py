"""Where a content stands besides its entry: the rows that the entry wrote, emptied with it.

A row stays, with its key, its instants and its figures; what is emptied is text that somebody wrote
or that names somebody. An invoice is nothing but what has run out: its row goes. For
`storage.erasure` alone.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from storage.authority import AUTHORITY_ORDERS, without_words
from storage.backup_nights import RESTORE_TESTS
from storage.change import Change
from storage.data_copies import DATA_COPIES, DataCopy
from storage.decisions import PROPOSED, ProposedDecision
from storage.evidence import Entry
from storage.exhibits import EXHIBITS
from storage.incidents import ENTRIES
from storage.invoices import INVOICES
from storage.legal_registers import BREACH_NOTICES, BREACHES, SUBPROCESSORS, DataBreach
from storage.licences import LICENCE_AUDITS, LICENCES
from storage.membership import WANTED_EMPTY
from storage.oncall import ALERT_NOTES, SHIFT_NOTES
from storage.outages import ATTRIBUTIONS, EXCLUSIONS, Exclusion
from storage.outbox import MESSAGES, Message
from storage.recording import ROWS
from storage.reparations import REPARATIONS
from storage.resources import RESOURCE_LIMITS
from storage.row_digests import row_digest
from storage.scope import CASES, DECISIONS
from storage.suspension import (
    ENDED,
    STEPS,
    SUSPENDED_GUESTS,
    SUSPENSIONS,
    guests_of,
    steps_of,
    without_content,
)
from storage.tables import Key, Table

Blanks = Mapping[str, object]
_OPEN = ("queued", "sending", "unknown")


def _of_exclusion(row: Exclusion, entry: Entry) -> Blanks:
    """Each of the two reasons goes with the entry that gave it, and what it rests on with the
    first.
    """
    blanks: dict[str, object] = {}
    if row.evidence == entry.seq:
        blanks |= {"reason": "", "grounds": None, "link": None}
    if row.withdrawn_by == entry.seq:
        blanks["withdrawn_reason"] = ""
    return blanks


def _of_proposal(row: ProposedDecision, entry: Entry) -> Blanks:
    """As of an exclusion: what was proposed, and how it was answered."""
    blanks: dict[str, object] = {}
    if row.evidence == entry.seq:
        blanks |= {"reason": "", "link": "", "grounds": ()}
    if row.decided_by == entry.seq:
        blanks["decided_reason"] = ""
    return blanks


def _of_message(row: Message, _entry: Entry) -> Blanks:
    """A message that never left is not sent empty."""
    blanks = {"recipient": "", "copy": "", "subject": "", "raw": b"", "answer": ""}
    return blanks | ({"state": "refused", "next_at": None} if row.state in _OPEN else {})


def _of_copy(row: DataCopy, _entry: Entry) -> Blanks:
    """A copy that is still owed keeps what it is: whoever makes it has to know."""
    words = DATA_COPIES.erasable
    return {} if row.is_open else dict.fromkeys(words, "")


def _of_breach(row: DataBreach, _entry: Entry) -> Blanks:
    """A breach that is open keeps what it is: somebody must still be told."""
    return {} if row.closed_at is None else dict.fromkeys(BREACHES.erasable, "")


def _always(**blanks: object) -> Callable[[Any, Entry], Blanks]:
    return lambda _row, _entry: blanks


PLACES: Sequence[tuple[Table[Any], Callable[[Any, Entry], Blanks]]] = (
    (ENTRIES, _always(text="", words=())),
    (ATTRIBUTIONS, _always(reason="", grounds=(), link=None)),
    (EXCLUSIONS, _of_exclusion),
    (PROPOSED, _of_proposal),
    (WANTED_EMPTY, _always(reason="")),
    (DECISIONS, _always(text="", reference="", reason="", answered="")),
    (MESSAGES, _of_message),
    (EXHIBITS, _always(content=b"")),
    (ALERT_NOTES, _always(text="")),
    (SHIFT_NOTES, _always(text="")),
    (RESTORE_TESTS, _always(note="")),
    (RESOURCE_LIMITS, _always(reason="")),
    (LICENCES, _always(note="")),
    (LICENCE_AUDITS, _always(findings="")),
    (CASES, _always(reason="")),
    (DATA_COPIES, _of_copy),
    (SUBPROCESSORS, _always(announcement="")),
    (BREACHES, _of_breach),
    (BREACH_NOTICES, _always(channel="", reference="", delay_reason="")),
    (
        REPARATIONS,
        _always(subject="", reference="", uncapped_because="", withdrawn_because=""),
    ),
)
"""Of the rows that an entry wrote: what each is without its content (columns by name)."""
REMOVED: Mapping[str, Table[Any]] = {"payments.imported": INVOICES}
"""By kind of entry: the table of which no row is left once its last entry is erased."""
_BY_NUMBER = frozenset(
    {
        "incident_entry",
        "attribution",
        "exclusion",
        "proposed_decision",
        "scope_decision",
        "wanted_empty",
    }
)
"""The tables whose rows bear the number of their entry."""


Blanked = list[tuple[Table[Any], list[Any]]]
"""Rows as they are to be, table by table."""


async def find_blanks(change: Change, entries: Sequence[Entry]) -> Blanked:
    """The rows of these entries, whose contents still stand, as they are without their contents;
    those that have none are left out, and keep their digests.
    """
    found: Blanked = []
    for table, blanks_of in PLACES:
        rows: dict[Key, Any] = {}
        for entry in entries:
            for stored in await _rows_of(change, table, entry):
                row = rows.get(table.key_of(stored), stored)
                blank = replace(row, **blanks_of(row, entry))
                if blank != row:
                    rows[table.key_of(row)] = blank
        if rows:
            found.append((table, [*rows.values()]))
    for case in sorted({name for entry in entries for name in _cases(entry)}):
        found += await _case_blanks(change, case)
    for order in sorted({name for entry in entries for name in _orders(entry)}):
        found += await _order_blanks(change, order)
    return found


async def find_removals(
    change: Change, entries: Sequence[Entry]
) -> list[tuple[Table[Any], list[str]]]:
    """The rows that go with these entries, by their keys as entries name them: those that still are
    as one of the entries left them, for what a later one wrote goes with that one.
    """
    found: dict[str, tuple[Table[Any], dict[str, None]]] = {}
    for entry in entries:
        table = REMOVED.get(entry.kind)
        if table is None:
            continue
        said = msgspec.json.decode(entry.payload or "{}").get(ROWS, {}).get(table.name, {})
        for text, digest in said.items():
            row = await table.get(change, *msgspec.json.decode(text))
            if row is not None and row_digest(table.canonical(table.stored_values(row))) == digest:
                found.setdefault(table.name, (table, {}))[1][text] = None
    return [(table, [*keys]) for table, keys in found.values()]


async def _rows_of(change: Change, table: Table[Any], entry: Entry) -> list[Any]:
    said = msgspec.json.decode(entry.payload or "{}")
    keys = {tuple(msgspec.json.decode(key)) for key in said.get(ROWS, {}).get(table.name, {})}
    if table is MESSAGES and entry.kind == "mail.queued":
        keys.add((said.get("message_id", ""),))
    found = [row for key in keys if (row := await table.get(change, *key)) is not None]
    if table.name in _BY_NUMBER:
        found += await table.where(change, "evidence = ?", entry.seq)
    return found


def _cases(entry: Entry) -> list[str]:
    return _named(entry, "suspension") if entry.kind.startswith("suspension.") else []


def _orders(entry: Entry) -> list[str]:
    return _named(entry, "authority") if entry.kind.startswith("authority.") else []


def _named(entry: Entry, kind: str) -> list[str]:
    """The subjects of that kind of thing, without the kind."""
    names = [name.partition(":") for name in entry.subjects]
    return [name for one, _, name in names if one == kind]


async def _order_blanks(change: Change, name: str) -> Blanked:
    """An order of an authority that is over keeps what it was and when."""
    row = await AUTHORITY_ORDERS.get(change, name)
    if row is None or row.state not in ("carried-out", "withdrawn"):
        return []
    blank = without_words(row)
    return [] if blank == row else [(AUTHORITY_ORDERS, [blank])]


async def _case_blanks(change: Change, name: str) -> Blanked:
    """A case that is over keeps what it was, of whom and when; one that is not is left alone."""
    case = await SUSPENSIONS.get(change, name)
    if case is None or case.state not in ENDED:
        return []
    blank = replace(case, tenant_name="", document=without_content(case.document))
    steps = [(step, replace(step, record=None, said="")) for step in await steps_of(change, name)]
    guests = [(one, replace(one, name="", detail="")) for one in await guests_of(change, name)]
    changes: Sequence[tuple[Table[Any], Sequence[tuple[Any, Any]]]] = (
        (SUSPENSIONS, [(case, blank)]),
        (STEPS, steps),
        (SUSPENDED_GUESTS, guests),
    )
    return [(table, [new for old, new in rows if new != old]) for table, rows in changes]
