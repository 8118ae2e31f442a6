"""The calls of the API, an area a module; each module tells its calls as `METHODS`."""

from noc_tui.simulator.api import (
    access,
    acl,
    cluster,
    cluster_jobs,
    container_interfaces,
    firewall,
    guest_backup,
    guest_config,
    guest_migration,
    guest_power,
    guest_snapshots,
    guests,
    ha,
    ha_rules,
    machines,
    node_health,
    nodes,
    pools,
    storage,
    tasks,
    terminal,
    users,
)
from noc_tui.simulator.routing import Table

_AREAS = (
    cluster,
    cluster_jobs,
    access,
    users,
    acl,
    pools,
    ha,
    ha_rules,
    nodes,
    node_health,
    storage,
    tasks,
    guests,
    guest_power,
    guest_config,
    machines,
    guest_snapshots,
    guest_backup,
    guest_migration,
    terminal,
    container_interfaces,
    firewall,
)

TABLE = Table(method for area in _AREAS for method in area.METHODS)
"""Every call that the simulator answers."""
