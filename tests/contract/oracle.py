"""An independent answer to `sla compute`: no interval algebra, no time-zone database.

Every boundary cuts the line; each piece between two boundaries is asked what it is. Paris is
worked out from the European rule itself (last Sundays of March and October, 01:00 UTC).
"""

import itertools
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Document = dict[str, Any]  # JSON as it stands: the oracle shares no type with the program


def last_sunday(year: int, month: int) -> date:
    day = date(year, month, 31)
    while day.isoweekday() != 7:
        day -= timedelta(days=1)
    return day


def paris_midnight(day: date) -> int:
    """Microseconds since the epoch of a midnight in Paris, for years after 1996."""
    summer = last_sunday(day.year, 3) < day <= last_sunday(day.year, 10)
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return micros(midnight - timedelta(hours=2 if summer else 1))


def micros(at: datetime) -> int:
    gone = at - EPOCH
    return (gone.days * 86_400 + gone.seconds) * 1_000_000 + gone.microseconds


def read(text: str) -> int:
    return micros(datetime.fromisoformat(text))


def seconds(duration: int) -> str:
    text = f"{Decimal(duration) / 1_000_000:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(base: int, down: int) -> str | None:
    if base == 0:
        return None
    digits = str(int(Fraction(base - down, base) * 1_000_000)).rjust(5, "0")
    return f"{digits[:-4]}.{digits[-4:]}"


def answer(document: Document) -> Document:
    year, month = map(int, document["month"].split("-"))
    first = date(year, month, 1)
    following = date(year + (month == 12), month % 12 + 1, 1)
    now = read(document["now"])

    start, end = paris_midnight(first), paris_midnight(following)
    if document["contract_from"] is not None:
        start = max(start, read(document["contract_from"]))
    if document["contract_until"] is not None:
        end = min(end, read(document["contract_until"]))

    def pairs(field: str) -> list[tuple[int, int]]:
        return [
            (read(one["start"]), now if one["end"] is None else read(one["end"]))
            for one in document[field]
        ]

    outages, exclusions = pairs("outages"), pairs("exclusions")
    unmeasured = pairs("unmeasured")
    edges = {start, end, now}
    for pair in (*outages, *exclusions, *unmeasured):
        edges.update(pair)
    line = sorted(edges)
    raw = counted = unknown = excluded = worst = 0
    for left, right in itertools.pairwise(line):
        if start <= left and right <= end:
            excluded += (right - left) * covers(exclusions, left)
        if not (start <= left and right <= end and right <= now):
            continue
        down = covers(outages, left)
        raw += (right - left) * down
        counted += (right - left) * (down and not covers(exclusions, left))
        blind = covers(unmeasured, left)
        unknown += (right - left) * blind
        worst += (right - left) * ((down or blind) and not covers(exclusions, left))

    base = max(0, end - start)
    tier, gravest = tier_of(base, counted), tier_of(base, worst)
    elapsed = max(0, min(end, now) - start)
    deadline = following + timedelta(days=29)
    over = paris_midnight(deadline + timedelta(days=1))
    return {
        "base_seconds": seconds(base),
        "unmeasured_seconds": seconds(unknown),
        "raw": {"down_seconds": seconds(raw), "percent": percent(base, raw)},
        "contractual": {"down_seconds": seconds(counted), "percent": percent(base, counted)},
        "tier": tier,
        "credit": owed(document["monthly_amount"], tier),
        "budget_left_seconds": seconds(max(0, base // 1000 - counted)),
        "claim_deadline": deadline.isoformat(),
        "credit_state": state(tier, document["request_sent"], over, now),
        "proven": gravest == tier and not (elapsed and unknown == elapsed),
        "worst_case": {"percent": percent(base, worst), "tier": gravest},
        "cut_from_base": {
            "percent": percent(base - excluded, counted),
            "tier": tier_of(base - excluded, counted),
        },
    }


def tier_of(base: int, down: int) -> int:
    if base and 100 * down > base:
        return 25
    return 10 if base and 1000 * down > base else 0


def covers(pairs: Iterable[tuple[int, int]], at: int) -> bool:
    return any(start <= at < end for start, end in pairs)


def owed(amount: str | None, tier: int) -> str | None:
    if amount is None:
        return None
    cents = Fraction(amount) * tier
    whole = (2 * cents.numerator + cents.denominator) // (2 * cents.denominator)
    return f"{whole // 100}.{whole % 100:02}"


def state(tier: int, sent: str | None, over: int, now: int) -> str:
    if tier == 0:
        return "not_due"
    if sent is None:
        return "lapsed" if now >= over else "claimable"
    return "lapsed" if read(sent) >= over else "claimed"
