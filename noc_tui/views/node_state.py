"""The state of a node as it is shown: what the cluster says of it, and what HA does. Pure."""

MAINTENANCE = "maintenance"
"""HA's word for a node that it keeps free of guests (`node-maintenance enable`)."""


def node_state(status: str, ha_state: str | None) -> str:
    """Return the state under which a node is listed: `maintenance`, `offline-maintenance` or
    `fence` where HA says so, else the cluster's own word.
    """
    if ha_state == MAINTENANCE:
        return {"online": MAINTENANCE, "offline": "offline-maintenance"}.get(status, status)
    return "fence" if ha_state == "fence" else status
