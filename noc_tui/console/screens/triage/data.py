"""Reads the alerts of triage, by cause: open ones, those cleared lately, and what was written."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

import msgspec

from noc_tui.causes import Cause, Loss, PlacedGuest, group_causes
from noc_tui.console.session import Session
from noc_tui.console.terms import terms_book
from noc_tui.problems import problem_of
from noc_tui.queries.losses import read_losses
from noc_tui.queries.tenants_now import read_tenants_now
from noc_tui.ref import Ref
from noc_tui.text import visible
from noc_tui.views.tenant_now import TenantNow
from storage import oncall
from storage.connection import Readable
from storage.guests import guests_among
from storage.oncall import Alert, AlertNote
from storage.register import TENANTS

CLEARED_FOR = timedelta(hours=12)
"""A shift: so long an alert stays listed after it was cleared."""
CLEARED = 40
"""So many cleared alerts are listed at most."""


class TriageData(msgspec.Struct, frozen=True, kw_only=True):
    """The alerts, what was written to them, and what they follow from.

    `notes` are by fingerprint, `tenants` and `names` by tenant, `guests` are names by cluster and
    number.
    """

    alerts: Mapping[str, Alert] = {}
    cleared: tuple[Alert, ...] = ()
    notes: Mapping[str, list[AlertNote]] = {}
    losses: tuple[Loss, ...] = ()
    tenants: Mapping[str, TenantNow] = {}
    names: Mapping[str, str] = {}
    guests: Mapping[tuple[str, int], str] = {}

    @property
    def causes(self) -> list[Cause]:
        """The open alerts, each in its cause or as one."""
        alerts = self.alerts.values()
        problems = [problem_of(one) for one in alerts]
        return group_causes(problems, self.losses, alerts, self.names, self.tenants)

    def placed_of(self, cause: Cause) -> tuple[PlacedGuest, ...]:
        """Return the guests that were where a cause is a loss."""
        subject = str(cause.problem.subject)
        return next((one.placed for one in self.losses if one.subject == subject), ())

    def name_subject(self, alert: Alert) -> str:
        """Return what an alert is about, by name, with its place where it has one."""
        ref = Ref.parse(alert.subject)
        if ref.kind == "tenant":
            return visible(self.names.get(ref.name, ref.name))
        if ref.guest is not None and (name := self.guests.get(ref.guest)):
            cluster, vmid = ref.guest
            return visible(f"{name} ({cluster}/{vmid})")
        return visible(ref.name or ref.kind)


async def read_triage(db: Readable, session: Session) -> TriageData:
    """Return everything that triage shows now."""
    now = session.clock.now()
    alerts = await oncall.open_alerts(db)
    cleared = await oncall.read_cleared(db, now - CLEARED_FOR, CLEARED)
    return TriageData(
        alerts={one.fingerprint: one for one in alerts},
        cleared=tuple(cleared),
        notes=await _read_notes(db, [*alerts, *cleared]),
        losses=tuple(await read_losses(db, [problem_of(one) for one in alerts], now)),
        tenants=await read_tenants_now(db, now, terms_book(session)),
        names={tenant.id: tenant.name for tenant in await TENANTS.read(db)},
        guests=await _read_guests(db, [*alerts, *cleared]),
    )


async def _read_notes(db: Readable, alerts: Iterable[Alert]) -> dict[str, list[AlertNote]]:
    notes: dict[str, list[AlertNote]] = {}
    for note in await oncall.notes_of(db, [one.fingerprint for one in alerts]):
        notes.setdefault(note.fingerprint, []).append(note)
    return notes


async def _read_guests(db: Readable, alerts: Iterable[Alert]) -> dict[tuple[str, int], str]:
    wanted = {ref for one in alerts if (ref := Ref.parse(one.subject).guest) is not None}
    found = await guests_among(db, list(wanted))
    return {place: guest.name for place, guest in found.items() if guest.name}


def measure_span(alert: Alert, now: datetime) -> timedelta:
    """Return how long it has been so, or was before it was cleared."""
    return (alert.resolved_at or now) - alert.since
