"""The rules that open an incident: a tenant out, a node or storage lost, quorum lost.

An outage joins the live incident of the node on which one of its instances sat at that time, else
that of its tenant, else a new one. Under a maintenance window none is opened for the tenant.
"""

from collections.abc import Iterable

from noc_tui.contract.outages import SourceState
from noc_tui.daemon.availability import incidents
from noc_tui.daemon.availability.recorder import NOCD
from noc_tui.labels.incidents import Said, title_by_rule
from storage import ledger
from storage.database import Transaction
from storage.incidents import Incident, live
from storage.ledger import Observed
from storage.outages import OUTAGES, Outage, windows_at

_ESTATE = ("node:", "storage:", "quorum:")


async def estate_changes(tx: Transaction, changes: Iterable[Observed]) -> None:
    """Open an incident for what the hoster lost, and say in it when it is back."""
    for change in changes:
        if not change.source.startswith(_ESTATE):
            continue
        known = _about(await live(tx), change.source)
        if change.state == SourceState.DOWN and known is None:
            await incidents.open_incident(tx, NOCD, title_by_rule(change.source), change.source)
        elif change.state == SourceState.UP and known is not None:
            said = Said.of("found", what=change.source)
            await incidents.tell(tx, NOCD, known, "recovery", said, [change.source])


async def tenant_out(tx: Transaction, outage: Outage) -> None:
    """Make a new outage part of the incident that it belongs to."""
    known = await live(tx)
    incident = _about(known, *await _nodes(tx, outage)) or _about(known, f"tenant:{outage.tenant}")
    if incident is None:
        if await under_maintenance(tx, outage.tenant, outage.start):
            return
        subject = f"tenant:{outage.tenant}"
        incident = await incidents.open_incident(tx, NOCD, title_by_rule(subject), subject)
    await incidents.gather(tx, NOCD, incident, outage)


async def tenant_back(tx: Transaction, outage: Outage) -> None:
    """Say in its incident, which may only just have gathered it, that an outage has ended."""
    stored = await OUTAGES.get(tx, outage.id)
    if stored is None or stored.incident is None:
        return
    incident = await incidents.find(tx, stored.incident)
    said = Said.of("back", tenant=outage.tenant)
    await incidents.tell(
        tx, NOCD, incident, "recovery", said, [f"tenant:{outage.tenant}", f"outage:{outage.id}"]
    )


async def under_maintenance(tx: Transaction, tenant: str, at: int) -> bool:
    """Whether a maintenance window of that tenant is in force."""
    windows = await windows_at(tx, at)
    return any(tenant in window.tenants for window in windows)


def _about(known: Iterable[Incident], *subjects: str) -> Incident | None:
    return next((one for one in known if one.subject in subjects), None)


async def _nodes(tx: Transaction, outage: Outage) -> list[str]:
    """The nodes on which its instances sat when it began, and their cluster's quorum."""
    rows = await ledger.placements(tx, outage.tenant, outage.start)
    here = [row for row in rows if row.node and row.since <= outage.start]
    # Lost connectivity names no instance: any of them may have been the one that answered.
    named = [row for row in here if row.source in outage.sources] or here
    there = {row.node for row in named}
    clusters = {node.partition("/")[0] for node in there}
    return [*(f"node:{node}" for node in sorted(there)), *(f"quorum:{one}" for one in clusters)]
