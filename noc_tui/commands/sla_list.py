"""`noc-tui sla list`: every tenant's month, who is nearest to a credit first."""

import argparse
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from noc_tui.commands.checked_reading import explain_coverage, read_checked
from noc_tui.commands.configured import load_configuration, terms_book
from noc_tui.commands.failure import BadInput
from noc_tui.commands.output import say, say_json, table
from noc_tui.contract.calendar import Month, instant
from noc_tui.contract.instants import parse_instant
from noc_tui.i18n import _
from noc_tui.labels import decoding, formats
from noc_tui.labels.statement import Words
from noc_tui.labels.states import MONTH, StateLabel, month_label
from noc_tui.queries.month_table import read_month_table
from noc_tui.text import visible
from noc_tui.views.month_row import CutReading, MonthTable, TenantMonthLine


def run(arguments: argparse.Namespace) -> int:
    """Print the table; the exit code."""
    config = load_configuration(arguments)
    try:
        month = None if arguments.month is None else Month.parse(arguments.month)
    except ValueError as error:
        raise BadInput(f"--month: {decoding.translate_reason(str(error))}") from error
    terms = terms_book(config)
    found, check = read_checked(config, lambda db, check: read_month_table(db, month, terms, check))
    if arguments.json:
        say_json(found)
    else:
        for line in lines(found):
            say(line)
    for line in explain_coverage(check.outside, check.covered, check.count):
        sys.stderr.write(line + "\n")
    return 0 if all(one.verified for one in found.tenants) else 1


def lines(found: MonthTable) -> Iterator[str]:
    """Yield the table as text, in the language of who reads it."""
    yield _("{month}, figures up to {until}").format(
        month=found.month, until=_local_time(found.until)
    )
    yield ""
    header = [
        _("Tenant"), _("State"), _("Contractual"), _("Raw"), _("Measured"), _("Budget left"),
        _("Credit due from"), _("Credit"), _("Amount"),
    ]  # fmt: skip
    yield from table(header, [_row(one) for one in found.tenants])
    for line in found.tenants:
        if line.cut_from_base is not None and line.cut_from_base.differs:
            yield visible(f"{line.tenant}: {_readings(line, line.cut_from_base)}")
    if found.claims:
        yield ""
        yield _("Claims to answer:")
    for one in found.tenants:
        for problem in one.problems:
            text = _("{tenant}: not as recorded: {problem}")
            yield visible(text.format(tenant=one.tenant, problem=problem))
    for claim in found.claims:
        text = _("{month} {tenant}, sent {sent} by {channel}").format(
            month=claim.month,
            tenant=claim.tenant,
            sent=formats.UNKNOWN if claim.sent is None else _local_time(claim.sent),
            channel=" ".join(filter(None, (claim.channel, claim.reference))),
        )
        yield "  " + visible(text)


def _readings(line: TenantMonthLine, cut: CutReading) -> str:
    rates = _percent(line.contractual.percent), _percent(cut.percent)
    return Words(_).readings(rates, (cut.contractual_tier, cut.tier), cut.credited)


def _row(line: TenantMonthLine) -> list[str]:
    tip = next(iter(line.tips), None)
    return [
        line.tenant,
        _(_label(line).word),
        _percent(line.contractual.percent),
        _percent(line.raw.percent),
        _percent(line.coverage_percent),
        _clock(line.budget_left_seconds),
        "" if tip is None else f"{tip.percent} % @ {_local_time(tip.at)}",
        _credit(line),
        "" if not line.tier else _euros(line.amount),
    ]


def _label(line: TenantMonthLine) -> StateLabel:
    if line.tier is None or line.worst_tier is None:
        return MONTH["unverified"]
    return month_label(out=line.out, tier=line.tier, worst_tier=line.worst_tier)


def _credit(line: TenantMonthLine) -> str:
    said = Words(_).credit(line.state)
    if line.state != "claimable":
        return said
    return f"{said} ≤ {formats.day(date.fromisoformat(line.deadline))}"


def _percent(shown: str | None) -> str:
    return formats.UNKNOWN if shown is None else f"{formats.decimal(shown)} %"


def _euros(amount: str | None) -> str:
    return formats.UNKNOWN if amount is None else formats.money(Decimal(amount))


def _clock(seconds: str) -> str:
    """Hours, minutes and whole seconds."""
    minutes, rest = divmod(int(seconds.partition(".")[0]), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def _local_time(at: str) -> str:
    return formats.instant_seconds(instant(parse_instant(at)))
