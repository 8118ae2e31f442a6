"""Proxmox's envelope `{"data": …}` decoded straight from the bytes into typed values.

Every failure is a `ValueError` that says what was wrong; `Answered` makes a `BadAnswer` of it.
"""

import threading
from functools import cache
from typing import Any, Generic, TypeVar, get_args, get_origin

import msgspec

T = TypeVar("T")
_BUILDING = threading.Lock()


class _Envelope(msgspec.Struct, Generic[T]):
    data: T


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
    try:
        data: T = _decoder(kind).decode(body).data
        return data
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    except msgspec.MsgspecError as error:
        raise ValueError(f"{error}; it begins {_beginning(body)}") from error


def decode_rows(body: bytes, row: type[T]) -> list[T]:
    """A list of rows. Where an optional field of a row is not what it should be, that field alone
    is left out (unknown); where an identity is not, the whole answer is refused, since a row that
    was dropped would look like a guest that was removed.
    """
    try:
        return decode(body, list[row])  # type: ignore[valid-type]  # the parameter is a run-time type
    except ValueError:
        loose = decode(body, list[dict[str, object]])
        return [_lenient(each, row) for each in loose]


def decode_leniently(body: bytes, kind: type[T]) -> T:
    """The `data` of an answer; of a row, or of rows, an optional field that is not what it should
    be is left out, as in `decode_rows`.
    """
    if get_origin(kind) is list and _is_row(row := get_args(kind)[0]):
        return decode_rows(body, row)  # type: ignore[return-value]  # T is a list of that row
    try:
        return decode(body, kind)
    except ValueError:
        if not _is_row(kind):
            raise
        return _lenient(decode(body, dict[str, object]), kind)


def _is_row(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _lenient(raw: dict[str, object], row: type[T]) -> T:
    types = {field.encode_name: field.type for field in msgspec.structs.fields(row)}  # type: ignore[arg-type]  # rows are Structs
    kept = {key: value for key, value in raw.items() if key in types and _fits(value, types[key])}
    try:
        return msgspec.convert(kept, row, strict=False)
    except msgspec.MsgspecError as error:
        raise ValueError(f"a row without identity: {error}") from error


def _fits(value: object, kind: object) -> bool:
    try:
        msgspec.convert(value, kind, strict=False)
    except msgspec.MsgspecError:
        return False
    return True


def _beginning(body: bytes) -> str:
    text = body[:80].decode("utf-8", "replace")
    return repr(text) if text else "with nothing: the body is empty"
