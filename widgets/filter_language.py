"""The small language in which every table is filtered: `mem>8G node:pve3 state:!running`.

    web nord        rows that hold every word, in any order, whatever case and accents
    "web nord"      both words together
    !web            rows that do not hold it
    field:text      the field holds the text; `field:a,b` one of them, `field:!a` none of them
    field=text      the field is the text; `field:""` is empty or unknown
    field>8G        figures compare by > >= < <= = and `field:2..8`
    a b or c        rows of either side

Units are K M G T for sizes (of 1024, as they are shown), % for shares, s m h d w for durations. A
time is a day (`2026-11-30`), an hour of today (`02:40`) or how long ago it is, or will be (`2h`).
A field is named by its column, in either language, or by how its name begins. What is not known
is neither more nor less than anything.

It is pure: text in, a test for rows out, with a `FilterError` that says what is wrong. What cannot
be read, or is only half typed (`mem>`), narrows nothing.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Generic

import msgspec

from widgets.columns import Column, Kind, Row
from widgets.folding import fold
from widgets.marks import N_

Text = Callable[[], str]
Test = Callable[[Any, Text], bool | None]
"""Whether a row is listed, None when that is not known. The second argument gives all the words of
the row, folded."""

_TERM = re.compile(
    r"(?P<negated>!)?"
    r"(?:(?P<name>[^\W\d_][\w-]*)(?P<sign>!=|>=|<=|[:=<>])(?P<unlike>!)?)?"
    r'(?P<value>(?:"[^"]*"?|[^\s"])*)'
)
_ALTERNATIVE = re.compile(r'(?:"[^"]*"?|[^,"])+')
_EITHER = ("or", "ou", "|")
_ORDERING = (">", ">=", "<", "<=")
_TURNED = {">": "<", ">=": "<=", "<": ">", "<=": ">="}
_NUMBER = re.compile(r"(?P<number>-?\d+(?:[.,]\d+)?)")
_SIZE = re.compile(r"(?P<number>\d+(?:[.,]\d+)?) ?(?P<unit>[kmgtp]?)(?:i?[bo])?")
_SIZES = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40, "p": 1 << 50}
_SHARE = re.compile(r"(?P<number>\d+(?:[.,]\d+)?) ?%?")
_SECONDS = {
    "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "j": 86400, "w": 604800, "sem": 604800,
}  # fmt: skip
_DURATION = re.compile(r"(?:\d+(?:[.,]\d+)?(?:min|sem|[smhdjw]))+")
_DURATION_PART = re.compile(r"(\d+(?:[.,]\d+)?)(min|sem|[smhdjw])")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_HOUR = re.compile(r"\d{1,2}:\d\d")
_UNKNOWN_TEXTS = ("", "?", "—", "-")

UNKNOWN_FIELD = N_("no field {name} here; there are: {known}")
AMBIGUOUS_FIELD = N_("{name} may be {known}: type one more letter")
NOT_A_FIGURE = N_("{field}: {value} is no number")
NOT_A_SIZE = N_("{field}: {value} is no size; write 8G or 512M")
NOT_A_SHARE = N_("{field}: {value} is no percentage; write 80%")
NOT_A_DURATION = N_("{field}: {value} is no duration; write 90s, 15m, 2h or 3d")
NOT_A_TIME = N_("{field}: {value} is no time; write 2026-11-30, 02:40 or 2h")
NOT_COMPARABLE = N_("{field} is a text: write {field}:{value}")


class FilterError(ValueError):
    """What is wrong with a filter: a message to translate, and the values to put into it."""

    def __init__(self, message: str, **values: str) -> None:
        super().__init__(message.format(**values))
        self.message, self.values = message, values


class FilterField(msgspec.Struct, Generic[Row], frozen=True):
    """What a filter may name: `name` and the translated `title`, both as they are typed.

    `text` is what is searched. `value` is the figure of a `kind` other than text: a number, bytes,
    per cent, seconds, or a time; None when it is not known.
    """

    name: str
    title: str
    text: Callable[[Row], str]
    kind: Kind = "text"
    value: Callable[[Row], Any] | None = None

    @property
    def names(self) -> tuple[str, str]:
        """The two names, without case, accents and punctuation."""
        return typed_name(self.name), typed_name(self.title)


def column_fields(columns: Iterable[Column[Row]]) -> tuple[FilterField[Row], ...]:
    """Return a field for each column: a filter names what is seen."""
    return tuple(
        FilterField(
            column.key,
            column.title,
            column.words or column.text,
            column.kind,
            None if column.kind == "text" else column.order,
        )
        for column in columns
    )


class TableFilter(msgspec.Struct, Generic[Row], frozen=True):
    """A filter as it is applied: `words`, folded, that each row holds, and a further `test`.

    `timed` is whether it depends on the time at which it was read, `problem` what of it could not
    be read.
    """

    words: tuple[str, ...] = ()
    test: Test | None = None
    timed: bool = False
    problem: FilterError | None = None

    @property
    def is_open(self) -> bool:
        """Whether every row passes."""
        return not self.words and self.test is None

    def narrows(self, other: "TableFilter[Row]") -> bool:
        """Return whether no row passes that does not pass `other`."""
        return other.test is None and all(
            any(old in new for new in self.words) for old in other.words
        )


class _Figure(msgspec.Struct, frozen=True):
    """What a typed figure stands for: a day is all of its instants, 8 is what rounds to it."""

    lower: Any
    upper: Any
    margin: Any

    def compares(self, sign: str, other: Any) -> bool:
        """Return whether `other` is on that side of it, or is it (`=`)."""
        match sign:
            case ">":
                return bool(other > self.upper)
            case ">=":
                return bool(other >= self.lower)
            case "<":
                return bool(other < self.lower)
            case "<=":
                return bool(other <= self.upper)
            case _:
                return bool(self.lower - self.margin <= other <= self.upper + self.margin)


class _Condition(msgspec.Struct, frozen=True):
    """One part of a filter: `word`, folded, for one that only names a word."""

    test: Test
    word: str = ""
    timed: bool = False


def typed_name(text: str) -> str:
    """Return a title as it is typed in a filter: `Budget left` is `budget-left`."""
    return re.sub(r"\W+", "-", fold(text)).strip("-")


def read_filter(
    text: str, fields: Sequence[FilterField[Row]] = (), now: datetime | None = None
) -> TableFilter[Row]:
    """Return the filter that `text` describes; `now`, in the zone of the days that are typed, is
    what ages count from.
    """
    reading = _TermReader(fields, now)
    read = [[reading.term(term) for term in side] for side in _sides(text)]
    sides = [terms for side in read if (terms := [term for term in side if term is not None])]
    timed = any(term.timed for side in sides for term in side)
    if len(sides) > 1:
        either = _any_of([_all_of(side) for side in sides])
        return TableFilter((), either, timed, reading.problem)
    terms = sides[0] if sides else []
    words = tuple(term.word for term in terms if term.word)
    rest = [term for term in terms if not term.word]
    return TableFilter(words, _all_of(rest) if rest else None, timed, reading.problem)


class _TermReader(Generic[Row]):
    """Reads terms one by one, and remembers the first problem."""

    def __init__(self, fields: Sequence[FilterField[Row]], now: datetime | None) -> None:
        self._fields, self._now = fields, now
        self.problem: FilterError | None = None

    def term(self, match: re.Match[str]) -> _Condition | None:
        """Return None for what cannot be read, or is only half typed."""
        try:
            return _read_term(match, self._fields, self._now)
        except FilterError as error:
            self.problem = self.problem or error
            return None


def _sides(text: str) -> Iterator[list[re.Match[str]]]:
    """Yield the terms of each side of an `or`; alone it is a word."""
    side: list[re.Match[str]] = []
    terms = [match for match in _TERM.finditer(text) if match[0]]
    for match in terms:
        if match[0].casefold() in _EITHER and len(terms) > 1:
            yield side
            side = []
        else:
            side.append(match)
    yield side


def _read_term(
    match: re.Match[str], fields: Sequence[FilterField[Row]], now: datetime | None
) -> _Condition | None:
    """Return None for what is only half typed."""
    name, sign, value = match["name"], match["sign"], match["value"]
    if name is None:
        return _word_term(value, negated=bool(match["negated"]))
    candidates = _named(name, fields)
    if not value:
        return None
    negated = bool(match["negated"]) ^ bool(match["unlike"]) ^ (sign == "!=")
    term = _field_term(name, "=" if sign == "!=" else sign, value, candidates, now)
    return _Condition(_known_not(term.test), timed=term.timed) if negated else term


def _word_term(value: str, *, negated: bool) -> _Condition | None:
    word = fold(value.replace('"', ""))
    if not word.strip():
        return None
    if negated:
        return _Condition(lambda _row, text: word not in text())
    return _Condition(lambda _row, text: word in text(), word=word)


def _known_not(test: Test) -> Test:
    """Return the contrary; what is not known (None) is neither."""
    return lambda row, text: test(row, text) is False


def _named(name: str, fields: Sequence[FilterField[Row]]) -> list[FilterField[Row]]:
    """Return the fields of that name first, then those whose names begin so; there is one."""
    typed = typed_name(name)
    exact = [field for field in fields if typed in field.names]
    begun = [
        field
        for field in fields
        if field not in exact and any(known.startswith(typed) for known in field.names)
    ]
    if not exact and not begun:
        raise FilterError(UNKNOWN_FIELD, name=name, known=", ".join(field_names(fields)))
    return exact + begun


def field_names(fields: Iterable[FilterField[Row]]) -> list[str]:
    """Return the names to show, each once: the translated ones."""
    return list(dict.fromkeys(field.names[1] or field.names[0] for field in fields))


def _field_term(
    name: str,
    sign: str,
    value: str,
    candidates: Sequence[FilterField[Row]],
    now: datetime | None,
) -> _Condition:
    """Return the test of the field that takes such a value: `mem>80%` and `mem>8G` may be two."""
    fitting: list[tuple[FilterField[Row], _Condition]] = []
    refusals: list[FilterError] = []
    for field in candidates:
        try:
            fitting.append((field, _compare(field, sign, value, now)))
        except FilterError as error:
            refusals.append(error)
    if not fitting:
        raise refusals[0]
    first, term = fitting[0]
    if len(fitting) > 1 and typed_name(name) not in first.names:
        known = ", ".join(field_names(field for field, _term in fitting))
        raise FilterError(AMBIGUOUS_FIELD, name=name, known=known)
    return term


def _compare(field: FilterField[Row], sign: str, value: str, now: datetime | None) -> _Condition:
    if field.kind == "text" or field.value is None:
        return _compare_text(field, sign, value)
    value_of = field.value
    if value == '""':
        return _Condition(lambda row, _text: value_of(row) is None)
    if sign in _ORDERING:
        figures = [(_turned(field, sign, value), _read_figure(field, value, now))]
    else:
        typed = _ALTERNATIVE.findall(value)
        figures = [("=", _read_span(field, one.replace('"', ""), now)) for one in typed]

    def holds(row: Any, _text: Text) -> bool | None:
        known = value_of(row)
        if known is None:
            return None
        return any(figure.compares(side, known) for side, figure in figures)

    return _Condition(holds, timed=now is not None and field.kind in ("since", "until"))


def _compare_text(field: FilterField[Row], sign: str, value: str) -> _Condition:
    if sign in _ORDERING:
        raise FilterError(NOT_COMPARABLE, field=field_names([field])[0], value=value)
    wanted = [fold(one.replace('"', "")) for one in _ALTERNATIVE.findall(value)]
    text_of = field.text

    def holds(row: Any, _text: Text) -> bool:
        said = fold(text_of(row)).strip()
        return any(
            said in _UNKNOWN_TEXTS if not one else one == said if sign == "=" else one in said
            for one in wanted
        )

    return _Condition(holds)


def _read_span(field: FilterField[Row], value: str, now: datetime | None) -> _Figure:
    """Return the figure, or what lies between two of them: `2..8`."""
    first, dots, last = value.partition("..")
    if not dots or not first or not last:
        return _read_figure(field, first or last, now)
    ends = _read_figure(field, first, now), _read_figure(field, last, now)
    lower, upper = min(one.lower for one in ends), max(one.upper for one in ends)
    return _Figure(lower, upper, ends[0].margin)


def _read_figure(field: FilterField[Row], value: str, now: datetime | None) -> _Figure:
    name = field_names([field])[0]
    match field.kind:
        case "size":
            return _measured(value, _SIZE, _SIZES) or _refuse(NOT_A_SIZE, name, value)
        case "percent":
            return _measured(value, _SHARE, {"": 1}) or _refuse(NOT_A_SHARE, name, value)
        case "duration":
            return _duration(value) or _refuse(NOT_A_DURATION, name, value)
        case "since" | "until":
            return _moment(field.kind, value, now) or _refuse(NOT_A_TIME, name, value)
        case _:
            return _measured(value, _NUMBER, {"": 1}) or _refuse(NOT_A_FIGURE, name, value)


def _refuse(message: str, field: str, value: str) -> _Figure:
    raise FilterError(message, field=field, value=value)


def _measured(value: str, pattern: re.Pattern[str], units: Mapping[str, int]) -> _Figure | None:
    match = pattern.fullmatch(value.casefold())
    if match is None:
        return None
    unit = units[match["unit"]] if "unit" in match.groupdict() else 1
    whole, _comma, decimals = match["number"].replace(",", ".").partition(".")
    figure = float(f"{whole}.{decimals or 0}") * unit
    return _Figure(figure, figure, unit / 10 ** len(decimals) / 2)


def _duration(value: str) -> _Figure | None:
    """`90s`, `1h30m`, `3d`; French days and weeks too."""
    if _DURATION.fullmatch(value.casefold()) is None:
        return None
    parts = _DURATION_PART.findall(value.casefold())
    seconds = sum(float(number.replace(",", ".")) * _SECONDS[unit] for number, unit in parts)
    return _Figure(seconds, seconds, _SECONDS[parts[-1][1]] / 2)


def _moment(kind: Kind, value: str, now: datetime | None) -> _Figure | None:
    """A day, an hour of today, an instant, or how far from `now`."""
    zone = None if now is None else now.tzinfo
    age = _duration(value)
    try:
        if age is not None and now is not None:
            distance, margin = timedelta(seconds=age.lower), timedelta(seconds=age.margin)
            moment = now - distance if kind == "since" else now + distance
            return _Figure(moment, moment, margin)
        if _DAY.fullmatch(value):
            start = datetime.combine(date.fromisoformat(value), time(), zone)
            end = datetime.combine(start.date() + timedelta(days=1), time(), zone)
            return _Figure(start, end - timedelta(microseconds=1), timedelta())
        if _HOUR.fullmatch(value) and now is not None:
            moment = datetime.combine(now.date(), time.fromisoformat(value.zfill(5)), zone)
        else:
            moment = datetime.fromisoformat(value)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    except (ValueError, OverflowError):
        return None
    return _Figure(moment, moment, timedelta(minutes=1) / 2)


def _turned(field: FilterField[Row], sign: str, value: str) -> str:
    """An age is the greater the earlier it began."""
    return _TURNED[sign] if field.kind == "since" and _duration(value) else sign


def _all_of(terms: Sequence[_Condition]) -> Test:
    tests = [term.test for term in terms]
    return lambda row, text: all(test(row, text) for test in tests)


def _any_of(tests: Sequence[Test]) -> Test:
    return lambda row, text: any(test(row, text) for test in tests)
