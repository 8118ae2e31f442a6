"""Begins a case: whose services, on which ground. What is known already is not asked again."""

from collections.abc import Sequence
from typing import Any

from noc_tui.api.suspension import OPEN, Edit, FileContent, Opening
from noc_tui.breach_evidence import report_evidence
from noc_tui.console.dialogs.choose_one import ChooseOne
from noc_tui.console.references import CaseRef, NewCase, NewLetter
from noc_tui.console.screen import NocScreen
from noc_tui.console.screens.suspension.orders import OrderDesk
from noc_tui.console.terms import terms_book
from noc_tui.contract.calendar import micros, paris_day
from noc_tui.contract.suspension.values import ENDED, Tick
from noc_tui.contract.terms import Ground
from noc_tui.i18n import N_, _, language
from noc_tui.labels import states
from noc_tui.text import visible
from storage.register import TENANTS
from storage.suspension import SUSPENSIONS

_NEW = "new"
_EXAMPLES = {
    "charte-breach": N_("spam, scan, intrusion"),
    "late-payment": N_("unpaid invoice"),
    "regulation-breach-5-1": N_("phishing page, forged goods"),
}
"""What an operator who does not know the contract's word for it types to find a ground."""


async def begin_case(screen: NocScreen[Any], asked: NewCase) -> None:
    """Open a draft with what is given, and ask for the rest; an open case of the tenant is offered
    first.
    """
    tenant = asked.tenant or await _choose_tenant(screen)
    if tenant is None:
        return
    known = await _choose_known(screen, asked, tenant)
    if known != _NEW:
        if known is not None:
            screen.host.open(CaseRef(known))
        return
    ground = asked.ground or await _choose_ground(screen, tenant)
    if ground is None:
        return
    if _rests_on_order(screen, tenant, ground):
        # What the order says is written once, with its deadline and its secrecy; its case follows.
        screen.say(_("An authority's order is recorded first: its case is opened from it."))
        await OrderDesk(screen).record(NewLetter("", tenant=tenant))
        return
    opening = Opening(tenant, ground, asked.rehearsal, first_edit(asked))
    made = await screen.ask_nocd(OPEN(opening))
    if made is not None:
        screen.host.open(CaseRef(made.id))


def first_edit(asked: NewCase) -> Edit | None:
    """What the draft holds from its beginning, or None; chosen VMs are its scope. The reports are
    kept as they came.
    """
    if not (asked.guests or asked.facts or asked.reports):
        return None
    kept = {
        clause: FileContent(_("report.txt"), text.encode("utf-8", "replace"))
        for clause, text in asked.reports.items()
    }
    ticks = [Tick(target=to, evidence=(report_evidence(file),)) for to, file in kept.items()]
    return Edit(
        scope="guests" if asked.guests else None,
        guests=asked.guests or None,
        facts=asked.facts or None,
        ticks=tuple(ticks) or None,
        files=tuple(kept.values()),
    )


async def _choose_tenant(screen: NocScreen[Any]) -> str | None:
    tenants = [(one.id, visible(f"{one.name} ({one.id})")) for one in await screen.rows(TENANTS)]
    return await screen.app.push_screen_wait(ChooseOne(_("Which tenant?"), tenants))


async def _choose_known(screen: NocScreen[Any], asked: NewCase, tenant: str) -> str | None:
    """An open case of the tenant that may be the one meant, or a new one."""
    if asked.rehearsal or not asked.tenant:
        return _NEW
    choices = [
        (row.id, f"{row.id} · {states.label_text(states.CASE, row.state)}")
        for row in await screen.rows(SUSPENSIONS)
        if row.tenant == tenant and row.state not in ENDED and not row.rehearsal
    ]
    if not choices:
        return _NEW
    title = _("This tenant has open cases")
    return await _choose(screen, title, [(_NEW, _("A new case")), *choices])


async def _choose_ground(screen: NocScreen[Any], tenant: str) -> str | None:
    today = paris_day(micros(screen.now()))
    grounds = [
        (one.id, _word_ground(one))
        for one in terms_book(screen.session).for_tenant(tenant, today).grounds
    ]
    return await _choose(screen, _("On which ground?"), grounds)


def _word_ground(ground: Ground) -> str:
    example = f" ({_(_EXAMPLES[ground.id])})" if ground.id in _EXAMPLES else ""
    return f"{ground.label.in_(language())}{example} · art. {ground.article}"


def _rests_on_order(screen: NocScreen[Any], tenant: str, ground: str) -> bool:
    today = paris_day(micros(screen.now()))
    found = terms_book(screen.session).for_tenant(tenant, today)
    return any(one.id == ground and one.termination == "order" for one in found.grounds)


async def _choose(
    screen: NocScreen[Any], title: str, choices: Sequence[tuple[str, str]]
) -> str | None:
    return await screen.app.push_screen_wait(ChooseOne(title, choices))
