"""What the payload of an entry holds of rows, decoded once for all who work on it."""

from typing import Any

import msgspec

Digests = dict[str, dict[str, Any]]
"""By table, as `storage.row_digests` describes."""
Values = dict[str, msgspec.Raw]
"""By table, as `storage.row_values` describes; decoded where somebody needs them (`values_of`)."""


class PayloadRows(msgspec.Struct, frozen=True):
    """The reserved keys of a payload; all empty where it holds none."""

    rows: Digests = {}
    row_values: Values = {}
    rows_of: dict[str, Digests] = {}
    row_values_of: dict[str, Values] = {}


NO_ROWS = PayloadRows()
_PLACES = (b'"rows":', b'"rows_of":', b'"row_values_of":')
_DECODER = msgspec.json.Decoder(PayloadRows)
_VALUES = msgspec.json.Decoder(dict[str, Any])


def decode_rows(content: bytes | None) -> PayloadRows:
    """What a payload holds of rows; nothing where it is erased, or from before the keys were
    reserved.
    """
    if content is None or not any(place in content for place in _PLACES):
        return NO_ROWS
    try:
        return _DECODER.decode(content)
    except msgspec.DecodeError:
        return NO_ROWS


def values_of(told: msgspec.Raw | None) -> dict[str, Any] | None:
    """The values that an entry holds of a table; None where it holds none.

    Errors: `ValueError` for what no program of ours wrote.
    """
    return None if told is None else _VALUES.decode(told)
