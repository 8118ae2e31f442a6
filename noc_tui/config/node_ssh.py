"""The operator's own SSH client to a node: the command, by the address that is configured."""

from noc_tui.config.values import Configuration


def ssh_command(config: Configuration, cluster: str, node: str) -> list[str] | None:
    """Return the command to a node; None where the configuration names no address of it."""
    known = next((one for one in config.clusters if one.name == cluster), None)
    destination = None if known is None else known.ssh.get(node)
    return None if destination is None else ["ssh", "--", destination]
