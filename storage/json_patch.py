"""How one JSON text became another, as a list of operations: a long document of which a line
changed need not be kept whole again.

An operation is `[path, value]`, which sets what stands at the path, or `[path]`, which removes it.
A path is a list of keys and places; a place just behind a list's end appends to it.
"""

from typing import Any

import msgspec

Operations = list[list[Any]]


def diff(old: str, new: str) -> Operations | None:
    """The operations that make `new` of `old`, to the byte; None where there are none that do."""
    try:
        before, after = msgspec.json.decode(old), msgspec.json.decode(new)
    except msgspec.DecodeError:
        return None
    operations: Operations = []
    _compare([], before, after, operations)
    return operations if apply(old, operations) == new else None


def apply(old: str, operations: Operations) -> str:
    """The text after the operations. Errors: `ValueError` where the text has no such place."""
    try:
        document = msgspec.json.decode(old)
        for path, *value in operations:
            if path:
                _set(document, path, value)
            elif value:
                document = value[0]
            else:
                raise ValueError("an operation removes the whole document")
        return msgspec.json.encode(document).decode()
    except (LookupError, TypeError) as error:
        raise ValueError(f"an operation does not fit the document: {error}") from error


def _compare(path: list[str | int], old: Any, new: Any, found: Operations) -> None:
    if isinstance(old, dict) and isinstance(new, dict):
        found.extend([[*path, key]] for key in old if key not in new)
        _compare_each(path, new.items(), old, found)
    elif isinstance(old, list) and isinstance(new, list) and len(new) >= len(old):
        _compare_each(path, enumerate(new), dict(enumerate(old)), found)
    elif type(old) is not type(new) or old != new:
        found.append([path, new])


def _compare_each(path: list[str | int], new: Any, old: dict[Any, Any], found: Operations) -> None:
    for place, value in new:
        if place in old:
            _compare([*path, place], old[place], value, found)
        else:
            found.append([[*path, place], value])


def _set(document: Any, path: list[str | int], value: list[Any]) -> None:
    *outer, last = path
    for place in outer:
        document = document[place]
    if not value:
        del document[last]
    elif isinstance(document, list) and last == len(document):
        document.append(value[0])
    else:
        document[last] = value[0]
