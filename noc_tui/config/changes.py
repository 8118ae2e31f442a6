"""Compares two configurations by the keys of the file."""

from collections.abc import Collection, Iterator
from typing import Any

from msgspec import Struct
from msgspec.structs import fields, replace

from noc_tui.config.values import Configuration

KeyPath = tuple[str, ...]
"""A table, or a table and one of its keys, under the names that the file has for them."""


def changed_keys(old: Configuration, new: Configuration) -> Iterator[KeyPath]:
    """Yield each key whose value is another one; an array of tables, or a table that came, as a
    whole.
    """
    for field in fields(Configuration):
        before, after = getattr(old, field.name), getattr(new, field.name)
        if before == after:
            continue
        if isinstance(before, Struct) and isinstance(after, Struct):
            yield from _changed_in(field.encode_name, before, after)
        else:
            yield (field.encode_name,)


def take_over_keys(
    old: Configuration, new: Configuration, keys: Collection[KeyPath]
) -> Configuration:
    """The old configuration with these keys as the new one has them."""
    values: dict[str, Any] = {}
    for field in fields(Configuration):
        name = field.encode_name
        before, after = getattr(old, field.name), getattr(new, field.name)
        if (name,) in keys:
            values[field.name] = after
        elif inner := {path[1] for path in keys if len(path) == 2 and path[0] == name}:
            own = {one.name for one in fields(before) if one.encode_name in inner}
            values[field.name] = replace(before, **{key: getattr(after, key) for key in own})
    return replace(old, **values)


def _changed_in(table: str, old: Struct, new: Struct) -> Iterator[KeyPath]:
    for field in fields(old):
        before, after = getattr(old, field.name), getattr(new, field.name)
        if before == after:
            continue
        yield (table, field.encode_name)


def named_entries(old: Configuration, new: Configuration, path: KeyPath) -> str:
    """A key as it is told: of an array of tables also which entries are other ones."""
    field = next(one for one in fields(Configuration) if one.encode_name == path[0])
    before, after = getattr(old, field.name), getattr(new, field.name)
    if len(path) > 1 or not isinstance(before, tuple) or not isinstance(after, tuple):
        return ".".join(path)
    entries = [{getattr(one, "name", ""): one for one in given} for given in (before, after)]
    names = sorted(entries[0].keys() | entries[1].keys())
    other = [name for name in names if entries[0].get(name) != entries[1].get(name)]
    return f"{path[0]} ({', '.join(other)})" if other else path[0]
