"""Whom a breach of personal data is told to, and by when (R41; GDPR art. 33, 34).

As a controller, of its own data, the hoster tells the authority within 72 hours of becoming aware,
unless no risk for the persons is likely, and the persons without undue delay where the risk is
high. As a processor, of its clients' data, it tells each client without undue delay. The texts set
no hours for the last two; ours are a choice: a client, whose own 72 hours begin with our word,
within 24 hours, the persons as soon as the authority. A risk that nobody has judged yet counts as
one.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

AUTHORITY_HOURS = 72
CLIENT_HOURS = 24
AUTHORITY, PERSONS = "authority", "persons"
ROLES = ("processor", "controller", "both")
RISKS = ("unknown", "none", "risk", "high")


@dataclass(frozen=True, slots=True)
class NoticeDuty:
    """Somebody who must be told: `tenant:acme`, `authority`, `persons`; by when, under which text.

    `by_law` is whether the text sets the hours.
    """

    addressee: str
    due_at: datetime
    article: str
    by_law: bool


def list_duties(
    role: str, risk: str, tenants: Iterable[str], discovered_at: datetime
) -> Iterator[NoticeDuty]:
    """Yield who must be told of a breach, clients first."""
    in_law = discovered_at + timedelta(hours=AUTHORITY_HOURS)
    if role in ("processor", "both"):
        ours = discovered_at + timedelta(hours=CLIENT_HOURS)
        for tenant in tenants:
            yield NoticeDuty(f"tenant:{tenant}", ours, "33(2)", by_law=False)
    if role in ("controller", "both") and risk != "none":
        yield NoticeDuty(AUTHORITY, in_law, "33(1)", by_law=True)
    if role in ("controller", "both") and risk == "high":
        yield NoticeDuty(PERSONS, in_law, "34(1)", by_law=False)


def list_open_duties(duties: Iterable[NoticeDuty], told: Iterable[str]) -> Iterator[NoticeDuty]:
    """Yield those whom nobody told yet; `told` are addressees."""
    done = frozenset(told)
    return (duty for duty in duties if duty.addressee not in done)
