"""Reports of a CERT or a scanner as rows: CSV beside a mail, or in its text.

A row names an address of the hoster's, an instant, and what was seen there (Shadowserver's reports,
IntelMQ's events, and their kin). A client's own table of flows names no such thing and is none.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from noc_tui.contract.intake import facts
from noc_tui.contract.intake.notice import AbuseKind, AbuseNotice
from noc_tui.contract.intake.reports import kind_named

_ROWS = 2_000
_LONGEST = 400_000
_SHOWN = 12
_SAMPLE = 50
_SEARCHED = 400
_ADDRESS = ("source.ip", "src_ip", "source_ip", "sourceip", "ip", "ip_address", "ipaddress", "src")
_WHEN = ("time.source", "timestamp", "first_seen", "date", "datetime", "time", "detection_time")
_TELLING = (
    "classification.type", "classification.taxonomy", "malware.name", "infection", "malware", "tag",
    "family", "vulnerability", "cve",
)  # fmt: skip
_VAGUE = ("category", "type", "issue", "threat")
# Columns that only who watches other people's networks fills in; with one of them a vague column,
# or what the mail is called, says enough.
_WATCHER = frozenset(
    {"asn", "source.asn", "naics", "sector", "geo", "amplification", "source.network", "feed.name"}
)
_QUOTES = "\"' \t\ufeff"


def read_feed(text: str, about: str = "") -> AbuseNotice | None:
    """The notice in the rows of a CSV; None for any other table. `about` is what the mail or the
    file is called, which says what the rows are where they do not.
    """
    head, rows = _table(text)
    address, when = _first(_ADDRESS, head), _first(_WHEN, head)
    if not address or not when or not _is_of_a_watcher(head, about):
        return None
    found = (facts.plain_address(row[address]) for row in rows)
    addresses = tuple(dict.fromkeys(filter(None, found)))
    if not addresses:
        return None
    seen = [name for name in (*_TELLING, *_VAGUE) if name in head]
    words = " ".join(dict.fromkeys(row[name] for row in rows[:_SAMPLE] for name in seen))
    kind = kind_named(words)
    moments = sorted(filter(None, (facts.instant(row[when]) for row in rows)))
    return AbuseNotice(
        kind=kind_named(about) if kind is AbuseKind.other else kind,
        form="report",
        sure=True,
        addresses=addresses[: facts.MOST],
        observed="\n".join(_told(row) for row in rows[:_SHOWN])[:2000],
        observed_at=moments[0] if moments else None,
        because=tuple(filter(None, (words[:80], addresses[0]))),
    )


def _is_of_a_watcher(head: Sequence[str], about: str) -> bool:
    if _first(_TELLING, head):
        return True
    said = _first(_VAGUE, head) or kind_named(about) is not AbuseKind.other
    return bool(said) and not _WATCHER.isdisjoint(head)


def rows_in(text: str) -> str:
    """Return the part of a text from the first line on that heads a table of rows; else nothing."""
    lines = text.splitlines()
    for number, line in enumerate(lines[:_SEARCHED]):
        if max(line.count(","), line.count(";"), line.count("\t"), line.count("|")) < 2:
            continue
        names = _names(line, _separator(line))
        if _first(_ADDRESS, names) and _first(_WHEN, names):
            return "\n".join(lines[number:])
    return ""


def _table(text: str) -> tuple[list[str], list[dict[str, str]]]:
    """The names of the columns, and the rows under them; a line of another length ends them."""
    lines = [line for line in text[:_LONGEST].splitlines() if line.strip()]
    if len(lines) < 2:
        return [], []
    separator = _separator(lines[0])
    head = _names(lines[0], separator)
    return head, list(_rows(lines[1 : _ROWS + 1], head, separator))


def _rows(lines: Sequence[str], head: Sequence[str], separator: str) -> Iterator[dict[str, str]]:
    reader = csv.reader(io.StringIO("\n".join(lines)), delimiter=separator)
    try:
        for cells in reader:
            if len(cells) != len(head):
                return
            yield dict(zip(head, (cell.strip() for cell in cells), strict=True))
    except csv.Error:
        return


def _separator(line: str) -> str:
    return max((",", ";", "\t", "|"), key=line.count)


def _names(line: str, separator: str) -> list[str]:
    return [name.strip(_QUOTES).lower().replace(" ", "_") for name in line.split(separator)]


def _first(names: Sequence[str], head: Sequence[str]) -> str:
    return next((name for name in names if name in head), "")


def _told(row: Mapping[str, str]) -> str:
    return " · ".join(f"{name}: {value[:80]}" for name, value in row.items() if value)
