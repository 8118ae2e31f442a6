"""Whether what a month shows is what the record holds: chain, rows, and the figures kept of months.

One check for `evidence verify`, statements, lists, screens, packs and `nocd`. A caller that cannot
wait has it done in a thread.
"""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec

from noc_tui.contract.availability import compute
from noc_tui.contract.calendar import Month
from noc_tui.contract.retention import load_retention
from noc_tui.contract.terms_book import load_shipped_book
from noc_tui.queries.month_facts import read_month_facts
from noc_tui.views.tenant_month import TenantMonth
from storage.bound_tables import (
    BOUND_TABLES,
    MONTH_END_TABLES,
    MONTH_TABLES,
    PROMISE_TABLES,
    SIGNED_TABLES,
)
from storage.chain_reader import connect
from storage.connection import Readable
from storage.direct import answer_from
from storage.erasure import ERASED_AGAIN
from storage.heads import Head
from storage.months import FIGURES, MonthFigure
from storage.proof_gaps import read_fault_acceptances, read_rebuilds
from storage.row_sums import signed_sums
from storage.signed_rows import altered_scopes
from storage.signing_rule import FoundUnsigned, read_found_unsigned
from storage.tables import Binding, Table
from storage.verdict import LIMIT, AlteredRow, Report, Verdict
from storage.verify import Progress, verify, verify_snapshot


@dataclass(frozen=True, slots=True)
class RecordCheck:
    """What was found: nothing where `verdict` is intact, or a head is of the database that a
    restore put aside. A damaged chain concerns every tenant, and so do altered rows that are not
    named, of which `unnamed` is how many, and entries that nobody signed (`unsigned`, a line).

    `outside` heads were compared that were kept outside the file; they cover the first `covered` of
    `count` entries.
    """

    verdict: Verdict
    reason: str
    altered: Sequence[AlteredRow] = ()
    unnamed: int = 0
    outside: int = 0
    covered: int = 0
    count: int = 0
    unsigned: str = ""

    def problems(self, tenant: str | None) -> tuple[str, ...]:
        """Return what is wrong with what is said of a tenant, or of anybody, an English line
        each.
        """
        if self.verdict in (*_NOTHING_WRONG, Verdict.ALTERED_ROWS):
            return self._beside_the_chain(tenant)
        return (f"{self.verdict}: {self.reason}", *self._beside_the_chain(tenant))

    def hindrances(self, tenant: str | None) -> tuple[str, ...]:
        """Return what forbids to decide about a tenant, or about anybody. A key that was lost and
        replaced does not: the alert `chain` says so, and no later verification can say otherwise.
        """
        if self.verdict is Verdict.KEY_CHANGED:
            return self._beside_the_chain(tenant)
        return self.problems(tenant)

    def _beside_the_chain(self, tenant: str | None) -> tuple[str, ...]:
        """What is wrong with rows, and what nobody signed where the verdict is another word."""
        found = [row.line() for row in self.altered if tenant is None or row.concerns(tenant)]
        if self.unsigned and self.verdict is not Verdict.UNSIGNED:
            found.insert(0, f"{Verdict.UNSIGNED}: {self.unsigned}")
        if self.unnamed:
            found.append(f"{self.unnamed} more rows are not as the record holds them")
        return tuple(found)


UNREADABLE_ROWS = (ValueError, TypeError, ArithmeticError, LookupError)
"""What reading rows raises when a forged one holds what its column cannot mean."""
INTACT_RECORD = RecordCheck(Verdict.INTACT, "")
"""A record in which nothing is wrong."""


def check_month_rows(path: Path, heads: Sequence[Head] = ()) -> RecordCheck:
    """The whole chain, and all rows and figures that months rest on. Blocks; needs no loop."""
    return _as_check(check_record(path, heads, tables=MONTH_TABLES))


def check_month_end_rows(path: Path, heads: Sequence[Head] = ()) -> RecordCheck:
    """As `check_month_rows`, with what says whether a month is done with: whoever took away what
    waits would have it closed.
    """
    return _as_check(check_record(path, heads, tables=MONTH_END_TABLES))


def check_promise_rows(path: Path, heads: Sequence[Head] = ()) -> RecordCheck:
    """As `check_month_rows`, of what a month of the promises of annexe 2 rests on."""
    return _as_check(check_record(path, heads, tables=PROMISE_TABLES))


