"""Words the errors of a JSON document in the reader's language: where, what, and what is
expected.
"""

import re

import msgspec

from noc_tui.i18n import N_, _

_PLACED = re.compile(r"(.*?)(?: - at `(?:key in )?\$\.?(.*)`)?", re.DOTALL)
_TYPES = re.compile(r"Expected `(.+?)`, got `(.+?)`")
_MISSING = re.compile(r"Object missing required field `(.+?)`")
_ENUM = re.compile(r"Invalid enum value (.+)", re.DOTALL)
_UNKNOWN = re.compile(r"Object contains unknown field `(.+?)`")
_MALFORMED = re.compile(r"JSON is malformed: (.+)")
_BOUND = re.compile(r"Expected `\w+` (>=|<=|>|<) (\S+)")
_LENGTH = re.compile(r"Expected `(\w+)` of length (>=|<=) (\d+)")
_PATTERN = re.compile(r"Expected `str` matching regex (.+)", re.DOTALL)
_UNREADABLE = {
    "Invalid RFC3339 encoded date": N_("this is no date: write 2026-10-31"),
    "Invalid RFC3339 encoded datetime": N_("this is no time: write 2026-10-31T08:00:00+01:00"),
    "Invalid decimal string": N_("this is no amount: write 1234.56"),
}
LONGEST = 100
"""Characters of a value that are said back."""

_NAMES = {
    "str": N_("a text"),
    "int": N_("a whole number"),
    "float": N_("a number"),
    "bool": N_("true or false"),
    "array": N_("a list"),
    "object": N_("an object"),
    "null": N_("null"),
    "date": N_("a date"),
    "datetime": N_("a time"),
    "decimal": N_("an amount"),
}


def sentence(error: Exception) -> str:
    """Return one line about what msgspec or the UTF-8 decoder could not read."""
    if isinstance(error, RecursionError):
        return _("nested too deeply")
    if not isinstance(error, msgspec.DecodeError):
        return _("not UTF-8: {detail}").format(detail=error)
    placed = _PLACED.fullmatch(str(error))
    what, place = placed.groups() if placed is not None else (str(error), None)
    return " ".join((f"{place}: " if place else "").split() + describe_value(what).split())


def describe_value(text: str) -> str:
    """Return the sentence for what msgspec says of a value, without the place; `text` as it is
    where it is none of those.
    """
    if text == "Input data was truncated":
        return _("the JSON ends too early, or there is none")
    if text in _UNREADABLE:
        return _(_UNREADABLE[text])
    if match := _BOUND.fullmatch(text):
        return _("a number {sign} {limit} is expected").format(sign=match[1], limit=match[2])
    if match := _LENGTH.fullmatch(text):
        named = {"kind": _type_names(match[1]), "sign": match[2], "limit": match[3]}
        return _("{kind} of length {sign} {limit} is expected").format(**named)
    if match := _PATTERN.fullmatch(text):
        shape = match[1].strip("'\"").replace("\\\\", "\\").removeprefix("^").removesuffix("\\Z")
        return _("it is not of the form {pattern}").format(pattern=shape)
    if match := _TYPES.fullmatch(text):
        expected, given = map(_type_names, match.groups())
        return _("{expected} is expected, not {given}").format(expected=expected, given=given)
    for shape, said in (
        (_MISSING, N_("the key {name} is missing")),
        (_UNKNOWN, N_("the key {name} is not known")),
        (_ENUM, N_("{name} is not one of the known values")),
        (_MALFORMED, N_("this is not JSON: {name}")),
    ):
        if match := shape.fullmatch(text):
            return _(said).format(name=_short(match[1]))
    return text


def _type_names(types: str) -> str:
    return " / ".join(_(_NAMES.get(one, one)) for one in types.split(" | "))


STATED = (
    N_("not a month written YYYY-MM"),
    N_("not an RFC 3339 time with its offset"),
    N_("the year must be from 2000 to 2199"),
    N_("no such time"),
    N_("no such offset"),
    N_("no such day"),
    N_("an end before its start"),
    N_("not an amount in euros"),
)
"""What `noc_tui.contract`, which knows no catalogue, says of a value that it cannot read."""


def translate_reason(text: str) -> str:
    """Return the translated sentence, with the value after it if there is one."""
    said, colon, value = text.partition(": ")
    return f"{_(said)}{colon}{_short(value)}"


def _short(value: str) -> str:
    """The beginning of a value is enough to find it by."""
    return value if len(value) <= LONGEST else value[: LONGEST - 1] + "…"
