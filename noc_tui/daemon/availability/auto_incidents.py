"""Opens incidents by rule: a tenant unavailable, a node or storage lost, quorum lost.

An outage joins the live incident of the node on which one of its instances sat at that time, else
that of its tenant, else a new one. Under a maintenance window none is opened for the tenant, nor
for what its own suspension causes, unless it outlasts the window or the suspension's restart.
"""

from collections.abc import Iterable

from noc_tui.contract.calendar import instant
from noc_tui.contract.instants import format_instant
from noc_tui.contract.outages import SourceState
from noc_tui.contract.suspension.exclusion import keeps_out
from noc_tui.daemon.availability import incidents
from noc_tui.daemon.availability.derive_outages import OutageCorrection
from noc_tui.daemon.availability.observation_batch import MAINTENANCE
from noc_tui.daemon.availability.outage_store import OBSERVED
from noc_tui.daemon.availability.recorder import NOCD
from noc_tui.labels.incidents import LineText, title_by_rule
from noc_tui.queries.suspension_cases import CASE
from storage import ledger, suspension
from storage.change import Change
from storage.connection import Readable
from storage.incidents import Incident, live, timeline
from storage.ledger import ObservedState
from storage.outages import OUTAGES, Outage, windows_at

_ESTATE = ("node:", "storage:", "quorum:")


async def estate_changes(change: Change, changes: Iterable[ObservedState]) -> None:
    """Open an incident for each lost node, storage or quorum, and note in it when it is back. A
    node that is off in maintenance was not lost: whatever its guests suffer opens an incident of
    theirs.
    """
    for seen in changes:
        if not seen.source.startswith(_ESTATE):
            continue
        known = _about(await live(change), seen.source)
        if seen.state == SourceState.DOWN and seen.reason == MAINTENANCE:
            continue
        if seen.state == SourceState.DOWN and known is None:
            await incidents.open_incident(change, NOCD, title_by_rule(seen.source), seen.source)
        elif seen.state == SourceState.UP and known is not None:
            said = LineText.of("found", what=seen.source)
            await incidents.tell(change, NOCD, known, "recovery", said, [seen.source])


async def find_owed(db: Readable) -> list[Outage]:
    """Return the outages that last and are in no incident: owed one once nothing explains them."""
    return await OUTAGES.where(db, 'origin = ? AND "end" IS NULL AND incident IS NULL', OBSERVED)


async def is_explained(db: Readable, outage: Outage, at: int) -> bool:
    """Return whether a window in force or the tenant's own suspension explains that it is out."""
    if await under_maintenance(db, outage.tenant, at):
        return True
    start, now = instant(outage.start), instant(at)
    rows = await suspension.of_tenant(db, outage.tenant)
    lately = [row for row in rows if row.closed_at is None or row.closed_at > start]
    return any(keeps_out(CASE.decode(row.document), start, now) for row in lately)


async def tenant_out(change: Change, outage: Outage, at: int) -> None:
    """Add an outage to the incident that it belongs to, unless something explains it at `at`."""
    known = await live(change)
    incident = _about(known, *await _nodes(change, outage)) or _about(
        known, f"tenant:{outage.tenant}"
    )
    if incident is None:
        if await is_explained(change, outage, at):
            return
        subject = f"tenant:{outage.tenant}"
        incident = await incidents.open_incident(change, NOCD, title_by_rule(subject), subject)
    await incidents.gather(change, NOCD, incident, outage)


async def tenant_back(change: Change, outage: Outage) -> None:
    """Note in the outage's incident that the outage has ended."""
    stored = await OUTAGES.get(change, outage.id)
    if stored is None or stored.incident is None:
        return
    incident = await incidents.find(change, stored.incident)
    said = LineText.of("back", tenant=outage.tenant)
    await incidents.tell(
        change, NOCD, incident, "recovery", said, [f"tenant:{outage.tenant}", f"outage:{outage.id}"]
    )


async def correct_line(change: Change, one: OutageCorrection) -> None:
    """Set right what the outage's incident says of it: the line stays, and another corrects it."""
    outage = one.outage
    stored = await OUTAGES.get(change, outage.id)
    if stored is None or stored.incident is None:
        return
    incident = await incidents.find(change, stored.incident)
    about = "outage" if one.what in {"moved", "void"} else "recovery"
    said = LineText.of(
        one.what,
        tenant=outage.tenant,
        start=format_instant(outage.start),
        was=format_instant(one.was.start),
        end=format_instant(outage.start if outage.end is None else outage.end),
    )
    await incidents.tell(
        change,
        NOCD,
        incident,
        "correction",
        said,
        [f"tenant:{outage.tenant}", f"outage:{outage.id}"],
        corrects=await _last_line(change, incident, about, outage.tenant),
    )


async def _last_line(change: Change, incident: Incident, kind: str, tenant: str) -> int | None:
    """The number of the last line of a kind about a tenant."""
    lines = await timeline(change, incident.id)
    mine = [line.id for line in lines if line.kind == kind and f"tenant={tenant}" in line.words]
    return mine[-1] if mine else None


async def under_maintenance(db: Readable, tenant: str, at: int) -> bool:
    """Return whether a maintenance window of that tenant is in force."""
    windows = await windows_at(db, at)
    return any(tenant in window.tenants for window in windows)


def _about(known: Iterable[Incident], *subjects: str) -> Incident | None:
    return next((one for one in known if one.subject in subjects), None)


async def _nodes(change: Change, outage: Outage) -> list[str]:
    """The nodes on which its instances sat when it began, and their cluster's quorum."""
    rows = await ledger.placements(change, outage.tenant, outage.start)
    here = [row for row in rows if row.node and row.since <= outage.start]
    # Lost connectivity names no instance: any of them may have been the one that answered.
    named = [row for row in here if row.source in outage.sources] or here
    there = {row.node for row in named}
    clusters = {node.partition("/")[0] for node in there}
    return [*(f"node:{node}" for node in sorted(there)), *(f"quorum:{one}" for one in clusters)]
