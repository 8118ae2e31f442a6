"""Routes of incidents, exclusions, credits and reparations."""

from collections.abc import Sequence

from aiohttp import web

from noc_tui.daemon.availability.routes.credits import Credits
from noc_tui.daemon.availability.routes.downtime import Downtime
from noc_tui.daemon.availability.routes.incidents import Incidents
from noc_tui.daemon.availability.routes.planning import Planning
from noc_tui.daemon.availability.routes.reparations import Reparations
from noc_tui.daemon.core.context import Context


def table(context: Context) -> Sequence[web.RouteDef]:
    """Paths and their handlers."""
    return [
        *Incidents(context).table(),
        *Downtime(context).table(),
        *Planning(context).table(),
        *Credits(context).table(),
        *Reparations(context).table(),
    ]
