"""What `noc-tui evidence verify` says on standard error: a fact a line, and what to do next.

`storage`, which knows no catalogue, gives the detail of a fault as one English line: it is quoted
behind the sentence that says what it means.
"""

import argparse
from collections.abc import Iterator, Mapping

from noc_tui.commands.checked_reading import explain_coverage
from noc_tui.commands.unsigned_entries import explain_found
from noc_tui.i18n import N_, _, ngettext
from noc_tui.text import visible
from storage.sealed import SealedVerdict
from storage.verdict import WHOLE_TABLE, AlteredRow, Report, Verdict

_MEANING = {
    Verdict.ALTERED: N_("an entry of the evidence is not as it was written"),
    Verdict.TRUNCATED: N_("the last entries are missing"),
    Verdict.FORKED: N_("this is another history than the one that a signed head knows"),
    Verdict.KEY_CHANGED: N_("the signing key is not the one that was in force"),
    Verdict.RESTORED: N_("a head is of the database that a restore put aside: no tampering"),
    Verdict.UNBOUND_ROWS: N_("rows are not bound to entries yet"),
    Verdict.UNSIGNED: N_("entries were written without the signing key"),
    Verdict.EMPTY: N_("a database that was in use has no entry"),
    Verdict.UNREADABLE: N_("the file cannot be read as a record"),
}
_NEXT_STEP = {
    Verdict.UNBOUND_ROWS: N_("Next step: start nocd of this version once, then verify again."),
    Verdict.UNSIGNED: N_(
        "Next step: find out who wrote them; a lead accepts them with"
        " noc-tui evidence accept-unsigned, or the file stays unproven."
    ),
}
_TAMPERED = N_(
    "Next step: keep the file as it is, and compare it with a head kept outside (--head)."
)
_NEITHER = frozenset({Verdict.INTACT, Verdict.RESTORED})
_FOUND = (
    N_("no row"),
    N_("no entry"),
    N_("others"),
    N_("no signature"),
    N_("as nocd signed it"),
    N_("rows as nocd signed them"),
    N_("revisions and columns without an entry, as nocd signed them"),
    N_("rows that the signature does not cover"),
    N_("rows that are not those on record"),
    N_("another than was signed"),
    N_("found by nocd to be other than it left it"),
    N_("found by nocd to be other than it left them"),
    N_("other values in the log"),
)
"""What `storage` says of a row instead of a digest."""


def explain_report(report: Report, arguments: argparse.Namespace) -> list[str]:
    """The lines about a verdict."""
    if report.verdict is Verdict.INTACT:
        return [*_intact(report), *_unproven(report), *_left_out(arguments)]
    lines = [*_meaning(report), *map(describe_row, report.altered)]
    if report.unsigned and report.verdict is not Verdict.UNSIGNED:
        lines.insert(0, _describe(Verdict.UNSIGNED, report.unsigned))
    if more := report.altered_count - len(report.altered):
        lines.append(_("and {count} more").format(count=more))
    lines += [*_unproven(report), *_left_out(arguments)]
    if report.verdict not in _NEITHER:
        lines.append(_(_NEXT_STEP.get(report.verdict, _TAMPERED)))
    return lines


def _meaning(report: Report) -> Iterator[str]:
    if report.verdict is Verdict.ALTERED_ROWS:
        count = max(report.altered_count, len(report.altered))
        text = ngettext(
            "{count} row is not as the record holds it:",
            "{count} rows are not as the record holds them:",
            count,
        )
        yield text.format(count=count)
        return
    yield _describe(report.verdict, report.reason)


def _describe(verdict: Verdict, reason: str) -> str:
    return _("{meaning}: {reason}").format(meaning=_(_MEANING[verdict]), reason=visible(reason))


def describe_row(row: AlteredRow) -> str:
    """A row that is not as recorded, in one line."""
    all_rows = _("{table}, all rows").format(table=row.table)
    values = {
        "row": all_rows if row.key == WHOLE_TABLE else visible(f"{row.table} {row.key}"),
        "expected": _word(row.expected),
        "found": _word(row.found),
    }
    if row.entry is None:
        return _("{row}: no entry, expected {expected}, found {found}").format(**values)
    text = _("{row}: entry {entry}, expected {expected}, found {found}")
    return text.format(entry=row.entry, **values)


def _word(said: str) -> str:
    return _(said) if said in _FOUND else visible(said)


def _intact(report: Report) -> Iterator[str]:
    yield _("entries: {count}, signed heads: {heads}, all agree").format(
        count=report.count, heads=report.heads
    )
    text = ngettext(
        "{count} row is as its entry holds it",
        "{count} rows are as their entries hold them",
        report.rows,
    )
    yield text.format(count=report.rows)
    if report.adopted is not None:
        text = _("rows up to entry {entry} are proven as they were then, not before")
        yield text.format(entry=report.adopted)
    yield from explain_coverage(report.outside, report.covered, report.count)
    yield from explain_found(report.found_unsigned)
    if report.erased:
        text = ngettext(
            "{count} content erased, as an entry says",
            "{count} contents erased, as entries say",
            report.erased,
        )
        yield text.format(count=report.erased)


def _unproven(report: Report) -> Iterator[str]:
    """What no signature proves up to an entry."""
    for one in report.rebuilds:
        yield _("entry {entry}: {account} had this file rebuilt from the evidence log").format(
            entry=one.entry, account=visible(one.account)
        )
        if lost := one.shortfall.lost:
            text = _(
                "NOT PROVEN before entry {entry}: what moves without an entry, in all rows of the"
                " tables of which rows were lost: {tables}"
            )
            yield text.format(entry=one.entry, tables=_counts(lost))
        if left_out := one.shortfall.left_out:
            text = _("rows that could not be worked out, and were left out: {tables}")
            yield text.format(tables=_counts(left_out))

    for fault in report.accepted_faults:
        text = _(
            "NOT PROVEN before entry {entry}: what moves without an entry in {tables}; {account}"
            " accepted that: {reason}"
        )
        yield text.format(
            entry=fault.entry,
            tables=visible(", ".join(fault.fault.tables)),
            account=visible(fault.account),
            reason=visible(fault.fault.reason),
        )


def _counts(tables: Mapping[str, int]) -> str:
    return visible(", ".join(f"{table} {count}" for table, count in sorted(tables.items())))


def _left_out(arguments: argparse.Namespace) -> Iterator[str]:
    """What was not compared because the options say so; nothing without them."""
    if arguments.table:
        text = _("only the rows of these tables were compared: {tables}")
        yield text.format(tables=", ".join(dict.fromkeys(arguments.table)))
    elif arguments.tenant:
        text = _("rows that concern other tenants only were left out: {tenant}")
        yield text.format(tenant=visible(arguments.tenant))


def explain_sealed(found: SealedVerdict | None) -> str:
    """The line about the sealed file; None where this account may not read it."""
    if found is None:
        return _("the sealed file was not looked at: those who may see it run authority verify")
    text = _("sealed file: {verdict}, digests on record that agree: {digests}")
    said = text.format(verdict=found.verdict, digests=found.digests)
    return visible(f"{said} {found.reason}".rstrip())
