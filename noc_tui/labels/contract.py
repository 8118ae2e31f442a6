"""Words a tenant's contract (R28), for its screen and for `tenants show`."""

from noc_tui.contract.life import LifeStage
from noc_tui.i18n import N_, _, ngettext
from noc_tui.labels import formats
from noc_tui.labels.reversibility import deletion_facts
from noc_tui.text import visible
from noc_tui.views.contract import ContractState
from storage.register import Tenant

Fact = tuple[str, str]
"""What a line is called, and what it says."""

STAGES = {
    LifeStage.NOT_STARTED: N_("not started"),
    LifeStage.RUNNING: N_("running"),
    LifeStage.WARNED: N_("▲ notice can soon no longer be given"),
    LifeStage.NOTICE_CLOSED: N_("notice is closed: it will be renewed"),
    LifeStage.NOTICE_GIVEN: N_("notice given"),
    LifeStage.ENDED: N_("ended"),
}
QUOTAS = {
    "vcpus": N_("vCPU"),
    "memory": N_("Memory"),
    "disk": N_("Disk"),
    "guests": N_("Guests"),
}
"""What a quota limits, as a heading."""
SUPPORT = {
    "none": N_("none"),
    "infogerance": N_("level-2 infogérance"),
    "assistance": N_("technical assistance"),
}
BILLING = {"flat": N_("flat rate"), "hourly": N_("by the hour")}
LAYERS = {"os": N_("systems"), "services": N_("services"), "databases": N_("databases")}


def life_facts(contract: ContractState | None, tenant: Tenant) -> list[Fact]:
    """The dates of its life, both readings of the notice where they differ."""
    if contract is not None and contract.ends is not None:
        return _end_facts(contract, tenant)
    if contract is None or contract.life is None:
        return [(_("Term"), formats.UNKNOWN)]
    dates = contract.life.deadlines
    notice = formats.day(dates.notice_by)
    if dates.readings_differ:
        notice = _("{ouverts} (art. 4, ouverts) or {ouvres} (art. 16.1, ouvrés)").format(
            ouverts=formats.day(dates.notice_by_ouverts), ouvres=formats.day(dates.notice_by_ouvres)
        )
    return [
        (_("Stage"), _(STAGES[contract.life.stage])),
        (_("Notice by letter until"), notice),
        (_("Term"), formats.day(dates.term)),
        (_("Renewed"), ngettext("{n} time", "{n} times", dates.renewals).format(n=dates.renewals)),
    ]


def _end_facts(contract: ContractState, tenant: Tenant) -> list[Fact]:
    """Return when it ends, and what must be before anything may be deleted."""
    told = [(_("Contract ends"), formats.day(contract.ends))]
    if tenant.notice_given is not None:
        told.insert(0, (_("Notice given"), formats.day(tenant.notice_given)))
    if contract.ending is None or contract.ending.effective is None:
        return [
            *told,
            (_("Under contract until"), _("the client confirms its data: billed and promised")),
            (_("Data confirmed"), _("not yet")),
            *deletion_facts(contract),
        ]
    return [
        *told,
        (_("Under contract until"), formats.day(contract.last_day)),
        (_("Data confirmed"), formats.day(tenant.data_confirmed)),
        (_("Copy owed until"), formats.day(contract.ending.copy_owed_until)),
        *deletion_facts(contract),
    ]


def postal_address_words(tenant: Tenant) -> str:
    """Where letters on paper go to; without it whoever signs one writes it by hand."""
    return visible(tenant.postal_address or _("not in the register"))


def support_words(tenant: Tenant) -> str:
    """Its support contract in one line."""
    told = [_(SUPPORT.get(tenant.support, tenant.support))]
    if tenant.support_billing:
        told.append(_(BILLING.get(tenant.support_billing, tenant.support_billing)))
    if tenant.support_perimeter:
        told.append(", ".join(_(LAYERS.get(one, one)) for one in tenant.support_perimeter))
    return visible(" · ".join(told))
