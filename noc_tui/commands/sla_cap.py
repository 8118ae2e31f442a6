"""`noc-tui sla cap`, `reparation`, `withdraw-reparation`: reparations and their cap (art. 12)."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

import msgspec

from noc_tui.api import liability as api
from noc_tui.commands.checked_reading import read_checked
from noc_tui.commands.configured import load_configuration
from noc_tui.commands.daemon_requests import ask
from noc_tui.commands.failure import BadInput
from noc_tui.commands.output import say, say_json
from noc_tui.commands.promises import day_of
from noc_tui.config import Configuration
from noc_tui.contract.calendar import micros, paris_day
from noc_tui.contract.liability import CapStanding
from noc_tui.i18n import _
from noc_tui.labels import formats
from noc_tui.labels.formats import label_line
from noc_tui.labels.liability import cap_facts, reparation_line
from noc_tui.queries.liability import read_caps
from noc_tui.queries.record_check import RecordCheck
from noc_tui.text import visible
from noc_tui.views.published_clock import clock_of
from storage import settings
from storage.bound_tables import CAP_TABLES
from storage.connection import Readable
from storage.register import TENANTS
from storage.reparations import REPARATIONS, Reparation


class CapEntry(msgspec.Struct, frozen=True):
    """A tenant's standing, in euros without tax as decimal strings; null where not known.

    `proposed` is what is proposed for a credit beyond what is left: full, cut.
    """

    tenant: str
    name: str
    months: tuple[str, ...]
    cap: Decimal | None
    credits: Decimal
    others: Decimal
    used: Decimal
    left: Decimal | None
    percent: int | None
    proposed: str
    reparations: tuple[Reparation, ...]


def run(arguments: argparse.Namespace) -> int:
    """Print the standings, or hand a reparation to `nocd`."""
    config = load_configuration(arguments)
    if arguments.verb == "cap":
        return _print(arguments, config)
    if arguments.verb == "reparation":
        try:
            amount = Decimal(arguments.amount)
        except InvalidOperation as error:
            raise BadInput(f"--amount: {visible(arguments.amount)}") from error
        paid = api.ReparationPaid(
            tenant=arguments.tenant,
            decided_on=day_of("--on", arguments.on),
            amount=amount,
            kind=arguments.kind,
            subject=arguments.subject,
            reference=arguments.reference,
            uncapped_because=arguments.uncapped,
        )
        answer = ask(arguments, config, api.RECORD_REPARATION(paid))
    else:
        gone = api.Withdrawal(arguments.reason)
        answer = ask(arguments, config, api.WITHDRAW_REPARATION(gone, number=arguments.number))
    left = formats.UNKNOWN if answer.left is None else formats.money(answer.left)
    say(_("reparation {number}; left of the cap: {left}").format(number=answer.number, left=left))
    if answer.exceeded:
        say(_("▲ the cap of art. 12 is exceeded: it is no cap for gross or wilful fault"))
    return 0


def _print(arguments: argparse.Namespace, config: Configuration) -> int:
    """Print what the record bears out; exit code 1 where it does not, which is named."""

    async def standings(
        db: Readable, _check: RecordCheck
    ) -> tuple[dict[str, CapStanding], dict[str, str], list[Reparation]]:
        today = paris_day(micros(clock_of(await settings.read_clock(db)).now()))
        names = {one.id: one.name for one in await TENANTS.read(db)}
        return await read_caps(db, today, arguments.tenant), names, await REPARATIONS.read(db)

    (found, names, reparations), check = read_checked(config, standings, CAP_TABLES)
    if arguments.tenant is not None and not found:
        raise BadInput(_("no tenant is called {name}").format(name=visible(arguments.tenant)))
    doubted = {tenant: check.problems(tenant) for tenant in found}
    entries = [
        _entry(tenant, names[tenant], standing, reparations)
        for tenant, standing in found.items()
        if not doubted[tenant]
    ]
    for tenant, problems in doubted.items():
        for problem in problems:
            text = _("{tenant}: not as recorded: {problem}")
            sys.stderr.write(visible(text.format(tenant=tenant, problem=problem)) + "\n")
    _say_entries(arguments, entries, found)
    return 1 if any(doubted.values()) else 0


def _say_entries(
    arguments: argparse.Namespace, entries: Sequence[CapEntry], found: Mapping[str, CapStanding]
) -> None:
    if arguments.json:
        say_json({"tenants": entries})
        return
    for entry in entries:
        say(visible(f"{entry.name} ({entry.tenant})"))
        for label, value in cap_facts(found[entry.tenant]):
            say(f"  {label_line(label, value)}")
        for one in entry.reparations:
            say(f"  {reparation_line(one)}")


def _entry(
    tenant: str, name: str, standing: CapStanding, reparations: list[Reparation]
) -> CapEntry:
    return CapEntry(
        tenant=tenant,
        name=name,
        months=tuple(map(str, standing.months)),
        cap=standing.cap,
        credits=standing.credits,
        others=standing.others,
        used=standing.used,
        left=standing.left,
        percent=standing.percent,
        proposed=standing.proposed,
        reparations=tuple(one for one in reparations if one.tenant == tenant),
    )
