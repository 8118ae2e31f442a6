"""The legal sheets as pages: breach register and notices, sub-processors, records of processing.

Each is a template filled from the registers and the configuration, and no more: what they do not
hold is left to be completed, in so many words. Drawn in the language in use.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from noc_tui.config.values import Hoster, SiteConfig
from noc_tui.contract.breaches import NoticeDuty
from noc_tui.contract.retention import RetentionRule, load_retention
from noc_tui.i18n import N_, _, language, ngettext
from noc_tui.labels import formats
from noc_tui.labels.contract import support_words
from noc_tui.labels.legal import (
    breach_facts,
    duty_line,
    subprocessor_cells,
    subprocessor_header,
)
from noc_tui.queries.legal import BreachRecord
from noc_tui.statement.page import FactBlock, Grid, Section, StatementPage
from noc_tui.text import visible
from storage.legal_registers import Subprocessor
from storage.register import Tenant

BLANK = N_("to be completed")
EEA = frozenset(
    (
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE",
        "IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
    )
)  # fmt: skip
"""European Economic Area: what leaves it is a transfer in the sense of GDPR chapter V."""
ACTIVITIES: Sequence[tuple[str, str, str, tuple[str, ...]]] = (
    (
        N_("Register of clients and contracts"),
        N_(
            "clients’ representatives and contacts: names, e-mail and postal addresses, Proxmox"
            " accounts"
        ),
        N_("performance of the contract (GDPR art. 6(1)(b))"),
        ("identity",),
    ),
    (
        N_("Letters and notices to clients"),
        N_("recipients of mails: addresses, contents"),
        N_("performance of the contract (GDPR art. 6(1)(b))"),
        ("correspondence",),
    ),
    (
        N_("Suspensions, orders of authorities, decisions"),
        N_("persons named in cases, orders and proofs; who decided"),
        N_("legal obligation, legitimate interest (GDPR art. 6(1)(c), (f))"),
        ("decisions",),
    ),
    (
        N_("Credits, reparations, invoices"),
        N_("who claims for a client, references of accounts"),
        N_("legal obligation (GDPR art. 6(1)(c))"),
        ("credits", "payments", "invoices"),
    ),
    (
        N_("Incidents, alerts and handovers"),
        N_("operators: accounts, what they did and when"),
        N_("legitimate interest: proof and operation (GDPR art. 6(1)(f))"),
        ("work",),
    ),
    (
        N_("Connections to the console and refusals"),
        N_("operators and other accounts of the machine"),
        N_("legitimate interest: security (GDPR art. 6(1)(f))"),
        ("connections",),
    ),
)
"""What the program processes for the hoster itself: activity, data and persons, legal basis, rules
of retention.
"""


@dataclass(frozen=True, slots=True)
class LegalRegister:
    """What the sheets are filled from, at one moment."""

    hoster: Hoster
    sites: Sequence[SiteConfig]
    tenants: Sequence[Tenant]
    subprocessors: Sequence[Subprocessor]
    breaches: Sequence[BreachRecord]
    now: datetime

    def tenant_name(self, tenant: str) -> str:
        """What a client is called; its id where the register does not know it."""
        return next((one.name for one in self.tenants if one.id == tenant), tenant)


def draw_processing_record(register: LegalRegister, role: str) -> StatementPage:
    """The record of processing of GDPR art. 30(1) as controller, 30(2) as processor."""
    if role == "controller":
        title = _("Record of processing activities: controller (GDPR art. 30(1))")
        sections = [_identity(register), _activities(), _transfers(register), _security()]
    else:
        title = _("Record of processing activities: processor (GDPR art. 30(2))")
        sections = [
            _identity(register),
            _controllers(register),
            _services(register),
            _transfers(register),
            _security(),
        ]
    return _page(register, title, sections)


def draw_subprocessors(register: LegalRegister) -> StatementPage:
    """The register of sub-processors and subcontractors."""
    text = _(
        "The hoster remains responsible for what its subcontractors carry out as if it did so"
        " itself (article 14). A sub-processor sees clients’ personal data; clients are told of a"
        " change beforehand and may object (GDPR art. 28(2))."
    )
    parts = (text, _subprocessor_grid(register))
    sections = [_identity(register), Section(_("Register"), parts)]
    return _page(register, _("Sub-processors and subcontractors"), sections)


def draw_breach_register(register: LegalRegister) -> StatementPage:
    """The register of breaches, GDPR art. 33(5)."""
    sections = [
        _identity(register),
        *(
            Section(_breach_title(one), _breach_parts(one, register.now))
            for one in register.breaches
        ),
    ]
    if not register.breaches:
        sections.append(Section(_("Register"), (_("No breach is on record."),)))
    return _page(register, _("Register of personal data breaches (GDPR art. 33(5))"), sections)


def draw_breach_notice(
    register: LegalRegister, record: BreachRecord, duty: NoticeDuty, advice: str = ""
) -> StatementPage:
    """The notice of a breach to one addressee, as a draft.

    Raises `ValueError` for one to the persons without `advice`: article 34 asks for it.
    """
    row = record.breach
    kind, _colon, tenant = duty.addressee.partition(":")
    title = _("Notice of a personal data breach")
    hidden = {_("Clients"), _("Our role")} if kind in ("tenant", "persons") else {_("Clients")}
    facts = [(label, value) for label, value in breach_facts(row) if label not in hidden]
    if kind == "tenant":
        name = visible(register.tenant_name(tenant))
        intro = _(
            "As your processor we inform you without undue delay of a breach that touches data of"
            " yours (GDPR art. 33(2)). As controller you judge whether to notify the authority"
            " within 72 hours of becoming aware, and the persons (art. 33, 34). We help you with"
            " what we have (art. 28(3)(f))."
        )
    elif kind == "authority":
        name = _("Commission nationale de l’informatique et des libertés (CNIL)")
        intro = _(
            "Notification under GDPR art. 33(1). It is entered on the authority’s own service; what"
            " is not known yet follows in phases (art. 33(4))."
        )
    else:
        name = _("The persons concerned")
        intro = _(
            "Under GDPR art. 34 we inform you of a breach that touches data about you, in plain"
            " language, with what we advise you to do."
        )
        if not advice.strip():
            raise ValueError(_("say what the persons are advised to do (--advice)"))
        facts.append((_("What we advise you to do"), visible(advice.strip())))
    late = register.now > duty.due_at and duty.by_law
    sections = [
        Section(_("Addressee"), (name, intro)),
        Section(_("The breach"), (FactBlock(facts),)),
        Section(_("Contact"), (FactBlock(_contact(register.hoster)),)),
    ]
    if late:
        sections.append(Section(_("Reasons for the delay (art. 33(1))"), (_(BLANK),)))
    return _page(register, f"{title} · {row.id}", sections)


def _page(register: LegalRegister, title: str, sections: Sequence[Section]) -> StatementPage:
    drawn = _("Drawn from the registers on {day}. A template: read it before it leaves.")
    foot = Section(_("About this sheet"), (drawn.format(day=formats.instant(register.now)),))
    return StatementPage(language(), title, [*sections, foot])


def _identity(register: LegalRegister) -> Section:
    return Section(_("The hoster"), (FactBlock(_contact(register.hoster)),))


def _contact(hoster: Hoster) -> list[tuple[str, str]]:
    blank = _(BLANK)
    return [
        (_("Name"), visible(hoster.legal_name or hoster.name) or blank),
        (_("Address"), visible(hoster.address) or blank),
        (_("Registration"), visible(hoster.registration) or blank),
        (_("Contact"), visible(", ".join(filter(None, (hoster.contact, hoster.phone)))) or blank),
        (_("Data protection officer"), blank),
    ]


def _controllers(register: LegalRegister) -> Section:
    rows = [
        [
            visible(one.name),
            visible(one.email),
            formats.day(one.contract_start),
            support_words(one),
        ]
        for one in register.tenants
    ]
    header = [_("Controller (client)"), _("Contact"), _("Contract since"), _("Support")]
    count = ngettext("{n} client", "{n} clients", len(rows)).format(n=len(rows))
    note = _("Representatives and data protection officers of the clients: {blank}")
    return Section(
        _("Controllers on whose behalf"),
        (count, Grid(header, rows), note.format(blank=_(BLANK))),
    )


def _services(register: LegalRegister) -> Section:
    seconds = _("article 3: hosting on virtual machines, stored and run as the client decides")
    rows = [
        [_("Hosting"), seconds],
        [_("Backups"), _("daily, to the second datacentre, seven rolling days (art. 3, annexe 2)")],
        [_("Monitoring"), _("memory, CPU and disk of the guests; not their contents (annexe 2)")],
        [
            _("Technical checks"),
            _("in stated circumstances alone, each on record (art. 5.1)"),
        ],
    ]
    if any(one.support != "none" for one in register.tenants):
        rows.append([_("Support"), _("level 2, within the perimeter of each client’s contract")])
    return Section(
        _("Categories of processing"),
        (Grid([_("Processing"), _("What it is")], rows), _subprocessor_grid(register)),
    )


def _activities() -> Section:
    rules = {rule.id: rule for rule in load_retention().rule}
    rows = [
        [_(what), _(data), _(basis), _periods(kept, rules)]
        for what, data, basis, kept in ACTIVITIES
    ]
    header = [_("Purpose"), _("Persons and data"), _("Legal basis"), _("Kept for")]
    recipients = _("Recipients: the hoster’s operators by role; authorities that order it.")
    return Section(_("Activities"), (Grid(header, rows), recipients))


def _periods(kept: Sequence[str], rules: Mapping[str, RetentionRule]) -> str:
    return "; ".join(
        ngettext("{n} month ({under})", "{n} months ({under})", rule.months).format(
            n=rule.months, under=rule.under
        )
        for rule in (rules[name] for name in kept if name in rules)
    ) or _(BLANK)


def _transfers(register: LegalRegister) -> Section:
    sites = [(one.name, one.country) for one in register.sites]
    today = register.now.date()
    others = [(one.name, one.country) for one in register.subprocessors if one.serves_on(today)]
    outside = [f"{name} ({where})" for name, where in (*sites, *others) if where not in EEA]
    places = ", ".join(f"{name} ({where})" for name, where in sites) or _(BLANK)
    told = visible(", ".join(outside)) if outside else _("none on record")
    facts = [(_("Datacentres"), visible(places)), (_("Outside the EEA"), told)]
    return Section(_("Where data is, and transfers"), (FactBlock(facts),))


def _security() -> Section:
    lines = (
        _("Roles by account of the operating system; decisions of weight need a second person."),
        _("A log of evidence, chained and signed; its head is kept outside the machine."),
        _("Tokens and passwords are held by one program alone; clusters are asked over TLS."),
        _("Backups on a second site, checked night by night; restore tests by calendar."),
    )
    blank = _("Other technical and organisational measures: {blank}").format(blank=_(BLANK))
    return Section(_("Security measures (GDPR art. 32)"), (*lines, blank))


def _subprocessor_grid(register: LegalRegister) -> str | Grid:
    rows = [[visible(cell) for cell in subprocessor_cells(one)] for one in register.subprocessors]
    if not rows:
        return _("No sub-processor and no subcontractor is on record.")
    return Grid(subprocessor_header(), rows)


def _breach_title(record: BreachRecord) -> str:
    row = record.breach
    state = _("closed") if row.closed_at is not None else _("open")
    return _("Breach {number} of {day} ({state})").format(
        number=row.id, day=formats.instant(row.discovered_at), state=state
    )


def _breach_parts(record: BreachRecord, now: datetime) -> list[str | FactBlock | Grid]:
    told = {one.addressee: one for one in record.notices}
    lines = [duty_line(duty, told.get(duty.addressee), now) for duty in record.duties]
    return [FactBlock(breach_facts(record.breach)), *lines]
