"""What a tenant's month comes to, added up from the reading of the contract; shares no code with
the program. Instants and durations are whole seconds.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
Spans = list[tuple[int, int]]


def midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=PARIS).timestamp())


def after(day: date) -> int:
    """The instant at which a day is over."""
    return midnight(day + timedelta(days=1))


def merge(spans: Iterable[tuple[int, int]]) -> Spans:
    """Once what overlaps."""
    found: Spans = []
    for start, end in sorted(spans):
        if end > start and found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        elif end > start:
            found.append((start, end))
    return found


def clip(spans: Iterable[tuple[int, int]], base: tuple[int, int]) -> Spans:
    return merge((max(start, base[0]), min(end, base[1])) for start, end in spans)


def length(spans: Iterable[tuple[int, int]]) -> int:
    return sum(end - start for start, end in merge(spans))


def without(spans: Spans, taken: Spans) -> int:
    """How long `spans` are outside `taken`: together, less what is taken."""
    return length([*spans, *taken]) - length(taken)


def percent(rate: Fraction) -> str:
    """Truncated to four decimals (R3)."""
    millionths = rate.numerator * 1_000_000 // rate.denominator
    return f"{millionths // 10_000}.{millionths % 10_000:04}"


def tier_of(rate: Fraction) -> int:
    """R12."""
    if rate >= Fraction(999, 1000):
        return 0
    return 10 if rate >= Fraction(99, 100) else 25


@dataclass
class Month:
    """The facts of a month. `seen` are outages that were observed, with looks `slack` seconds
    before each start and end; `told` those that the client measured.
    """

    first: date
    last: date
    seen: Spans
    unknown: Spans
    negotiated: bool
    begins: date | None
    ends: date | None
    confirmed: date | None
    amounts: list[tuple[date, Decimal]]
    slack: int
    told: Spans = field(default_factory=list)
    excluded: Spans = field(default_factory=list)

    @property
    def base(self) -> tuple[int, int]:
        """R11, R28: until both the term has come and the client has its data."""
        start, end = midnight(self.first), after(self.last)
        if self.begins is not None:
            start = max(start, midnight(self.begins))
        if self.ends is not None and self.confirmed is not None:
            end = min(end, after(max(self.ends, self.confirmed)))
        return start, end

    @property
    def amount(self) -> Decimal | None:
        """The one in force as the month begins, or the contract."""
        day = self.first if self.begins is None else max(self.first, self.begins)
        begun = [(since, amount) for since, amount in self.amounts if since <= day]
        return max(begun)[1] if begun else None

    def figures(self) -> dict[str, object]:
        """Every figure of a statement."""
        base = length([self.base])
        down = clip([*self.seen, *self.told], self.base)
        taken = clip(self.excluded, self.base)
        unknown = clip(self.unknown, self.base)
        counted, worst = without(down, taken), without([*down, *unknown], taken)
        credited = base if self.negotiated else base - length(taken)
        tier = tier_of(1 - Fraction(counted, credited))
        bounds = {tier_of(1 - Fraction(one, credited)) for one in self._bounds(taken)}
        left = max(Fraction(0), Fraction(credited, 1000) - counted)
        return {
            "base": base,
            "raw down": length(down),
            "counted": counted,
            "unmeasured": length(unknown),
            "worst case": worst,
            "excluded": length(taken),
            "raw": percent(1 - Fraction(length(down), base)),
            "contractual": percent(1 - Fraction(counted, base)),
            "cut": percent(1 - Fraction(counted, base - length(taken))),
            "measured": percent(1 - Fraction(length(unknown), base)),
            "worst": percent(1 - Fraction(worst, base)),
            "straddles": len(bounds) > 1,
            "tier, whole base": tier_of(1 - Fraction(counted, base)),
            "tier, cut base": tier_of(1 - Fraction(counted, base - length(taken))),
            "tier": tier,
            "worst tier": tier_of(1 - Fraction(worst, credited)),
            "left": Decimal(left.numerator) / Decimal(left.denominator),
            "amount": self.amount,
            "credit": self._owed(tier),
        }

    def _bounds(self, taken: Spans) -> list[int]:
        """The least and the most that can count (R8)."""
        least = [(start, end - self.slack) for start, end in self.seen]
        most = [(start - self.slack, end) for start, end in self.seen]
        return [without(clip([*one, *self.told], self.base), taken) for one in (least, most)]

    def _owed(self, tier: int) -> Decimal | None:
        if self.amount is None:
            return None
        return (self.amount * tier / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
