"""The calls of the API, an area a module; each module tells its calls as `METHODS`."""

from noc_tui.cluster.simulator.api import access, cluster, pools
from noc_tui.cluster.simulator.routing import Table

TABLE = Table((*cluster.METHODS, *access.METHODS, *pools.METHODS))
"""Every call that the simulator answers."""
