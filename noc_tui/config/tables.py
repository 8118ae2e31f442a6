"""From parsed TOML to structs, collecting every problem instead of stopping at the first."""

from collections.abc import Iterable
from pathlib import Path
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

import msgspec
from msgspec.structs import FieldInfo

from noc_tui.config.problems import Problems
from noc_tui.i18n import _
from noc_tui.labels.decoding import describe_value

T = TypeVar("T", bound=msgspec.Struct)


def build(kind: type[T], table: object, key: str, problems: Problems) -> T | None:
    """The struct that a table describes; None, and problems noted, when it does not."""
    before = len(problems.found)
    values = gather(kind, table, key, problems)
    return kind(**values) if len(problems.found) == before else None


def gather(
    kind: type[msgspec.Struct], table: object, key: str, problems: Problems
) -> dict[str, object]:
    """The fields of `kind` that a table gives well; problems are noted for the others."""
    if not isinstance(table, dict):
        problems.add(key, _("this must be a table"))
        return {}
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    _unknown(table, fields, key, problems)
    values: dict[str, object] = {}
    for name, field in fields.items():
        at = f"{key}.{name}" if key else name
        if name not in table:
            if field.required:
                problems.add(at, _("this key is missing"))
            continue
        value = _value(field.type, table[name], at, problems)
        if value is not None:
            values[field.name] = value
    return values


def _unknown(
    table: dict[str, object], fields: dict[str, FieldInfo], key: str, problems: Problems
) -> None:
    for name in table:
        if name not in fields:
            at = f"{key}.{name}" if key else name
            problems.add(at, _("unknown key; known here: {known}").format(known=", ".join(fields)))


def _value(wanted: Any, value: object, key: str, problems: Problems) -> object:
    """A key's value in its type; a struct or an array of structs is entered, the rest converted."""
    single, many = _struct_of(wanted)
    if single is not None:
        return build(single, value, key, problems)
    if many is not None:
        return tuple(_entries(many, value, key, problems))
    try:
        return msgspec.convert(value, wanted, dec_hook=_decode)
    except msgspec.ValidationError as error:
        text, found, place = str(error).partition(" - at `$")
        problems.add(key + place.rstrip("`") if found else key, describe_value(text))
        return None


def _entries(
    kind: type[msgspec.Struct], value: object, key: str, problems: Problems
) -> Iterable[msgspec.Struct]:
    if not isinstance(value, list):
        problems.add(key, _("write this as an array of tables: [[{key}]]").format(key=key))
        return
    for number, entry in enumerate(value, 1):
        built = build(kind, entry, f"{key}.{label(entry, number)}", problems)
        if built is not None:
            yield built


def label(entry: object, number: int) -> str:
    """Return how a problem names an entry of an array: by its own name, else by its place."""
    name = entry.get("name") if isinstance(entry, dict) else None
    return name if isinstance(name, str) and name else f"#{number}"


def _struct_of(wanted: Any) -> tuple[type[msgspec.Struct] | None, type[msgspec.Struct] | None]:
    """(struct, None) for a table, (None, struct) for an array of tables, else (None, None)."""
    if get_origin(wanted) in (Union, UnionType):
        wanted = next(part for part in get_args(wanted) if part is not type(None))
    if isinstance(wanted, type) and issubclass(wanted, msgspec.Struct):
        return wanted, None
    arguments = get_args(wanted)
    item = arguments[0] if get_origin(wanted) is tuple else None
    if isinstance(item, type) and issubclass(item, msgspec.Struct):
        return None, item
    return None, None


def _decode(wanted: type, value: object) -> object:
    if wanted is Path and isinstance(value, str) and value:
        return Path(value)
    raise ValueError(_("this must be the path of a file"))
