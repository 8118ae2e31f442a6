"""A cause on one page: what, since when, its guests by tenant, what follows from it. Pure."""

from collections.abc import Iterator
from datetime import datetime

from noc_tui.cause_words import word_guests, word_hit, word_holder, word_problem
from noc_tui.causes import Cause, PlacedGuest, TenantHit
from noc_tui.console.screens.triage.data import TriageData
from noc_tui.console.screens.triage.tables import members_of
from noc_tui.i18n import _
from noc_tui.labels import formats, states
from noc_tui.labels.alerts import next_step
from noc_tui.labels.ha import service_words
from noc_tui.labels.tenant_now import word_left, word_tip
from noc_tui.text import visible, visible_lines
from storage.oncall import Alert, AlertNote


def write_cause(cause: Cause, data: TriageData, now: datetime) -> str:
    """Return the page as lines of text."""
    return "\n".join(_write(cause, data, now))


def _write(cause: Cause, data: TriageData, now: datetime) -> Iterator[str]:
    if cause.since is not None:
        since = f"{formats.instant(cause.since)} ({formats.age(now - cause.since)})"
        yield formats.label_line(_("Since"), since)
    if holder := word_holder(cause, now):
        yield formats.label_line(_("Who"), holder)
    if step := next_step(cause.problem.rule):
        yield formats.label_line(_("Next step"), step)
    if cause.guests is not None:
        yield ""
        yield word_guests(cause.guests)
    placed = data.placed_of(cause)
    for hit in cause.tenants:
        yield ""
        yield word_hit(hit, now)
        yield from _budget(hit)
        for one in placed:
            if one.tenant == hit.tenant:
                yield f"    {_word_guest(one)}"
    if cause.explained:
        yield ""
        yield _("What follows from it:")
        for problem in cause.explained:
            yield f"  {word_problem(problem)}"
    yield from _notes(members_of(cause, data), data)


def _budget(hit: TenantHit) -> Iterator[str]:
    budget = hit.now.budget
    if budget is not None and (hit.down or hit.now.is_out):
        told = [_("SLA: {left} left").format(left=word_left(budget)), word_tip(budget)]
        yield f"    {' · '.join(part for part in told if part)}"


def _word_guest(placed: PlacedGuest) -> str:
    """The guest by name, how it is and where, and what HA does with it."""
    guest, place = placed.guest, f"{placed.cluster}/{placed.vmid}"
    if guest is None:
        return f"✖ {visible(place)} · {_('no longer in the cluster')}"
    state = states.label_of(states.GUEST, guest.status)
    name = visible(guest.name or place)
    told = [f"{state.glyph} {name}", _(state.word), visible(guest.node)]
    told.append(service_words(guest.ha_state) if guest.ha_state else _("not under HA"))
    return " · ".join(told)


def _notes(alerts: list[Alert], data: TriageData) -> Iterator[str]:
    notes = [note for one in alerts for note in data.notes.get(one.fingerprint, ())]
    if notes:
        yield ""
        yield _("Notes:")
    for note in sorted(notes, key=lambda one: one.id):
        yield f"  {write_note(note)}"


def write_note(note: AlertNote) -> str:
    """Return when who wrote what."""
    said = formats.label_line(visible(note.account), visible_lines(note.text))
    return f"{formats.instant(note.at)} {said}"
