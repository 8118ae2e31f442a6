"""A tenant as `tenants show` tells it to people."""

from noc_tui.commands.tenant_document import QuotaEntry, TenantEntry
from noc_tui.i18n import _
from noc_tui.labels import formats, states
from noc_tui.labels.contract import QUOTAS, life_facts, support_words
from noc_tui.text import visible
from noc_tui.views.contract import ContractState
from storage.register import Tenant

NONE = "—"


def fill_word(state: str) -> str:
    """How full a quota is."""
    return states.label_text(states.FILL, state)


def backup_word(state: str) -> str:
    """How fresh a backup is."""
    return states.label_text(states.BACKUP, state)


def tenant_lines(one: TenantEntry, tenant: Tenant, contract: ContractState) -> list[str]:
    """One line a fact, foreign text made visible."""
    facts = [
        (_("Tenant"), f"{one.name} ({one.id})"),
        (_("Account e-mail"), one.email),
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
            NONE if one.monthly_amount is None else f"{formats.decimal(str(one.monthly_amount))} €",
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
