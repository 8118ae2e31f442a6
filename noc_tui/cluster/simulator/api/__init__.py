"""The calls of the API, an area a module; each module tells its calls as `METHODS`."""

from noc_tui.cluster.simulator.api import (
    access,
    cluster,
    firewall,
    guest_config,
    guests,
    ha,
    nodes,
    pools,
    tasks,
    users,
)
from noc_tui.cluster.simulator.routing import Table

_AREAS = (cluster, access, users, pools, ha, nodes, tasks, guests, guest_config, firewall)

TABLE = Table(method for area in _AREAS for method in area.METHODS)
"""Every call that the simulator answers."""
