"""Proxmox's envelope `{"data": …}` decoded straight from the bytes into typed values.

The usual answer is decoded in one step. One that does not fit is read again row by row and field by
field: the bounds of a field are its type's (`api_rows`). Text that no JSON allows but Perl's and
other encoders write (`NaN`, `Infinity`, half a surrogate pair, bytes that are not UTF-8, numbers of
thousands of digits, values nested deeper than `MAX_DEPTH`) spoils its own field only.

Every failure is a `ValueError` that says what was wrong; `client` makes a `BadAnswer` of it.
"""

import json
import math
import re
import threading
from collections.abc import Mapping
from functools import cache
from typing import Any, Generic, TypeVar, get_args, get_origin

import msgspec

from noc_tui.cluster.api_rows import Name
from noc_tui.cluster.omissions import OmissionLog

T = TypeVar("T")
MAX_DEPTH = 32
"""How deeply an answer is nested at most: Proxmox's own are nested six deep."""
MAX_DIGITS = 19
"""The digits of a whole number of 64 bits."""
MAX_ROWS = 200_000
"""The rows of an answer at most: twice the largest estate that is planned for."""
MAX_COMMAS = 4_000_000
"""Millions of empty rows fit into few bytes and fill the memory: with more commas than 100 000
guests have, an answer is not decoded.
"""
_BUILDING = threading.Lock()
# A string that is never closed goes to the end: were it no match, each quote in it would be tried.
_BRACKETS = re.compile(r'"(?:[^"\\]|\\.|\\\Z)*(?:"|\Z)|[\[\]{}]', re.DOTALL)
_IDENTITIES = ("upid", "id", "sid", "userid", "tokenid", "backup-id")
"""The fields that name a row; each type of row is named by the first of them that it has."""


class _Envelope(msgspec.Struct, Generic[T]):
    data: T


class _Unreadable:
    """Stands for a value that cannot be read; no type takes it and no encoder writes it."""


_UNREADABLE = _Unreadable()


def _decoder(kind: object) -> "msgspec.json.Decoder[_Envelope[Any]]":
    """One thread at a time: an envelope's own type is made here, in the threads of a cluster, where
    `noc_tui.threads` cannot have worked it out before.
    """
    with _BUILDING:
        return _built(kind)


@cache
def _built(kind: object) -> "msgspec.json.Decoder[_Envelope[Any]]":
    # A generic Struct is parametrised at run time, which no type checker can follow.
    return msgspec.json.Decoder(_Envelope[kind], strict=False)  # type: ignore[valid-type]


def decode(body: bytes, kind: type[T]) -> T:
    """The `data` of an answer as `kind`, numbers and flags coerced from text where needed."""
    _refuse_flood(body)
    try:
        data: T = _decoder(kind).decode(body).data
        return data
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    except msgspec.MsgspecError as error:
        raise ValueError(f"{error}; it begins {_beginning(body)}") from error


def read_rows(body: bytes, row: type[T], log: OmissionLog) -> list[T]:
    """A list of rows, as far as it can be read; what cannot is left out and noted in `log`.

    A field whose default is None is left out alone. Any other field, an identity above all, takes
    its row with it: its default would say something that nobody said.
    """
    try:
        return decode(body, list[row])  # type: ignore[valid-type]  # the parameter is a run-time type
    except ValueError:
        loose = _decode_loosely(body)
    if not isinstance(loose, list):
        raise ValueError(f"not a list of rows; it begins {_beginning(body)}")
    if len(loose) > MAX_ROWS:
        raise ValueError(f"{len(loose)} rows; it begins {_beginning(body)}")
    found = []
    names = {field.encode_name for field in msgspec.structs.fields(row)}  # type: ignore[arg-type]  # rows are Structs
    naming = next((name for name in _IDENTITIES if name in names), "")
    for raw in loose:
        identity = _identity(raw, naming)
        try:
            found.append(_read_row(raw, row, identity, log))
        except ValueError as error:
            log.leave_out_row(str(error), *([identity] if identity else []))
    return found


def decode_rows(body: bytes, row: type[T]) -> list[T]:
    """A list of rows. Where an optional field of a row is not what it should be, that field alone
    is left out (unknown); where a row cannot be read, the whole answer is refused: for callers to
    whom a row that was left out would look like a thing that is not there.
    """
    log = OmissionLog()
    rows = read_rows(body, row, log)
    if log.rows:
        raise ValueError(
            f"{log.rows} rows have no identity or cannot be read: {'; '.join(log.total().examples)}"
        )
    return rows


