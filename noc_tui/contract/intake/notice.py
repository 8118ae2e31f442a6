"""An abuse notice or an authority's letter: what was recognised, and what could be read of it."""

from datetime import datetime
from enum import StrEnum

import msgspec


class AbuseKind(StrEnum):
    """What a notice complains of."""

    login_attack = "login_attack"
    port_scan = "port_scan"
    spam = "spam"
    phishing = "phishing"
    malware = "malware"
    copyright = "copyright"
    ddos = "ddos"
    exposed_service = "exposed_service"
    unlawful_content = "unlawful_content"
    other = "other"


class AbuseNotice(msgspec.Struct, frozen=True, kw_only=True):
    """A complaint that something of the hoster's network does harm.

    `form` is how it came: arf, xarf, fail2ban, report (a feed of rows), text. `sure` says that its
    form or its words leave no doubt. `addresses` and `links` are those that it blames, `observed`
    what it says in its own words, `observed_at` the first instant that it names, `because` the
    words that it was recognised by.
    """

    kind: AbuseKind
    form: str
    sure: bool
    addresses: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    observed: str = ""
    observed_at: datetime | None = None
    reporter: str = ""
    reference: str = ""
    because: tuple[str, ...] = ()


class LegalLetter(msgspec.Struct, frozen=True, kw_only=True):
    """An order or a report of an authority. `kind` is one of `authority/kinds.toml`.

    `authority` and `reference` are empty where the letter does not say; `days` and `hours` are the
    delay that it sets, 0 without one; `silent` says that it forbids to tell the client.
    """

    kind: str
    sure: bool
    authority: str = ""
    reference: str = ""
    addresses: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    scope: str = ""
    hours: int = 0
    days: int = 0
    silent: bool = False
    because: tuple[str, ...] = ()


_CHARTER, _DUTIES, _USE = "annexe-1-charte", "art-08-obligations-client", "art-05-utilisation"
_SUSPENSION, _DATA = "art-06-suspension", "art-17-donnees-perso"
_CONTENT = frozenset({AbuseKind.phishing, AbuseKind.copyright, AbuseKind.unlawful_content})
LEGAL_ROWS = (_USE, _SUSPENSION, _DATA)
"""The articles that an authority's letter is a matter of, the first first."""


def abuse_rows(kind: AbuseKind) -> tuple[str, str, str]:
    """Return the articles that a notice of that kind is a matter of, the first first."""
    if kind in _CONTENT:
        return _USE, _CHARTER, _DUTIES
    return _CHARTER, _DUTIES, _USE


class SuspensionLead(msgspec.Struct, frozen=True):
    """The suspension that a notice speaks for: its ground, and the clause of the Charte that it
    would be evidence of, empty where the ground names none.
    """

    ground: str
    clause: str = ""


_LEADS = {
    AbuseKind.login_attack: SuspensionLead("charte-breach", "C7"),
    AbuseKind.port_scan: SuspensionLead("charte-breach", "C7"),
    AbuseKind.spam: SuspensionLead("charte-breach", "C11"),
    AbuseKind.phishing: SuspensionLead("regulation-breach-5-1"),
    AbuseKind.unlawful_content: SuspensionLead("regulation-breach-5-1"),
    AbuseKind.copyright: SuspensionLead("regulation-breach-5-1"),
    AbuseKind.malware: SuspensionLead("service-threat"),
    AbuseKind.exposed_service: SuspensionLead("service-threat"),
    AbuseKind.ddos: SuspensionLead("risk-abnormal-fraud"),
    AbuseKind.other: SuspensionLead("charte-breach", "C3"),
}


def lead_of(kind: AbuseKind) -> SuspensionLead:
    """Return the suspension that a notice of that kind speaks for: a proposal, an operator
    decides.
    """
    return _LEADS[kind]
