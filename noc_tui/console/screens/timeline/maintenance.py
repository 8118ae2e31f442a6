"""Plans maintenance windows from the timeline, which mails their tenants, and calls them off."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from typing import Any

from noc_tui.api import announcements
from noc_tui.api.endpoint import Request
from noc_tui.console.dialogs.ask import Ask
from noc_tui.console.dialogs.choose_many import ChooseMany
from noc_tui.console.dialogs.choose_one import ChooseOne
from noc_tui.console.dialogs.confirm import Confirm
from noc_tui.console.dialogs.form import Field, Form
from noc_tui.console.screen import NocScreen
from noc_tui.console.screens.incident.exclusions import StandingExclusion
from noc_tui.console.typed_instants import read_instant, write_instant
from noc_tui.contract.calendar import instant
from noc_tui.contract.instants import parse_instant
from noc_tui.i18n import _, ngettext
from noc_tui.labels import formats
from noc_tui.text import visible, visible_lines
from noc_tui.views.worked_on import list_interrupted
from storage.guests import GUEST_LINES, GuestLine
from storage.register import Tenant


async def plan(
    screen: NocScreen[Any], tenants: Sequence[Tenant], here: str, at: datetime
) -> object | None:
    """Ask for tenants, time and reason, and plan a window; its tenants are mailed after a
    confirmation (R35).
    """
    guests = await screen.rows(GUEST_LINES)
    running = list_interrupted(guests, "")
    places = tenants_by_place(
        [one for one in running if one.status != "stopped"], {one.id for one in tenants}
    )
    place = await _ask_place(screen, places)
    if place is None:
        return None
    concerned = places[place] if place else {here}
    choices = [(one.id, visible(one.name)) for one in tenants if not place or one.id in concerned]
    title = _("Maintenance window: which tenants are affected?")
    whose = await screen.app.push_screen_wait(ChooseMany(title, choices, concerned))
    if whose is None:
        return None
    soon = screen.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    text = _("Paris time, or with its offset. Time in the window does not count.")
    fields = (
        Field("title", _("Title, as the tenants read it")),
        Field("start", _("From"), write_instant(max(at, soon)), read_instant),
        Field("end", _("Until"), "", read_instant),
        Field("reason", _("Why?")),
    )
    names = {tenant: text for tenant, text in choices if tenant in whose}
    there = list_interrupted(guests, place)
    chosen = tuple(whose)

    async def request_of(filled: dict[str, str]) -> Request[announcements.Window]:
        if not await _is_confirmed(screen, names, filled, there):
            raise ValueError(_("not confirmed: nothing is planned"))
        window = announcements.Maintenance(
            title=filled["title"],
            start=filled["start"],
            end=filled["end"],
            tenants=chosen,
            reason=filled["reason"],
            place=place,
        )
        return announcements.PLAN_MAINTENANCE(window)

    return await screen.ask_in(Form(_("Plan a maintenance window"), text, fields), request_of)


def tenants_by_place(
    guests: Iterable[GuestLine], known: AbstractSet[str]
) -> dict[str, frozenset[str]]:
    """Return the tenants that have guests on each cluster and on each node, clusters first."""
    found: dict[tuple[str, str], set[str]] = {}
    for line in guests:
        if line.tenant in known:
            for node in ("", line.node):
                found.setdefault((line.cluster, node), set()).add(line.tenant)
    ordered = sorted(found, key=lambda place: (place[1] != "", place))
    return {
        f"{cluster}/{node}" if node else cluster: frozenset(found[cluster, node])
        for cluster, node in ordered
    }


async def _ask_place(screen: NocScreen[Any], places: Mapping[str, AbstractSet[str]]) -> str | None:
    """Ask what the work is on: its tenants are taken, and may then be left out one by one. Empty
    for tenants that are chosen by hand; None where nothing was chosen.
    """
    if not places:  # no guest is known: there is nothing to choose from
        return ""
    choices = [("", _("this tenant, or others that I choose"))]
    for place, tenants in places.items():
        text = ngettext("{place}: its {n} tenant", "{place}: all {n} tenants", len(tenants))
        choices.append((place, text.format(place=visible(place), n=len(tenants))))
    return await screen.app.push_screen_wait(ChooseOne(_("What is worked on?"), choices))


async def _is_confirmed(
    screen: NocScreen[Any],
    names: Mapping[str, str],
    filled: Mapping[str, str],
    guests: Sequence[GuestLine],
) -> bool:
    """Show the letter that leaves, and which VMs it names to each tenant."""
    title = _("Plan it and mail these tenants ({n})?").format(n=len(names))
    start, end = (formats.instant(instant(parse_instant(filled[key]))) for key in ("start", "end"))
    said = f"{visible(filled['title'])}\n{start} → {end}\n{', '.join(names.values())}"
    text = f"{said}\n\n{draw_letters(names, filled, guests)}"
    return await screen.app.push_screen_wait(Confirm(title, text, danger=True))


def draw_letters(
    names: Mapping[str, str], filled: Mapping[str, str], guests: Iterable[GuestLine]
) -> str:
    """Return the text of the letter to the first of the tenants, by id, then the VMs that the
    letter to each other one names.
    """
    from noc_tui.letters.guest_names import name_guest
    from noc_tui.letters.maintenance import (
        MaintenanceFacts,
        write_maintenance,
    )
    from noc_tui.letters.writing import Writing

    mine: dict[str, list[str]] = {tenant: [] for tenant in names}
    for one in sorted(guests, key=lambda line: (line.cluster, line.vmid)):
        if one.tenant in mine:
            told = name_guest(one.name or "", one.vmid, one.cluster, Writing("fr"))
            mine[one.tenant].append(told)
    (first, name), *others = names.items()
    facts = MaintenanceFacts(
        number=0,
        tenant=name,
        title=filled["title"],
        reason=filled["reason"],
        start=instant(parse_instant(filled["start"])),
        end=instant(parse_instant(filled["end"])),
        guests=mine[first],
    )
    letter = write_maintenance(facts, "fr")
    lines = [f"{name} · {letter.subject}", "", letter.body]
    lines += [f"{other} · {', '.join(mine[tenant]) or '—'}" for tenant, other in others]
    return visible_lines("\n".join(lines))


async def call_off(screen: NocScreen[Any], known: Sequence[StandingExclusion]) -> object | None:
    """Ask for a window and the reason, and call it off: its exclusions are withdrawn."""
    windows = {str(one.window): one for one in known if one.window is not None}
    if not windows:
        screen.say(_("no maintenance window here"))
        return None
    choices = [(number, one.text) for number, one in windows.items()]
    title = _("Which maintenance window is called off?")
    chosen = await screen.app.push_screen_wait(ChooseOne(title, choices))
    if chosen is None:
        return None
    text = _(
        "Its time counts again for all of its tenants. Unless it has begun, a mail tells them that "
        "it does not take place."
    )
    number = chosen

    def why_of(reason: str) -> announcements.Cancellation:
        return announcements.Cancellation(reason)

    return await screen.ask_in(
        Ask(title, text, placeholder=_("Why?")),
        lambda reason: announcements.CANCEL_MAINTENANCE(why_of(reason), number=number),
    )
