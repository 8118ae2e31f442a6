"""What a ticket leads on to: an abuse notice a suspension, an authority's letter its record."""

from collections.abc import Sequence

from noc_tui.console.references import NewCase, NewLetter
from noc_tui.contract.intake.desk import Arrival
from noc_tui.contract.intake.notice import AbuseNotice, LegalLetter, lead_of
from noc_tui.labels.intake import observed_words
from noc_tui.views.blamed_owner import BlamedOwner


def list_named(arrival: Arrival) -> tuple[str, ...]:
    """The addresses and links that a notice or a letter blames."""
    told = arrival.letter or arrival.notice
    return () if told is None else (*told.addresses, *told.links)


def lead_of_arrival(
    arrival: Arrival, tenant: str, owners: Sequence[BlamedOwner]
) -> NewCase | NewLetter:
    """Return what to begin, with what could be read of it filled in.

    The operator's `tenant` holds; else the one that the register knows by what is blamed, unless
    several may be meant. A ticket leads on to a case of which nothing is known but its tenant.
    """
    meant = tenant or _only_tenant(owners)
    if arrival.letter is not None:
        return _letter(arrival.letter, meant)
    if arrival.notice is not None:
        guests = tuple(one.guest for one in owners if one.guest and one.tenant == meant)
        return _case(arrival, arrival.notice, meant, tuple(dict.fromkeys(guests)))
    return NewCase(meant)


def _only_tenant(owners: Sequence[BlamedOwner]) -> str:
    tenants = {one.tenant for one in owners}
    return next(iter(tenants)) if len(tenants) == 1 else ""


def _case(arrival: Arrival, notice: AbuseNotice, tenant: str, guests: tuple[str, ...]) -> NewCase:
    lead = lead_of(notice.kind)
    facts = {"observed": observed_words(notice), "source": "third-party"}
    if notice.observed_at is not None:
        facts["observed_at"] = notice.observed_at.isoformat()
    reports = {lead.clause: arrival.received} if lead.clause else {}
    return NewCase(tenant, guests, lead.ground, facts, reports=reports)


def _letter(letter: LegalLetter, tenant: str) -> NewLetter:
    return NewLetter(letter.kind, letter.authority, letter.reference, letter.scope, tenant)
