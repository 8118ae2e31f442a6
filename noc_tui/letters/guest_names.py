"""Names a VM in a letter: by what its client calls it, by its number and its cluster."""

from noc_tui.letters.writing import Writing


def name_guest(name: str, vmid: int, cluster: str, writing: Writing) -> str:
    """Return `web (VM 101, cluster rennes)`; the number stands for a name that is not known."""
    _ = writing.translate
    return _("{name} (VM {vmid}, cluster {cluster})").format(
        name=name or str(vmid), vmid=vmid, cluster=cluster
    )