def check_month_snapshot(db: sqlite3.Connection, heads: Sequence[Head] = ()) -> RecordCheck:
    """As `check_month_rows`, of the snapshot of a connection from `chain_reader.connect`."""
    return check_snapshot(db, heads, MONTH_TABLES)


def check_snapshot(
    db: sqlite3.Connection, heads: Sequence[Head], tables: Sequence[Table[Any]]
) -> RecordCheck:
    """The whole chain and the rows of these tables, as `check_month_snapshot`."""
    return _as_check(_check(db, heads, tables))


def _as_check(report: Report) -> RecordCheck:
    return RecordCheck(
        report.verdict,
        report.reason,
        report.altered,
        unnamed=report.altered_count - len(report.altered),
        outside=report.outside,
        covered=report.covered,
        count=report.count,
        unsigned=report.unsigned,
    )


def check_record(
    path: Path,
    heads: Sequence[Head] = (),
    *,
    tables: Sequence[Table[Any]] = (*BOUND_TABLES, *SIGNED_TABLES),
    tenant: str | None = None,
    progress: Progress | None = None,
) -> Report:
    """`storage.verify`, whether who holds the key wrote all and, where the kept figures are among
    the tables, these worked out again.
    """
    try:
        db = connect(path)
    except (sqlite3.Error, OSError):
        return verify(path, heads)  # says why
    with closing(db):
        return _check(db, heads, tables, tenant, progress, str(path))


def _check(
    db: sqlite3.Connection,
    heads: Sequence[Head],
    tables: Sequence[Table[Any]],
    tenant: str | None = None,
    progress: Progress | None = None,
    name: str = "the database",
) -> Report:
    signed = [table for table in tables if table.binding is Binding.SIGNED]
    report = verify_snapshot(
        db,
        heads,
        tables=[table for table in tables if table not in signed],
        tenant=tenant,
        may_be_erased=may_be_erased,
        progress=progress,
        name=name,
    )
    if report.verdict not in _ROWS_READ:
        return report
    try:
        report = msgspec.structs.replace(
            report,
            rebuilds=answer_from(db, read_rebuilds),
            accepted_faults=answer_from(db, read_fault_acceptances),
        )
        report = with_signatures(db, report)
        report = with_altered(report, _altered_scopes(db, signed, tenant))
    except UNREADABLE_ROWS as error:  # an entry that no program of ours wrote
        report = _unreadable(report, f"{name}: an entry cannot be read: {error}")
    if FIGURES not in tables:
        return report
    try:
        figures = answer_from(db, altered_figures)
    except UNREADABLE_ROWS as error:  # a row that was put there by hand holds what no row can
        figures = [AlteredRow(FIGURES.name, "all", None, "figures of the rows", str(error))]
    found = [one for one in figures if tenant is None or one.concerns(tenant)]
    return with_altered(report, found)


def with_signatures(db: sqlite3.Connection, report: Report) -> Report:
    """The report with what nobody signed who holds the key, now or when `nocd` found it. It is told
    beside another verdict: who altered a row besides, or a key, would hide it else.

    Errors: `ValueError` for an entry that no program of ours wrote.
    """
    if not db.execute("SELECT 1 FROM evidence_key LIMIT 1").fetchone():
        return report  # nobody ever signed here
    found = answer_from(db, read_found_unsigned)
    first, reason = _find_unsigned(report, found)
    report = msgspec.structs.replace(report, found_unsigned=found, unsigned=reason)
    if not reason or report.verdict not in _NOTHING_WRONG:
        return report
    return msgspec.structs.replace(report, verdict=Verdict.UNSIGNED, reason=reason, first_bad=first)


def _find_unsigned(report: Report, found: Sequence[FoundUnsigned]) -> tuple[int | None, str]:
    """The first entry that nobody signed and no lead accepted, and a line about it; None and
    nothing where there is none.
    """
    if report.signed < report.count:
        first, last = report.signed + 1, report.count
        return first, f"nobody who holds the key wrote entries {first} to {last}"
    for one in found:
        if not one.accepted_by:
            reason = (
                f"entry {one.entry} says that entries {one.first} to {one.last} were found"
                " unsigned, and no lead has accepted that"
            )
            return one.first, reason
    return None, ""


