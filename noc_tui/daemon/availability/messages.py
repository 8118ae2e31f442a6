"""Letters to tenants: about an incident, before a maintenance window, of a change of the service
(R35).

They leave through the outbox, like every notice, and only by a step of their own: a note of an
incident has no way here. Written in French, the language of letters to clients.
"""

from collections.abc import Callable, Sequence, Set
from typing import Final

from noc_tui.config import Configuration
from noc_tui.contract.calendar import instant, paris_day
from noc_tui.daemon.availability import incidents
from noc_tui.daemon.core.errors import Conflict, NotFound
from noc_tui.daemon.outbox import print_letter, queue_letter
from noc_tui.i18n import Language, _
from noc_tui.labels.incidents import LineText
from noc_tui.letters.guest_names import name_guest
from noc_tui.letters.letter import ClientLetter
from noc_tui.letters.maintenance import MaintenanceFacts, write_calling_off, write_maintenance
from noc_tui.letters.service_news import write_incident, write_service_change
from noc_tui.letters.writing import Writing
from storage.change import Change
from storage.evidence import Actor
from storage.guests import GUESTS
from storage.incidents import Incident
from storage.outages import Maintenance
from storage.register import TENANTS, Tenant, guest_tenants

LANGUAGE: Final[Language] = "fr"


async def tell_tenants(
    change: Change,
    config: Configuration,
    actor: Actor,
    incident: Incident,
    *,
    tenants: Sequence[str],
    subject: str,
    body: str,
) -> None:
    """Mail the tenants that are named, and say so in the timeline."""
    if not tenants or not subject.strip() or not body.strip():
        raise Conflict(_("a message needs its tenants, a subject and a text"))
    named = tuple(dict.fromkeys(tenants))
    for name in named:
        tenant = await _tenant(change, name)
        letter = write_incident(incident.id, tenant.name, subject, body, LANGUAGE)
        about = (f"incident:{incident.id}", "incident")
        await _queue(change, config, actor, tenant, letter, about)
    text = f"{subject} → {', '.join(named)}"
    subjects = [f"tenant:{name}" for name in named]
    await incidents.tell(change, actor, incident, "message", LineText(text), subjects)


async def announce(
    change: Change,
    config: Configuration,
    actor: Actor,
    window: Maintenance,
    *,
    guests: Set[tuple[str, int]] | None = None,
) -> None:
    """Mail each tenant of a window that it suspends the services, and for how long (art. 6).

    `guests`, by cluster and number, are those that it is about; None: all of the tenant's.
    """
    await _tell_of(change, config, actor, window, write_maintenance, guests=guests)


async def call_off(
    change: Change, config: Configuration, actor: Actor, window: Maintenance
) -> None:
    """Mail each tenant of a window that was announced that it does not take place."""
    await _tell_of(change, config, actor, window, write_calling_off)


async def _tell_of(
    change: Change,
    config: Configuration,
    actor: Actor,
    window: Maintenance,
    write: Callable[[MaintenanceFacts, Language], ClientLetter],
    *,
    guests: Set[tuple[str, int]] | None = None,
) -> None:
    owners = await guest_tenants(change, paris_day(window.start))
    known = {(guest.cluster, guest.vmid): guest for guest in await GUESTS.read(change)}
    for name in window.tenants:
        tenant = await _tenant(change, name)
        mine = [
            known[key]
            for key, owner in sorted(owners.items())
            if owner == name and (guests is None or key in guests)
        ]
        facts = MaintenanceFacts(
            number=window.id,
            tenant=tenant.name,
            title=window.title,
            reason=window.reason,
            start=instant(window.start),
            end=instant(window.end),
            guests=[
                name_guest(guest.name or "", guest.vmid, guest.cluster, Writing(LANGUAGE))
                for guest in mine
                if not guest.template
            ],
        )
        about = (f"maintenance:{window.id}", "maintenance")
        await _queue(change, config, actor, tenant, write(facts, LANGUAGE), about)


async def tell_change(
    change: Change,
    config: Configuration,
    actor: Actor,
    *,
    tenants: Sequence[str],
    subject: str,
    body: str,
) -> int:
    """Tell tenants, or all when none is named, of a change of the service (art. 3).

    Returns the entry that keeps to whom, and what.
    """
    if not subject.strip() or not body.strip():
        raise Conflict(_("a change of the service needs a subject and a text"))
    told = [await _tenant(change, name) for name in dict.fromkeys(tenants)] or await TENANTS.read(
        change
    )
    if not told:
        raise Conflict(_("there is no tenant to tell"))
    entry = await change.record(
        "service.change",
        [f"tenant:{tenant.id}" for tenant in told],
        {"subject": subject, "body": body},
        actor=actor,
    )
    for tenant in told:
        letter = write_service_change(entry, tenant.name, subject, body, LANGUAGE)
        about = (f"service-change:{entry}", "service-change")
        await _queue(change, config, actor, tenant, letter, about)
    return entry


async def _tenant(change: Change, name: str) -> Tenant:
    found = await TENANTS.get(change, name)
    if found is None:
        raise NotFound(_("there is no tenant {tenant}").format(tenant=name))
    return found


async def _queue(
    change: Change,
    config: Configuration,
    actor: Actor,
    tenant: Tenant,
    letter: ClientLetter,
    about: tuple[str, str],
) -> None:
    """Queue a letter; `about` is its subject on record and its purpose."""
    subject, purpose = about
    await queue_letter(
        change,
        config,
        tenant,
        print_letter(letter, tenant, config, change.at),
        about=subject,
        purpose=purpose,
        actor=actor,
        subjects=(subject, f"tenant:{tenant.id}"),
    )
