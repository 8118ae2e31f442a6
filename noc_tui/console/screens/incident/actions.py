"""What an operator does with an incident and others: merge, split, correct, report, mail
tenants.
"""

from collections.abc import Sequence
from typing import Any

from noc_tui.api import downtime, incidents
from noc_tui.console.dialogs.ask import Ask
from noc_tui.console.dialogs.choose_many import ChooseMany
from noc_tui.console.dialogs.choose_one import ChooseOne
from noc_tui.console.dialogs.compose import Compose
from noc_tui.console.dialogs.confirm import Confirm
from noc_tui.console.dialogs.form import Field, Form
from noc_tui.console.references import IncidentRef
from noc_tui.console.screen import NocScreen
from noc_tui.console.typed_instants import read_instant
from noc_tui.contract.calendar import instant
from noc_tui.contract.instants import parse_instant
from noc_tui.i18n import _
from noc_tui.labels import formats
from noc_tui.labels.incidents import title_of
from noc_tui.text import visible
from noc_tui.views.incident import IncidentDocument, OutageLine
from storage.incidents import Incident
from storage.register import Tenant


def outage_choices(gathered: Sequence[OutageLine]) -> list[tuple[str, str]]:
    """Return the outages to choose from, by number."""
    return [
        (
            str(one.id),
            f"{one.id} · {visible(one.tenant)} · "
            + formats.instant_seconds(instant(parse_instant(one.start))),
        )
        for one in gathered
    ]


async def declare(screen: NocScreen[Any]) -> None:
    """Ask for a title, open the incident, show it."""
    made = await screen.ask_in(
        Ask(_("Declare an incident"), _("What happens?")),
        lambda title: incidents.DECLARE(incidents.Declaration(title)),
    )
    if made is not None:
        screen.host.open(IncidentRef(made.incident))


async def message(screen: NocScreen[Any], incident: IncidentDocument) -> object | None:
    """Mail tenants: who, what, and a last question; nothing else on the screen mails."""
    concerned = list(dict.fromkeys(one.tenant for one in incident.outages))
    if not concerned:
        screen.say(_("this incident has no outage: it concerns no tenant"))
        return None
    title = _("Mail about incident {number}: recipients").format(number=incident.id)
    choices = [(name, visible(name)) for name in concerned]
    whose = await screen.app.push_screen_wait(ChooseMany(title, choices))
    if whose is None:
        return None
    to = visible(", ".join(whose))
    subject, body = "", ""
    while True:  # what was written comes back where it is not confirmed, or not taken
        letter = await screen.app.push_screen_wait(Compose(to, subject, body))
        if letter is None:
            return None
        subject, body = letter
        text = _("{subject}\n\nTo: {tenants}").format(subject=visible(subject), tenants=to)
        title = _("Mail these tenants now ({n})?").format(n=len(whose))
        if await screen.app.push_screen_wait(Confirm(title, text, danger=True)):
            mail = incidents.Message(tuple(whose), subject, body)
            made = await screen.ask_nocd(incidents.MESSAGE(mail, number=incident.id))
            if made is not None:
                return made


async def merge(screen: NocScreen[Any], number: int, others: Sequence[Incident]) -> object | None:
    """Give its outages to another incident that is worked on."""
    if not others:
        screen.say(_("there is no other incident to merge it into"))
        return None
    choices = [(str(one.id), visible(f"{one.id} · {title_of(one)}")) for one in others]
    title = _("Merge incident {number} into which?").format(number=number)
    into = await screen.app.push_screen_wait(ChooseOne(title, choices))
    if into is None:
        return None
    step = incidents.Step(into=int(into))
    return await screen.ask_nocd(incidents.STEP(step, number=number, verb="merge"))


async def split(screen: NocScreen[Any], incident: IncidentDocument) -> int | None:
    """Move some of its outages into a new incident; returns its number."""
    if not incident.outages:
        screen.say(_("this incident has no outage to take out"))
        return None
    title = _("Which outages become an incident of their own?")
    chosen = await screen.app.push_screen_wait(ChooseMany(title, outage_choices(incident.outages)))
    if chosen is None:
        return None
    outages = tuple(map(int, chosen))

    def step_of(name: str) -> incidents.Step:
        return incidents.Step(outages=outages, title=name)

    made = await screen.ask_in(
        Ask(title, _("The title of the new incident")),
        lambda name: incidents.STEP(step_of(name), number=incident.id, verb="split"),
    )
    return None if made is None else made.incident


async def correct(screen: NocScreen[Any], incident: IncidentDocument) -> object | None:
    """Set a line of the timeline right by a new one; the old one stays."""
    choices = [
        (str(one.id), visible(f"{one.id} · {one.account} · {one.text}"))
        for one in reversed(incident.timeline)
    ]
    chosen = await screen.app.push_screen_wait(ChooseOne(_("Which line is wrong?"), choices))
    if chosen is None:
        return None
    line = next(label for number, label in choices if number == chosen)
    wrong = int(chosen)

    def step_of(text: str) -> incidents.Step:
        return incidents.Step(text=text, corrects=wrong)

    return await screen.ask_in(
        Ask(line, _("What is the correct text?")),
        lambda text: incidents.STEP(step_of(text), number=incident.id, verb="note"),
    )


async def report(screen: NocScreen[Any], number: int, tenants: Sequence[Tenant]) -> object | None:
    """An outage that the client measured and nobody here did, as part of the incident (R9)."""
    title = _("Which client measured an outage?")
    choices = [(one.id, visible(one.name)) for one in tenants]
    tenant = await screen.app.push_screen_wait(ChooseOne(title, choices))
    if tenant is None:
        return None
    text = _("Paris time, or with its offset. It counts until it is attributed elsewhere.")
    fields = (
        Field("start", _("From"), "", read_instant),
        Field("end", _("Until"), "", read_instant),
        Field("reason", _("What does the client show for it?")),
    )
    whose = tenant

    def measured_of(filled: dict[str, str]) -> downtime.ClientEvidence:
        return downtime.ClientEvidence(
            tenant=whose,
            start=filled["start"],
            end=filled["end"],
            reason=filled["reason"],
            incident=number,
        )

    return await screen.ask_in(
        Form(visible(tenant), text, fields),
        lambda filled: downtime.REPORT_OUTAGE(measured_of(filled)),
    )
