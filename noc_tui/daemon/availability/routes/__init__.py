"""Routes of incidents, exclusions and credits."""

from collections.abc import Sequence

from aiohttp import web

from noc_tui.daemon.availability.ingest import AvailabilityIngest
from noc_tui.daemon.availability.routes.credits import Credits
from noc_tui.daemon.availability.routes.downtime import Downtime
from noc_tui.daemon.availability.routes.incidents import Incidents
from noc_tui.daemon.availability.routes.planning import Planning
from noc_tui.daemon.core.context import Context


def table(context: Context, watch: AvailabilityIngest) -> Sequence[web.RouteDef]:
    """Paths and their handlers."""
    return [
        *Incidents(context).table(),
        *Downtime(context, watch).table(),
        *Planning(context, watch).table(),
        *Credits(context).table(),
    ]