def decode_leniently(body: bytes, kind: type[T], log: OmissionLog | None = None) -> T:
    """The `data` of an answer; of a row, or of rows, an optional field that is not what it should
    be is left out, as in `decode_rows`, and noted in `log`.
    """
    if get_origin(kind) is list and _is_row(row := get_args(kind)[0]):
        return decode_rows(body, row)  # type: ignore[return-value]  # T is a list of that row
    try:
        return decode(body, kind)
    except ValueError:
        if not _is_row(kind):
            raise
        return _read_row(_decode_loosely(body), kind, "", log or OmissionLog())


def decode_mapping(body: bytes, kind: type[T], log: OmissionLog) -> dict[str, T]:
    """The `data` of an answer as names and values; a value that is not a `kind` is left out."""
    loose = _decode_loosely(body)
    if not isinstance(loose, Mapping):
        raise ValueError(f"not a mapping; it begins {_beginning(body)}")
    found: dict[str, T] = {}
    for name, value in loose.items():
        try:
            found[str(_checked(name, str))] = _checked(value, kind)
        except ValueError:
            log.leave_out_field("", str(name))
    return found


def _is_row(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _read_row(raw: object, row: type[T], identity: str, log: OmissionLog) -> T:
    """The row; `ValueError` where a field is wrong that it cannot do without."""
    try:
        return _checked(raw, row)
    except ValueError as error:
        if not isinstance(raw, Mapping):
            raise ValueError(f"not a row: {error}") from error
    kept: dict[str, object] = {}
    omitted = []
    for field in msgspec.structs.fields(row):  # type: ignore[arg-type]  # rows are Structs
        name = field.encode_name
        if name not in raw:
            continue
        try:
            _checked(raw[name], field.type)
            kept[name] = raw[name]
        except ValueError as error:
            if field.default is not None:
                raise ValueError(f"{name}: {error}") from error
            omitted.append(name)
    found = _checked(kept, row)
    for name in omitted:
        log.leave_out_field(identity, name)
    return found


def _checked(value: object, kind: type[T]) -> T:
    """`value` as `kind`; `ValueError` where it is none, or holds what cannot be written again."""
    try:
        return msgspec.json.decode(msgspec.json.encode(value), type=kind, strict=False)
    except (msgspec.MsgspecError, ValueError, TypeError, OverflowError, RecursionError) as error:
        if isinstance(error, msgspec.ValidationError):
            raise ValueError(str(error)) from error
        raise ValueError("a value that cannot be read") from error


def _identity(raw: object, naming: str) -> str:
    """What a row says in the field that names it; "" where that cannot be read."""
    try:
        return _checked(raw.get(naming), Name) if isinstance(raw, Mapping) else ""
    except ValueError:
        return ""


def _refuse_flood(body: bytes) -> None:
    if len(body) > MAX_COMMAS and body.count(b",") > MAX_COMMAS:
        raise ValueError(f"more than {MAX_COMMAS} values; it begins {_beginning(body)}")


def _decode_loosely(body: bytes) -> object:
    """The `data` of an answer, with `_UNREADABLE` where a value is none of JSON's."""
    _refuse_flood(body)
    text = body.decode("utf-8", "surrogateescape")
    try:
        try:
            envelope = _loads(text)
        except RecursionError:
            envelope = _loads(_cut_depth(text))
    except ValueError as error:
        raise ValueError(f"{error}; it begins {_beginning(body)}") from error
    if not isinstance(envelope, Mapping) or "data" not in envelope:
        raise ValueError(f"not an object with data; it begins {_beginning(body)}")
    return envelope["data"]


def _loads(text: str) -> object:
    found: object = json.loads(
        text,
        strict=False,
        parse_constant=lambda _: _UNREADABLE,
        parse_float=_float,
        parse_int=_int,
    )
    return found


def _float(text: str) -> object:
    value = float(text)
    return value if math.isfinite(value) else _UNREADABLE


def _int(text: str) -> object:
    return int(text) if len(text.lstrip("-")) <= MAX_DIGITS else _UNREADABLE


def _cut_depth(text: str) -> str:
    """The text with every value that lies deeper than `MAX_DEPTH` made unreadable."""
    kept: list[str] = []
    depth = begin = 0
    for found in _BRACKETS.finditer(text):
        if found[0] in "[{":
            depth += 1
            if depth == MAX_DEPTH + 1:
                kept += (text[begin : found.start()], "NaN")
        elif found[0] in "]}":
            depth -= 1
            if depth == MAX_DEPTH:
                begin = found.end()
    if depth <= MAX_DEPTH:
        kept.append(text[begin:])
    return "".join(kept)


def _beginning(body: bytes) -> str:
    text = body[:80].decode("utf-8", "replace")
    return repr(text) if text else "with nothing: the body is empty"
