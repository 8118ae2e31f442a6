"""What `nocd` answers on its socket about incidents, exclusions and credits.

    POST /v1/incidents                       {"title", "ticket"?}             → {"incident": 12}
    POST /v1/incidents/{number}/{verb}       ack, mitigate, resolve, review: {"text"?}; note:
                                             {"text", "corrects"?} → {"incident", "line"};
                                             ticket: {"ticket"};
                                             gather: {"outage"}; merge: {"into"};
                                             split: {"outages", "title"}
    POST /v1/incidents/{number}/message      {"tenants", "subject", "body"}: the one way to a mail
    POST /v1/outages                         {"tenant", "start", "end", "reason", "incident"?}: the
                                             client's own evidence
    POST /v1/outages/{number}/attribution    {"party", "reason", "grounds"?}
    POST /v1/exclusions                      {"tenants", "start", "end"?, "basis", "reason"}
    POST /v1/exclusions/{number}/withdrawal  {"reason"}
    POST /v1/maintenance                     {"title", "start", "end", "tenants", "reason"}
    POST /v1/maintenance/{number}/cancel     {"reason"}
    POST /v1/service-changes                 {"subject", "body", "tenants"?}: mailed and on record
    POST /v1/credits/{tenant}/{month}/{verb} claim: {"sent", "received"?, "channel", "reference"?};
                                             grant: {}; refuse: {"reason"}   (grant, refuse: leads)

Operators and leads; a change of the service is told by a lead. Instants are RFC 3339 with their
offset.
"""

from collections.abc import Sequence

from aiohttp import web

from noc_tui.daemon.availability.ingest import AvailabilityIngest
from noc_tui.daemon.availability.routes.counting import Counting
from noc_tui.daemon.availability.routes.credits import Credits
from noc_tui.daemon.availability.routes.incidents import Incidents
from noc_tui.daemon.availability.routes.planning import Planning
from noc_tui.daemon.core.context import Context


def table(context: Context, watch: AvailabilityIngest) -> Sequence[web.RouteDef]:
    """Paths and their handlers."""
    return [
        *Incidents(context).table(),
        *Counting(context, watch).table(),
        *Planning(context, watch).table(),
        *Credits(context, watch).table(),
    ]
