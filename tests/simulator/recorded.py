"""Exchanges with real Proxmox VE 8.4 daemons, as facts, and how an answer is held against one.

A shape is `text`, `number`, `bool`, `null` (several joined by `|`), a mapping of keys (those with
a `?` are sometimes absent), or a list of one mapping from the rows' `type` to their shape.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

FILE = Path(__file__).with_name("exchanges.json")


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked, as whom, and what came back."""

    n: int
    setup: str
    at: int
    method: str
    path: str
    status: int
    reason: str
    waits: int
    json: bool
    token: str = ""
    genuine: bool = True
    auth: str = ""
    ticket: str = ""
    cookie: str = ""
    csrf: str = ""
    body: str = ""
    type: str = ""
    raw: str = ""
    gzip: bool = False
    expect: bool = False
    chunked: bool = False
    http10: bool = False
    text: str = ""
    shape: int | None = None
    facts: Any = None
    says: Any = None
    gives: str = ""


class Recording(msgspec.Struct, frozen=True):
    """All exchanges, and the shapes that they refer to."""

    shapes: list[Any]
    exchanges: list[Exchange]


def load() -> Recording:
    return msgspec.json.decode(FILE.read_bytes(), type=Recording)


def kind(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "bool"
    return "number" if isinstance(value, int | float) else "text"


def differences(shape: Any, value: Any, where: str = "") -> Iterator[str]:
    """What of `value` is not of `shape`."""
    if isinstance(shape, str):
        if isinstance(value, dict | list):
            yield f"{where}: {shape} expected, not {type(value).__name__}"
        elif shape != "any" and kind(value) not in shape.split("|"):
            yield f"{where}: {shape} expected, not {kind(value)}"
    elif isinstance(shape, dict):
        yield from _of_mapping(shape, value, where)
    elif not isinstance(value, list):
        yield f"{where}: a list expected, not {type(value).__name__}"
    else:
        yield from _of_rows(shape[0], value, where)


def _of_mapping(shape: dict[str, Any], value: Any, where: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{where}: a mapping expected, not {type(value).__name__}"
        return
    known = {key.rstrip("?"): key for key in shape}
    for key in sorted(known.keys() | value.keys()):
        if key not in value:
            if not known[key].endswith("?"):
                yield f"{where}.{key}: absent"
        elif key not in known:
            yield f"{where}.{key}: was not recorded"
        elif value[key] is not None or not known[key].endswith("?"):
            yield from differences(shape[known[key]], value[key], f"{where}.{key}")


def _of_rows(shapes: dict[str, Any], rows: list[Any], where: str) -> Iterator[str]:
    if bool(shapes) != bool(rows):
        yield f"{where}: {len(shapes)} kinds of rows recorded, {len(rows)} rows here"
    for row in rows:
        of = str(row.get("type", "")) if isinstance(row, dict) else ""
        if of not in shapes:
            yield f"{where}[{of}]: no such rows were recorded"
        else:
            yield from differences(shapes[of], row, f"{where}[{of}]")


def untrue(facts: Any, value: Any, where: str = "") -> Iterator[str]:
    """Values that were recorded and are others here."""
    if isinstance(facts, dict):
        for key, fact in facts.items():
            yield from untrue(fact, _part(value, key), f"{where}.{key}")
    elif isinstance(facts, list):
        rows = value if isinstance(value, list) else [value]
        if [row["t"] for row in rows] != facts:
            yield f"{where}: {facts} recorded, {rows} here"
    elif facts != value and not _same_numbered(facts, value):
        yield f"{where}: {facts!r} recorded, {value!r} here"


def _part(value: Any, key: str) -> Any:
    if isinstance(value, list):
        rows = [row for row in value if isinstance(row, dict)]
        return next((row for row in rows if key in (row.get("id"), row.get("key"))), None)
    return value.get(key) if isinstance(value, dict) else None


def _same_numbered(one: object, other: object) -> bool:
    return numberless(str(one)) == numberless(str(other))


def numberless(text: str) -> str:
    """Without the process numbers that temporary files carry."""
    return re.sub(r"\.tmp\.\d+", ".tmp", text)
