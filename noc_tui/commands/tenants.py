"""`noc-tui tenants list|show|import|empty|announce`: the register, and a word to all of it."""

import argparse
from datetime import date
from pathlib import Path

from noc_tui.api.announcements import TELL_CHANGE, ServiceChange
from noc_tui.api.register import WANT_EMPTY, Emptiness
from noc_tui.commands import tenants_import
from noc_tui.commands.configured import load_configuration, terms_book
from noc_tui.commands.daemon_requests import ask
from noc_tui.commands.failure import BadInput
from noc_tui.commands.files import text_of
from noc_tui.commands.options import common_options
from noc_tui.commands.output import say, say_json, table
from noc_tui.commands.reading import read
from noc_tui.commands.tenant_document import QuotaEntry, TenantEntry, TenantRows, entries
from noc_tui.contract.calendar import micros, paris_day
from noc_tui.contract.life import LifeStage
from noc_tui.i18n import _
from noc_tui.labels import formats, states
from noc_tui.labels.alerts import text_of as alert_text
from noc_tui.labels.contract import QUOTAS, life_facts, postal_address_words, support_words
from noc_tui.text import visible
from noc_tui.views.contract import ContractState, contract_state
from noc_tui.views.published_clock import clock_of
from storage import settings
from storage.connection import Readable
from storage.register import Tenant

NONE = "—"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the verbs."""
    verbs = parser.add_subparsers(dest="verb", required=True, metavar=_("VERB"))
    listing = verbs.add_parser("list", help=_("all tenants"), parents=[common_options()])
    listing.add_argument("--json", action="store_true", help=_("one JSON document"))
    showing = verbs.add_parser("show", help=_("one tenant"), parents=[common_options()])
    showing.add_argument("tenant", metavar=_("TENANT"))
    showing.add_argument("--json", action="store_true", help=_("one JSON document"))
    tenants_import.add_import(verbs)
    text = _("put on record that a client wants no guest: its time is then proven (art. 10)")
    empty = verbs.add_parser("empty", help=text, description=text, parents=[common_options()])
    empty.add_argument("tenant", metavar=_("TENANT"))
    empty.add_argument("--reason", required=True)
    text = _("tell tenants by mail that the service changes (art. 3); a lead does")
    telling = verbs.add_parser("announce", help=text, description=text, parents=[common_options()])
    telling.add_argument("--subject", required=True, metavar=_("TEXT"))
    telling.add_argument("--body-file", required=True, metavar=_("FILE"), type=Path)
    telling.add_argument(
        "--tenant", action="append", default=[], metavar=_("TENANT"), help=_("else all of them")
    )


def run(arguments: argparse.Namespace) -> int:
    """List, show, import or announce."""
    if arguments.verb == "import":
        return tenants_import.run(arguments)
    if arguments.verb == "announce":
        return _announce(arguments)
    config = load_configuration(arguments)
    if arguments.verb == "empty":
        why = Emptiness(arguments.reason)
        say_json(ask(arguments, config, WANT_EMPTY(why, tenant=arguments.tenant)))
        return 0
    terms = terms_book(config)
    rows, today = read(config, _rows)
    found = entries(rows, terms, today)
    if arguments.verb == "list":
        return _list(found, rows, arguments)
    one = next((entry for entry in found if entry.id == arguments.tenant), None)
    if one is None:
        raise BadInput(_("no tenant is called {name}").format(name=visible(arguments.tenant)))
    if arguments.json:
        say_json(one)
        return 0
    tenant = next(row for row in rows.tenants if row.id == one.id)
    life = terms.for_tenant(tenant.id, today).life
    for line in tenant_lines(one, tenant, contract_state(tenant, today, life, rows.copies)):
        say(line)
    return 0


async def _rows(db: Readable) -> tuple[TenantRows, date]:
    now = clock_of(await settings.read_clock(db)).now()
    return await TenantRows.of(db), paris_day(micros(now))


def _list(found: list[TenantEntry], of: TenantRows, arguments: argparse.Namespace) -> int:
    orphans = [f"{cluster}/{pool}" for cluster, pool in of.orphans]
    if arguments.json:
        findings = [
            {"rule": one.rule, "text": alert_text(one.rule, one.words)} for one in of.findings
        ]
        say_json({"tenants": found, "pools_without_tenant": orphans, "pool_findings": findings})
        return 0
    header = [_("tenant"), _("name"), _("guests up"), _("quotas"), _("backups"), _("contract")]
    rows = [
        [
            one.id,
            one.name,
            f"{one.running}/{one.guests}",
            fill_word(one.quota_state),
            backup_word(one.backup_state),
            _deadline(one),
        ]
        for one in found
    ]
    for line in table(header, rows):
        say(line)
    for orphan in orphans:
        say(_("pool without a tenant: {pool}").format(pool=visible(orphan)))
    for finding in of.findings:
        say(alert_text(finding.rule, finding.words))
    return 0


def _announce(arguments: argparse.Namespace) -> int:
    body = text_of(arguments.body_file)
    config = load_configuration(arguments)
    change = ServiceChange(arguments.subject, body, tuple(arguments.tenant))
    say_json(ask(arguments, config, TELL_CHANGE(change)))
    return 0


def _deadline(one: TenantEntry) -> str:
    """Return what to watch next: the end, else the notice while it is open, else the term."""
    if one.ends is not None:
        return _("ends {day}").format(day=formats.day(one.ends))
    if one.stage in (LifeStage.NOT_STARTED, LifeStage.RUNNING, LifeStage.WARNED):
        return _("notice by {day}").format(day=formats.day(one.notice_by))
    return _("term {day}").format(day=formats.day(one.term))


def fill_word(state: str) -> str:
    """Return how full a quota is."""
    return states.label_text(states.FILL, state)


def backup_word(state: str) -> str:
    """Return how fresh a backup is."""
    return states.label_text(states.BACKUP, state)


def tenant_lines(one: TenantEntry, tenant: Tenant, contract: ContractState) -> list[str]:
    """One line a fact, foreign text made visible."""
    facts = [
        (_("Tenant"), f"{one.name} ({one.id})"),
        (_("Account e-mail"), one.email),
        (_("Postal address"), postal_address_words(tenant)),
        (_("Pools"), _listed(one.pools)),
        (_("Guests up"), f"{one.running}/{one.guests}"),
        *((_(QUOTAS[name]), _quota(name, quota)) for name, quota in one.quotas.items()),
        *(
            (_("Backups"), f"{backup_word(state)}: {number}")
            for state, number in one.backups.items()
        ),
        (_("Contract start"), formats.day(tenant.contract_start)),
        *life_facts(contract, tenant),
        (
            _("Monthly amount"),
            NONE if one.monthly_amount is None else formats.money(one.monthly_amount),
        ),
        (_("Support"), support_words(tenant)),
        (_("Proxmox users"), _listed(one.proxmox_users)),
        (_("Proxmox groups"), _listed(one.proxmox_groups)),
        (_("Guest users"), _listed(one.guest_users)),
        (_("Probed"), _listed(one.endpoints)),
    ]
    width = max(len(name) for name, _value in facts)
    return [f"{name.ljust(width)}  {visible(value)}" for name, value in facts]


def _quota(name: str, quota: QuotaEntry) -> str:
    write = formats.size if name in ("memory", "disk") else formats.count
    allowed = "" if quota.allowed is None else f" / {write(quota.allowed)}"
    return f"{write(quota.used)}{allowed}  {fill_word(quota.state)}"


def _listed(values: tuple[str, ...]) -> str:
    return ", ".join(values) if values else NONE
