"""The values of rows in entries, by which a row is worked out again from the evidence log alone.

An entry's payload has the reserved key `row_values`, beside the digests in `rows`
(`storage.row_digests`). Of a row that one entry wrote it holds the columns that became others, and
nothing of those that stayed: what somebody wrote stands in the entry that brought it, and goes when
that one is erased. What is null in a new row is left out.

    {"outage": {"[12]": {"end": 1772787600000000, "ended_by": 40}},
     "ledger": {"all": {"evidence": 40, "since": 7}, "columns": ["seq", "source"],
                "rows": [[1, "guest:rennes/101"]]}}

The second form is that of tables of which one entry may bring thousands of rows: whole rows, with
the values that all of them have given once. A value is what the column holds, or one of

    {"payload": KEY}        the text under KEY of the same payload; with `"bytes": true`, its bytes
    {"base64": TEXT}        bytes
    {"patch": OPERATIONS}   the column's JSON text as it was, changed (`storage.json_patch`)
    {"withheld": WHY}       nothing: `secret`, since it looks like one; `tenant`, since the entry is
                            about other tenants; `erased`, with the entry that brought it; `large`,
                            since it is a file, which a log need not hold twice

The entry `evidence.erased` holds the key `row_values_of`, by the number of the entry that it
empties: of its rows the values that the rows still have, without the columns that a table names as
`erasable`.
"""

import base64
import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from storage import json_patch
from storage.connection import Value

SECRET, OTHER_TENANT, ERASED_VALUE, LARGE = "secret", "tenant", "erased", "large"
UNFIT = "unfit"
"""Why a value is withheld that an entry holds and that cannot be applied; never on record."""
WITHHELD = "withheld"
_LONG = 64
"""A text as long as this is named by its place in the payload, if it stands there."""

LARGEST = 64 * 1024
"""How many bytes of a column an entry holds, unless they are a text of its payload."""

Delta = dict[str, tuple[Value, Value]]
"""Columns that became others: what they held, and what they hold."""
Told = Any
"""A value as an entry holds it."""

