"""September to November 2026 of twelve tenants as data: what happened, and what people decided.

Written before the program was asked, with `paper.md`. Times are those of Paris; a trailing `*` is
the second time that the night of 25 October has that hour.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def at(text: str) -> datetime:
    """`8/10 9:44:42.000001` in UTC; January is that of 2027."""
    day, clock = text.rstrip("*").split(" ")
    number, month = (int(part) for part in day.split("/"))
    hour, minute, *rest = clock.split(":")
    seconds, _, fraction = (rest[0] if rest else "0").partition(".")
    year = 2027 if month == 1 else 2026
    moment = datetime(
        year, month, number, int(hour), int(minute), int(seconds), int(fraction or 0),
        tzinfo=PARIS, fold=int(text.endswith("*")),
    )  # fmt: skip
    return moment.astimezone(UTC)


BEGINS, ENDS = "31/8 12:00", "10/1 12:00"
LOOKS_EVERY = timedelta(hours=12)
"""How often all is looked at where nothing happens; a longer silence would be unmeasured."""

GUESTS = {
    101: ("a", "pve1"), 102: ("a", "pve2"), 201: ("b", "pve1"), 202: ("b", "pve2"),
    301: ("c", "pve1"), 401: ("d", "pve1"), 501: ("e", "pve5"), 601: ("f", "pve1"),
    602: ("f", "pve2"), 701: ("g", "pve1"), 801: ("h", "pve2"), 901: ("i", "pve2"),
    1001: ("j", "pve3"), 1002: ("j", "pve4"), 1101: ("k", "pve2"), 1201: ("l", "pve1"),
}  # fmt: skip
NODES = ("pve1", "pve2", "pve3", "pve4", "pve5")


@dataclass(frozen=True)
class Span:
    """Guests that are `stopped`, or of `unknown` state on a node that runs, from then to then."""

    guests: tuple[int, ...]
    start: str
    end: str
    status: str = "stopped"


SPANS = [
    Span((601, 602), "2/9 1:00", "2/9 4:00"),
    Span((701,), "2/9 1:00", "2/9 4:00"),
    Span((1201,), "6/9 13:00", "6/9 14:00"),
    Span((501,), "7/9 9:00", "7/9 15:30"),
    Span((101, 102), "10/9 3:00", "10/9 3:43:12"),
    Span((301,), "12/9 8:20", "12/9 9:00"),
    Span((901,), "14/9 1:00", "14/9 4:00", "unknown"),
    Span((901,), "14/9 12:00", "14/9 12:16:40"),
    Span((401,), "15/9 22:00", "16/9 0:10"),
    Span((601, 602), "18/9 12:00", "18/9 12:42"),
    Span((701,), "18/9 12:00", "18/9 12:42"),
    Span((1101,), "19/9 21:00", "19/9 22:00"),
    Span((401,), "24/9 14:00", "24/9 20:00"),
    Span((801,), "30/9 23:30", "1/10 0:30"),
    Span((401,), "3/10 12:00", "3/10 12:44:43"),
    Span((201, 202), "5/10 10:20", "5/10 11:10"),
    Span((101, 102), "8/10 9:00", "8/10 9:44:42.000001"),
    Span((601, 602), "11/10 5:00", "11/10 6:00"),
    Span((701,), "11/10 6:30", "11/10 7:30"),
    # 1001 is K's from midnight on: J is out, K is not.
    Span((1002, 1101), "12/10 6:00", "12/10 7:00"),
    Span((801,), "12/10 16:00", "12/10 16:14:42"),
    Span((1201,), "19/10 20:00", "19/10 23:00"),
    Span((901,), "25/10 1:00", "25/10 4:00", "unknown"),
    Span((301,), "25/10 2:30", "25/10 2:30*"),
    Span((1101, 1001), "28/10 10:00", "28/10 12:00"),
    Span((1201,), "31/10 20:00", "1/12 3:00", "unknown"),
    Span((801,), "3/11 8:00", "3/11 16:00"),
    Span((601, 602), "9/11 10:00", "9/11 11:00"),
    Span((701,), "9/11 13:00", "9/11 14:00"),
    Span((501,), "12/11 23:50", "13/11 1:00"),
    Span((101, 102), "14/11 10:00", "14/11 17:12"),
    Span((1002,), "15/11 22:05", "15/11 23:20"),
    Span((901,), "17/11 2:00", "17/11 3:00"),
    Span((901,), "18/11 2:00", "18/11 4:00", "unknown"),
    Span((301,), "20/11 6:00", "20/11 12:30"),
    Span((1101, 1001), "22/11 4:00", "22/11 5:00"),
]
SILENT = [("21/9 23:30", "22/9 0:45"), ("5/10 10:00", "5/10 10:40")]
"""When B's public port does not answer; on 7 November one probe alone fails."""
ONE_LOST_PROBE = "7/11 15:00"
LOST_NODES = [
    ("pve3", "8/9 10:00", "8/9 11:00"),
    ("pve4", "8/9 10:30", "8/9 11:00"),
    ("pve5", "15/10 8:00", "15/10 9:00"),
]
MOVED = [(1001, "8/9 10:45", "pve2")]
"""HA starts J's first machine elsewhere."""
REPOOLED = [(1001, "12/10 0:00", "k")]
DATA_CONFIRMED = {"d": date(2026, 11, 5), "e": date(2026, 11, 12)}
"""The days on which clients whose contract ends said that they have all their data."""


