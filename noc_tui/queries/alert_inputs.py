"""Reads the inputs of the alert rules that work without `nocd`."""

from datetime import datetime

from noc_tui.alerts.checks import guest
from noc_tui.alerts.inputs import AlertInputs
from storage import guest_counts, inventory
from storage.connection import Readable
from storage.estate_facts import ESTATE_FACTS
from storage.register import SITES


async def read_alert_inputs(db: Readable, now: datetime) -> AlertInputs:
    """Return the inputs of the rules that `noc_tui.problems` evaluates."""
    clusters = await inventory.CLUSTERS.read(db)
    return AlertInputs(
        now=now,
        sources=await inventory.SOURCES.read(db),
        clusters=clusters,
        nodes=await inventory.NODES.read(db),
        storages=await inventory.STORAGES.read(db),
        zones=await inventory.ZONES.read(db),
        facts=await ESTATE_FACTS.read(db),
        guests=await guest_counts.troubled_guests(db, tuple(guest.TROUBLE)),
        countries={site.name: site.country for site in await SITES.read(db)},
        sites={cluster.name: cluster.site for cluster in clusters},
    )