REFUSED_FIELD = r"passw|secret|token_value|authorization|cookie|private_key"
MASKED = (  # user@realm!name=uuid, and the header that carries it
    r"(![A-Za-z][\w.-]*[=:]|PVEAuthCookie=|PBSAuthCookie=)"
    r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|P[VB][ES]S?:[^\s\"]+)"
)
_SECRET = re.compile(rf'{MASKED}|"[^"]*(?:{REFUSED_FIELD})[^"]*"\s*:', re.I)


def tell_delta(delta: Delta, payload: Mapping[str, str], *, whole: bool) -> dict[str, Told]:
    """The values as an entry holds them whose payload has these texts; `whole` without patches."""
    return {
        name: tell_value(new, None if whole else old, payload)
        for name, (old, new) in sorted(delta.items())
    }


def tell_value(new: Value, old: Value = None, payload: Mapping[str, str] | None = None) -> Told:
    """One value as an entry holds it; `old` is what the column held."""
    if new is None or isinstance(new, int | float):
        return new
    text = new.decode("latin-1") if isinstance(new, bytes) else new
    if looks_secret(text):
        return {WITHHELD: SECRET}
    key = next((k for k, v in (payload or {}).items() if v == text), None)
    if isinstance(new, bytes):
        if key is not None and text.isascii():
            return {"payload": key, "bytes": True}
        if len(new) > LARGEST:
            return {WITHHELD: LARGE}
        return {"base64": base64.b64encode(new).decode()}
    if key is not None:
        return {"payload": key}
    if isinstance(old, str) and is_document(old) and is_document(text):
        operations = json_patch.diff(old, text)
        if operations:  # raw: the order of its fields is the document's
            return {"patch": msgspec.Raw(msgspec.json.encode(operations))}
    return text


def is_document(text: str) -> bool:
    """Whether a column holds a JSON object, of which an entry holds what changed in it."""
    return text.startswith("{")


def looks_secret(text: str) -> bool:
    """Whether a text holds what may not enter the evidence log."""
    return _is_marked(text) and _SECRET.search(text) is not None


def _is_marked(text: str) -> bool:
    return "!" in text or "=" in text or '"' in text


def long_texts(content: bytes) -> dict[str, str]:
    """The texts of a payload that columns may name instead of repeating them."""
    fields = msgspec.json.decode(content, type=dict[str, msgspec.Raw])
    long = {key: bytes(raw) for key, raw in fields.items() if len(raw) > _LONG}
    return {key: msgspec.json.decode(raw) for key, raw in long.items() if raw[:1] == b'"'}


def has_long_text(delta: Delta) -> bool:
    """Whether a payload's texts are worth a look."""
    return any(isinstance(new, str | bytes) and len(new) >= _LONG for _, new in delta.values())


def take_value(told: Told, before: Told, payload: Mapping[str, str]) -> Told:
    """A column after an entry, in the form of `{"base64": …}`, `{"withheld": …}`, or plain.

    Errors: `ValueError` for what is none of the forms.
    """
    if not isinstance(told, dict):
        if isinstance(told, list | float):
            raise ValueError(f"no value of a column: {told!r:.60}")
        return told
    if "patch" in told:
        if not isinstance(before, str):
            return before if isinstance(before, dict) else {WITHHELD: UNFIT}
        return json_patch.apply(before, told["patch"])
    if "payload" in told:
        text = payload.get(told["payload"])
        if text is None:
            raise ValueError(f"the payload has no text {told['payload']!r:.60}")
        if told.get("bytes"):
            return {"base64": base64.b64encode(text.encode("ascii")).decode()}
        return text
    if WITHHELD in told or "base64" in told:
        return told
    raise ValueError(f"no value of a column: {told!r:.60}")


def is_withheld(told: Told) -> bool:
    """Whether an entry holds no value of the column."""
    return isinstance(told, dict) and WITHHELD in told


def column_value(told: Told) -> Value:
    """What the column holds, of a value that `take_value` gave and that is not withheld."""
    if isinstance(told, dict):
        return base64.b64decode(told["base64"], validate=True)
    value: Value = told
    return value


def tell_rows(columns: Sequence[str], rows: Sequence[Sequence[Value]]) -> dict[str, Told]:
    """Many whole rows as an entry holds them: what all of them have stands once."""
    same: dict[str, Told] = {}
    names: list[str] = []
    differing: list[Sequence[Told]] = []
    for name, values in zip(columns, zip(*rows, strict=True), strict=True):
        if len(values) > 1 and values.count(values[0]) == len(values):
            same[name] = tell_value(values[0])
        else:
            names.append(name)
            differing.append(_tell_column(values))
    return {"all": same, "columns": names, "rows": list(zip(*differing, strict=True))}


def _tell_column(values: Sequence[Value]) -> Sequence[Told]:
    """A column of many rows; seldom does a value need a look of its own."""
    texts = "".join([value for value in values if isinstance(value, str)])
    if any(isinstance(value, bytes) for value in values) or _is_marked(texts):
        return [tell_value(value) for value in values]
    return values


class _Block(msgspec.Struct, forbid_unknown_fields=True):
    all: dict[str, Any]
    columns: list[str]
    rows: list[list[Any]]


def take_rows(told: Told, columns: Sequence[str]) -> list[list[Told]]:
    """The whole rows that an entry holds, each in the order of `columns`.

    Errors: `ValueError` for what is not of that form or has other columns.
    """
    block = msgspec.convert(told, _Block)
    if sorted([*block.all, *block.columns]) != sorted(columns):
        raise ValueError("the rows have other columns than the table")
    if any(len(row) != len(block.columns) for row in block.rows):
        raise ValueError("a row has more or fewer values than columns")
    taken = []
    for row in block.rows:
        fields = block.all | dict(zip(block.columns, row, strict=True))
        taken.append([take_value(fields[name], None, {}) for name in columns])
    return taken