@dataclass(frozen=True)
class Act:
    """What somebody asked of `nocd`, and how it answered.

    In paths and bodies `outage:a 10/9 3:00` stands for the number of the outage of that tenant that
    began then, `incident:…` for its incident's, and `got:NAME` for a number that an act kept under
    that name. Instants are written as above. `says` stands in the answer.
    """

    when: str
    who: str
    path: str
    body: dict[str, Any] = field(default_factory=dict)
    status: int = 200
    keep: str = ""
    says: str = ""


def attributed(when: str, who: str, outage: str, party: str, **values: Any) -> Act:
    """An attribution; `status`, `keep` and `says` are the act's, all else the body's."""
    about = {name: values.pop(name) for name in ("status", "keep", "says") if name in values}
    body = {"party": party, "reason": "as the client will read it", **values}
    return Act(when, who, f"outages/outage:{outage}/attribution", body, **about)


def excluded(when: str, tenants: list[str], span: tuple[str, str | None], basis: str,
             **values: Any) -> Act:  # fmt: skip
    """An exclusion by omar."""
    about = {name: values.pop(name) for name in ("keep", "says") if name in values}
    status = values.pop("status", 201)
    body = {"tenants": tenants, "start": span[0], "basis": basis, **values}
    body |= {} if span[1] is None else {"end": span[1]}
    body = {"reason": "as the client will read it", **body}
    return Act(when, "omar", "exclusions", body, status, **about)


def claimed(when: str, tenant: str, month: str, sent: str, **values: Any) -> Act:
    status = values.pop("status", 200)
    body = {"sent": sent, "channel": "e-mail", "reference": f"{tenant}-{month}", **values}
    return Act(when, "omar", f"credits/{tenant}/2026-{month}/claim", body, status)


def measured(when: str, tenant: str, start: str, end: str, status: int = 201) -> Act:
    """The client's own evidence."""
    body = {"tenant": tenant, "start": start, "end": end, "reason": "the client's own probe"}
    return Act(when, "omar", "outages", body, status)


def window(when: str, tenant: str, start: str, end: str, keep: str) -> Act:
    body = {"title": "Switch", "start": start, "end": end, "tenants": [tenant]}
    return Act(when, "lea", "maintenance", body | {"reason": "a switch is replaced"}, 201, keep)