def _unreadable(report: Report, reason: str) -> Report:
    """The report of a record with an entry of another hand: beside another verdict it counts as
    unsigned, since what nobody signed cannot be told.
    """
    if report.verdict in _NOTHING_WRONG:
        return msgspec.structs.replace(report, verdict=Verdict.UNREADABLE, reason=reason)
    return msgspec.structs.replace(report, unsigned=report.unsigned or reason)


def _altered_scopes(
    db: sqlite3.Connection, tables: Sequence[Table[Any]], tenant: str | None
) -> list[AlteredRow]:
    sums = signed_sums(db)
    found = [one for table in tables for one in altered_scopes(db, table, sums)]
    return [one for one in found if tenant is None or one.concerns(tenant)]


_NOTHING_WRONG = (Verdict.INTACT, Verdict.RESTORED)
_ROWS_READ = {Verdict.INTACT, Verdict.ALTERED_ROWS, Verdict.RESTORED, Verdict.KEY_CHANGED}
"""The verdicts that are given once the rows were compared."""


def may_be_erased(kind: str, grounds: bytes) -> bool:
    """Whether retention lets the content of such an entry go, by an erasure of these grounds."""
    rule = load_retention().rule_for(kind)
    if rule is None or not rule.two_leads:
        return rule is not None
    by = msgspec.json.decode(grounds, type=_Grounds)
    return by.reason in ERASED_AGAIN or bool(by.requested_by and by.requested_by != by.confirmed_by)


class _Grounds(msgspec.Struct, frozen=True):
    """What is read of an erasure's payload."""

    reason: str = ""
    requested_by: str = ""
    confirmed_by: str = ""


def with_altered(report: Report, found: Sequence[AlteredRow]) -> Report:
    """The report with more altered rows."""
    if not found:
        return report
    count = report.altered_count + len(found)
    altered = (*report.altered, *found)[:LIMIT]
    keeps = report.verdict is Verdict.KEY_CHANGED
    return msgspec.structs.replace(
        report,
        verdict=report.verdict if keeps else Verdict.ALTERED_ROWS,
        reason=f"{count} rows are not as the record holds them; {altered[0].line()}",
        altered=altered,
        altered_count=count,
    )


async def altered_figures(db: Readable) -> list[AlteredRow]:
    """The kept figures that are not what the rows give: of the latest month worked out as of when
    they were kept, of those before it as of their end.
    """
    kept: dict[str, list[MonthFigure]] = {}
    for one in await FIGURES.read(db):
        kept.setdefault(one.month, []).append(one)
    found: list[AlteredRow] = []
    book = load_shipped_book()  # the stamp is an entry's; the figures rest on no terms
    latest = max(kept, default="")  # those of earlier months were worked out when it began
    for name, figures in kept.items():
        month = Month.parse(name)
        facts = {
            one.tenant.id: one for one in await read_month_facts(db, month, month.span.end, book)
        }
        over = name < latest
        found += [row for one in figures if (row := _altered(one, facts, over=over)) is not None]
    return found


def _altered(
    kept: MonthFigure, facts: Mapping[str, TenantMonth], *, over: bool
) -> AlteredRow | None:
    month = facts.get(kept.tenant)
    if month is None:  # of a tenant that left the register nothing is shown
        return None
    shown = month if over else _as_of(month, kept)
    expected = msgspec.structs.replace(shown.figure(), terms=kept.terms)
    if expected == kept:
        return None
    differing = [name for name in FIGURES.fields if getattr(expected, name) != getattr(kept, name)]
    return AlteredRow(
        table=FIGURES.name,
        key=msgspec.json.encode([kept.month, kept.tenant]).decode(),
        entry=None,
        expected=_values(expected, differing),
        found=_values(kept, differing),
        tenants=(kept.tenant,),
    )


def _as_of(month: TenantMonth, kept: MonthFigure) -> TenantMonth:
    """The month as it was when that much of it had passed."""
    base = month.account.base
    now = base.start + kept.past if kept.past < base.length else month.account.month.span.end
    account = replace(month.account, now=now)
    return replace(month, account=account, result=compute(account, month.commitment))


def _values(figure: MonthFigure, names: Sequence[str]) -> str:
    return ", ".join(f"{name} {getattr(figure, name)}" for name in names)
