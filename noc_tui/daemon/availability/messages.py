"""Mails to tenants: about an incident, before a maintenance window, of a change of service (R35).

They leave through the outbox, like every notice, and only by a step of their own: a note of an
incident has no way here. Written in French, the language of mails to clients.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from noc_tui import i18n
from noc_tui.config import Configuration
from noc_tui.contract.calendar import PARIS, instant
from noc_tui.daemon.availability import incidents
from noc_tui.daemon.core.errors import Conflict, NotFound
from noc_tui.daemon.outbox import BadAddressError, Mail, queue_mail
from noc_tui.i18n import _
from noc_tui.labels.incidents import Said
from storage.change import Change
from storage.evidence import Actor
from storage.incidents import Incident
from storage.outages import Maintenance
from storage.register import TENANTS, Tenant

Translate = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class IncidentLetter:
    """What is said, about what."""

    subject: str
    body: str
    about: str
    purpose: str


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
    letter = IncidentLetter(subject, body, f"incident:{incident.id}", "incident")
    named = tuple(dict.fromkeys(tenants))
    for name in named:
        await _queue(change, config, actor, await _tenant(change, name), letter)
    text = f"{subject} → {', '.join(named)}"
    subjects = [f"tenant:{name}" for name in named]
    await incidents.tell(change, actor, incident, "message", Said(text), subjects)


async def announce(
    change: Change, config: Configuration, actor: Actor, window: Maintenance
) -> None:
    """Mail each tenant of a window that it suspends the services, and for how long (art. 6)."""
    await _tell_of(
        change, config, actor, window, announcement(window, i18n.translations("fr").gettext)
    )


async def call_off(
    change: Change, config: Configuration, actor: Actor, window: Maintenance
) -> None:
    """Mail each tenant of a window that was announced that it does not take place."""
    await _tell_of(
        change, config, actor, window, cancellation(window, i18n.translations("fr").gettext)
    )


async def _tell_of(
    change: Change,
    config: Configuration,
    actor: Actor,
    window: Maintenance,
    letter: IncidentLetter,
) -> None:
    for name in window.tenants:
        await _queue(change, config, actor, await _tenant(change, name), letter)


def announcement(window: Maintenance, _: Translate) -> IncidentLetter:
    """The text about a window."""
    minutes = (window.end - window.start) // 60_000_000
    body = _(
        "Hello,\n\na maintenance will suspend your services (article 6 of your contract):\n\n"
        "{title}\nfrom {start}\nto {end}\nduration: {minutes} minutes\nreason: {reason}\n\n"
        "You need not do anything."
    ).format(
        title=window.title,
        start=_when(window.start),
        end=_when(window.end),
        minutes=minutes,
        reason=window.reason,
    )
    subject = _("Maintenance: {title}").format(title=window.title)
    return IncidentLetter(subject, body, f"maintenance:{window.id}", "maintenance")


def cancellation(window: Maintenance, _: Translate) -> IncidentLetter:
    """The text about a window that does not take place."""
    body = _(
        "Hello,\n\nthe maintenance that we announced does not take place:\n\n"
        "{title}\nfrom {start}\nto {end}\n\nIt will not suspend your services."
    ).format(title=window.title, start=_when(window.start), end=_when(window.end))
    subject = _("Maintenance called off: {title}").format(title=window.title)
    return IncidentLetter(subject, body, f"maintenance:{window.id}", "maintenance")


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
    letter = service_change(entry, subject, body, i18n.translations("fr").gettext)
    for tenant in told:
        await _queue(change, config, actor, tenant, letter)
    return entry


def service_change(entry: int, subject: str, body: str, _: Translate) -> IncidentLetter:
    """The text about a change, with the right that article 3 gives."""
    text = _(
        "Hello,\n\nthe service changes (article 3 of your contract):\n\n{body}\n\n"
        "Because of this change you may terminate the contract, as its article 4 says."
    ).format(body=body)
    return IncidentLetter(subject, text, f"service-change:{entry}", "service-change")


def _when(at: int) -> str:
    return instant(at).astimezone(PARIS).strftime("%d/%m/%Y %H:%M (%Z)")


async def _tenant(change: Change, name: str) -> Tenant:
    found = await TENANTS.get(change, name)
    if found is None:
        raise NotFound(_("there is no tenant {tenant}").format(tenant=name))
    return found


async def _queue(
    change: Change, config: Configuration, actor: Actor, tenant: Tenant, letter: IncidentLetter
) -> None:
    if config.smtp is None:
        raise Conflict(_("no mail server is configured: [smtp]"))
    mail = Mail(
        sender=config.smtp.sender,
        sender_name=config.hoster.name,
        recipient=tenant.email,
        copy=config.hoster.contact,
        subject=letter.subject,
        body=letter.body,
    )
    try:
        await queue_mail(
            change,
            mail,
            about=letter.about,
            purpose=letter.purpose,
            actor=actor,
            subjects=(letter.about, f"tenant:{tenant.id}"),
        )
    except BadAddressError as error:
        raise Conflict(str(error)) from error