def credited(when: str, tenant: str, month: str, verb: str, status: int = 200) -> Act:
    reason = {"reason": "as the client will read it"} if verb == "refuse" else {}
    return Act(when, "lea", f"credits/{tenant}/2026-{month}/{verb}", reason, status)


DAY_OF_ATTACK = ("2/9 0:00", "3/9 0:00")
TASK = ["UPID:pve1:0001"]
FLOOD = {"link": "a flood that nobody could foresee or hold"}
FIRE = {"link": "an alarm in the room, the guest was cut off by order"}
CLOSE, REOPEN = "close", "reopen"

ACTS = [
    excluded("3/9 9:00", ["f", "g"], DAY_OF_ATTACK, "attack", status=409, says="flow:"),
    excluded("3/9 9:01", ["f", "g"], DAY_OF_ATTACK, "attack", grounds=["flow:41 Gbit/s of UDP"]),
    # F's outage is excluded twice over, which counts once.
    attributed("3/9 9:02", "omar", "f 2/9 1:00", "attack", grounds=["flow:41 Gbit/s of UDP"]),
    attributed("3/9 9:03", "omar", "g 2/9 1:00", "attack", grounds=["flow:41 Gbit/s of UDP"]),
    Act("7/9 16:00", "", "case"),
    attributed("7/9 16:01", "omar", "e 7/9 9:00", "suspension"),
    attributed("8/9 12:00", "omar", "j 8/9 10:30", "hoster"),
    attributed("10/9 10:00", "omar", "a 10/9 3:00", "hoster"),
    measured("12/9 10:00", "c", "12/9 8:00", "12/9 8:30"),
    window("17/9 10:00", "k", "19/9 21:00", "19/9 22:00", "window of k"),
    attributed("19/9 9:00", "omar", "f 18/9 12:00", "hoster"),
    attributed("19/9 9:01", "omar", "g 18/9 12:00", "hoster"),
    attributed("20/9 9:00", "omar", "k 19/9 21:00", "maintenance"),
    Act("21/9 9:00", "omar", "maintenance/got:window of k/cancel", {"reason": "never done"}),
    attributed("22/9 9:00", "omar", "b 21/9 23:30", "third_party", status=409),
    attributed("22/9 9:01", "omar", "b 21/9 23:30", "third_party",
               grounds=["the carrier's own notice"]),
    attributed("25/9 9:00", "omar", "d 24/9 14:00", "force_majeure", **FLOOD, status=403),
    attributed("25/9 9:01", "lea", "d 24/9 14:00", "force_majeure", status=409),
    attributed("25/9 9:02", "lea", "d 24/9 14:00", "force_majeure", **FLOOD),
    window("29/9 10:00", "b", "30/9 22:00", "1/10 2:00", "window of b"),
    # K's claim is refused for an exclusion that two persons decided, and that is withdrawn.
    claimed("2/10 9:00", "k", "09", "2/10 8:00", received="2/10 8:00"),
    excluded("3/10 9:00", ["k"], ("19/9 21:00", "19/9 22:00"), "not_attributable", grounds=TASK,
             keep="of k"),
    Act("3/10 9:01", "omar", "decisions/got:of k/approval", status=403),
    Act("3/10 9:02", "olga", "decisions/got:of k/approval", keep="exclusion of k"),
    credited("3/10 10:00", "k", "09", "grant", 409),
    credited("3/10 10:01", "k", "09", "refuse"),
    Act("4/10 9:00", "olga", "exclusions/got:exclusion of k/withdrawal", {"reason": "not theirs"}),
    attributed("4/10 10:00", "omar", "k 19/9 21:00", "hoster"),
    credited("5/10 8:00", "k", "09", "grant"),
    # September is closed, reopened for a decision of two on L, and closed again.
    Act("5/10 10:00", "lea", f"months/2026-09/{CLOSE}", status=201),
    attributed("6/10 9:00", "omar", "l 6/9 13:00", "third_party", grounds=TASK, status=409,
               says="noc-tui month reopen 2026-09"),
    Act("7/10 9:00", "omar", f"months/2026-09/{REOPEN}", {"reason": "late evidence"}, 403),
    Act("7/10 9:01", "lea", f"months/2026-09/{REOPEN}", {"reason": "late evidence"}),
    attributed("7/10 9:02", "omar", "l 6/9 13:00", "third_party", grounds=TASK, keep="of l"),
    Act("7/10 9:03", "omar", "decisions/got:of l/approval", status=403),
    Act("7/10 9:04", "olga", "decisions/got:of l/approval"),
    Act("8/10 9:00", "lea", f"months/2026-09/{CLOSE}", status=201),
    # B claims what is not due; H's outage that began in a closed month stays as it is.
    claimed("9/10 9:00", "b", "09", "8/10 9:00", received="8/10 9:00"),
    credited("9/10 9:01", "b", "09", "grant", 409),
    credited("9/10 9:02", "b", "09", "refuse"),
    attributed("12/10 8:00", "omar", "h 30/9 23:30", "client", grounds=TASK, status=409,
               says="noc-tui month reopen 2026-09"),
    # What was reviewed: F's second person declines, G's agrees.
    attributed("12/10 9:00", "omar", "f 11/10 5:00", "hoster"),
    attributed("12/10 9:01", "omar", "g 11/10 6:30", "hoster"),
    Act("12/10 9:02", "olga", "incidents/incident:f 11/10 5:00/resolve"),
    Act("12/10 9:03", "olga", "incidents/incident:f 11/10 5:00/review"),
    Act("12/10 9:04", "olga", "incidents/incident:g 11/10 6:30/resolve"),
    Act("12/10 9:05", "olga", "incidents/incident:g 11/10 6:30/review"),
    attributed("13/10 9:00", "omar", "f 11/10 5:00", "client", grounds=TASK, keep="of f"),
    attributed("13/10 9:01", "omar", "g 11/10 6:30", "client", grounds=TASK, keep="of g"),
    Act("13/10 11:00", "olga", "decisions/got:of f/refusal", {"reason": "it was our node"}),
    Act("13/10 11:01", "omar", "decisions/got:of g/approval", status=403),
    Act("13/10 11:02", "lea", "decisions/got:of g/approval"),
    # The hoster's own node is no emergency, whoever says so.
    attributed("15/10 10:00", "omar", "e 15/10 8:00", "emergency", **FIRE, status=409),
    attributed("15/10 10:01", "lea", "e 15/10 8:00", "emergency", **FIRE, status=409),
    attributed("15/10 10:02", "omar", "e 15/10 8:00", "hoster"),
    attributed("20/10 9:00", "omar", "l 19/10 20:00", "attack", grounds=["provider:scrubbed"]),
    claimed("21/10 9:00", "a", "10", "20/10 9:00", received="20/10 9:00", status=409),
    attributed("26/10 9:00", "omar", "c 25/10 2:30", "client", grounds=TASK, keep="of c"),
    Act("27/10 9:00", "olga", "exclusions/got:of c/withdrawal", {"reason": "not their task"}),
    attributed("27/10 9:01", "omar", "c 25/10 2:30", "hoster"),
    excluded("28/10 10:05", ["k"], ("28/10 10:00", None), "not_attributable", grounds=TASK,
             keep="lasting"),
    Act("29/10 9:00", "olga", "exclusions/got:lasting/review", {"note": "still so"}),
    Act("29/10 10:00", "olga", "exclusions/got:lasting/end", {"end": "28/10 11:00"}),
    # C's claim was entered with a wrong date, which made it late.
    claimed("3/11 9:00", "c", "09", "2/11 12:00", received="2/11 12:00"),
    Act("3/11 10:00", "olga", "credits/c/2026-09/correct",
        {"sent": "30/10 12:00", "channel": "letter", "reason": "the date was mistyped"}),
    credited("4/11 9:00", "c", "09", "grant"),
    credited("4/11 9:02", "c", "09", "grant", 409),
    claimed("4/11 9:01", "g", "09", "30/10 23:59:59.999999", received="4/11 8:00"),
    # October is closed, and reopened for what J measured.
    Act("4/11 10:00", "lea", f"months/2026-10/{CLOSE}", status=201),
    measured("5/11 9:00", "j", "12/10 6:50", "12/10 7:30", 409),
    Act("5/11 9:01", "lea", f"months/2026-10/{REOPEN}", {"reason": "what J measured"}),
    measured("5/11 9:02", "j", "12/10 6:50", "12/10 7:30"),
    Act("5/11 9:03", "lea", f"months/2026-10/{CLOSE}", status=201),
    Act("9/11 9:30", "", "quota of f", keep="quota"),
    attributed("9/11 15:00", "omar", "g 9/11 13:00", "quota", grounds=["evidence:got:quota"],
               link="the disk was full", status=409),
    attributed("9/11 15:01", "omar", "f 9/11 10:00", "quota", grounds=["evidence:got:quota"],
               link="the disk was full"),
    claimed("10/11 9:00", "d", "10", "9/11 9:00", received="9/11 9:00"),
    claimed("10/11 9:01", "b", "10", "9/11 9:00", received="9/11 9:00"),
    window("10/11 9:02", "j", "15/11 22:00", "15/11 23:00", "window of j"),
    credited("11/11 9:00", "d", "10", "refuse"),
    credited("12/11 9:00", "b", "10", "grant"),
    Act("12/11 12:00", "", "data of d and e confirmed"),
    window("16/11 9:00", "i", "18/11 3:00", "18/11 5:00", "window of i"),
    attributed("17/11 4:00", "omar", "i 17/11 2:00", "emergency", status=409),
    attributed("17/11 4:01", "omar", "i 17/11 2:00", "emergency", **FIRE),
    claimed("20/11 9:00", "j", "10", "19/11 9:00", received="19/11 9:00"),
    credited("21/11 9:00", "j", "10", "grant"),
    # What J was granted stands, though two persons find then that nothing was due.
    excluded("21/11 10:00", ["j"], ("12/10 6:00", "12/10 7:30"), "not_attributable", grounds=TASK,
             status=409, says="noc-tui month reopen 2026-10"),
    Act("21/11 10:01", "lea", f"months/2026-10/{REOPEN}", {"reason": "J's own task"}),
    excluded("21/11 10:02", ["j"], ("12/10 6:00", "12/10 7:30"), "not_attributable", grounds=TASK,
             keep="of j"),
    Act("21/11 10:03", "olga", "decisions/got:of j/approval"),
    Act("21/11 10:04", "lea", f"months/2026-10/{CLOSE}", status=201),
    excluded("22/11 9:00", ["k"], ("22/11 4:00", "22/11 5:00"), "maintenance"),
    # Sent in the last second of the last day, received after it.
    claimed("2/12 10:00", "a", "10", "30/11 23:59:59", received="2/12 8:00"),
    Act("2/12 12:00", "", "states then"),
    credited("3/12 9:00", "a", "10", "grant"),
    # C's grant is of less than turns out to be due.
    claimed("5/12 9:00", "c", "11", "4/12 9:00", received="4/12 9:00"),
    credited("6/12 9:00", "c", "11", "grant"),
    measured("8/12 9:00", "c", "26/11 9:00", "26/11 10:00"),
    credited("9/12 9:00", "c", "11", "grant"),
    claimed("10/12 9:00", "h", "11", "9/12 9:00", received="9/12 9:00"),
    credited("11/12 9:00", "h", "11", "grant", 409),
    # A second too late: the first instant of the day after the last.
    claimed("31/12 9:00", "a", "11", "31/12 0:00", received="31/12 0:00"),
]  # fmt: skip
