"""The attributes of a cell (SGR), as small numbers, and the shortest sequence from one to
another.

Attributes are interned for the life of the process: a number stands for one pair of colours and
one set of flags, so that two cells are compared by comparing two integers. Number 0 is the
terminal's default.
"""

from functools import cache

import msgspec
from msgspec.structs import replace

DEFAULT = 0
UNKNOWN = -1
"""What nobody knows of a cell that was not drawn yet."""

_BOLD, _DIM = 1, 2
_SHOWS_ON_BLANK = frozenset({4, 5, 6, 7, 9, 21, 51, 52, 53})
_OFF = {1: "22", 2: "22", 3: "23", 4: "24", 5: "25", 7: "27", 8: "28", 9: "29"}
_END: dict[int, frozenset[int]] = {
    22: frozenset({1, 2}),
    23: frozenset({3}),
    24: frozenset({4, 21}),
    25: frozenset({5, 6}),
    27: frozenset({7}),
    28: frozenset({8}),
    29: frozenset({9}),
    54: frozenset({51, 52}),
    55: frozenset({53}),
}
_FLAGS = frozenset({*range(1, 10), 21, 51, 52, 53})


class Attribute(msgspec.Struct, frozen=True):
    """Colours as SGR parameters (`""` is the default), flags as SGR numbers, link as in OSC 8."""

    foreground: str = ""
    background: str = ""
    flags: frozenset[int] = frozenset()
    link: str = ""


_TABLE: list[Attribute] = [Attribute()]
_NUMBERS: dict[Attribute, int] = {_TABLE[0]: DEFAULT}


def number(attribute: Attribute) -> int:
    """The number that stands for `attribute`."""
    found = _NUMBERS.get(attribute)
    if found is None:
        found = _NUMBERS[attribute] = len(_TABLE)
        _TABLE.append(attribute)
    return found


@cache
def apply_parameters(before: int, parameters: str) -> int | None:
    """The attribute after `CSI parameters m`; `None` when a parameter is not understood."""
    now = _TABLE[before]
    codes = (parameters or "0").split(";")
    while codes:
        code = codes.pop(0) or "0"
        if not code.isdigit():
            return None
        after = _with_colour(now, code, codes) if code in ("38", "48") else _with(now, code)
        if after is None:
            return None
        now = after
    return number(now)


def _with(now: Attribute, code: str) -> Attribute | None:
    value = int(code)
    if value == 0:
        return Attribute(link=now.link)
    if value in _FLAGS:
        return replace(now, flags=now.flags | {value})
    if value in _END:
        return replace(now, flags=now.flags - _END[value])
    if value == 39 or 30 <= value <= 37 or 90 <= value <= 97:
        return replace(now, foreground="" if value == 39 else code)
    if value == 49 or 40 <= value <= 47 or 100 <= value <= 107:
        return replace(now, background="" if value == 49 else code)
    return None


def _with_colour(now: Attribute, code: str, rest: list[str]) -> Attribute | None:
    """`38` or `48` with what follows it, which is taken off `rest`."""
    size = {"5": 2, "2": 4}.get(rest[0]) if rest else None
    if size is None or len(rest) < size or not all(part.isdigit() for part in rest[:size]):
        return None
    colour = ";".join([code, *rest[:size]])
    del rest[:size]
    return replace(now, foreground=colour) if code == "38" else replace(now, background=colour)


@cache
def set_link(before: int, link: str) -> int:
    """The attribute after `OSC 8 ; link`; no target in it ends a link."""
    return number(replace(_TABLE[before], link=link if link.partition(";")[2] else ""))


@cache
def blank(attribute: int) -> int:
    """The attribute of a blank that looks the same: without what only shows on a character."""
    if attribute == UNKNOWN:
        return UNKNOWN
    full = _TABLE[attribute]
    flags = full.flags & _SHOWS_ON_BLANK
    colour = full.foreground if flags else ""
    return number(Attribute(colour, full.background, flags, full.link))


@cache
def change(before: int, after: int) -> str:
    """The shortest sequence that turns `before` (perhaps unknown) into `after`."""
    new = _TABLE[after]
    whole = [*map(str, sorted(new.flags)), new.foreground, new.background]
    fresh = ";".join(["0", *filter(None, whole)]) if any(whole) else ""
    if before == UNKNOWN:
        return f"\x1b[{fresh}m{_link(new.link)}"
    old = _TABLE[before]
    link = _link(new.link) if new.link != old.link else ""
    step = _step(old, new)
    if step == "":
        return link
    return f"\x1b[{fresh if step is None else min(fresh, step, key=len)}m{link}"


def _link(link: str) -> str:
    return f"\x1b]8;{link or ';'}\x1b\\"


def _step(old: Attribute, new: Attribute) -> str | None:
    """The parameters that change `old` into `new` without a reset; `None` when there is no way."""
    off = old.flags - new.flags
    if any(flag not in _OFF for flag in off):
        return None
    on = new.flags - old.flags
    if off & {_BOLD, _DIM}:
        on |= new.flags & {_BOLD, _DIM}
    codes = [*dict.fromkeys(_OFF[flag] for flag in sorted(off)), *map(str, sorted(on))]
    if new.foreground != old.foreground:
        codes.append(new.foreground or "39")
    if new.background != old.background:
        codes.append(new.background or "49")
    return ";".join(codes)
