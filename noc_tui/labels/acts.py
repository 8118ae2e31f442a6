"""The daily acts of an operator in words: what one would do, and the orders that are under way."""

from collections.abc import Iterator, Sequence

from noc_tui.api.acts import ActPreview, GuestEffect, NodeMemory
from noc_tui.i18n import N_, _
from noc_tui.labels import formats
from noc_tui.labels.formats import label_line
from noc_tui.text import visible

PERCENT = 100
ACTS = {
    "snapshot": N_("snapshot"),
    "rollback": N_("return to a snapshot"),
    "delete-snapshot": N_("deletion of a snapshot"),
    "backup": N_("backup"),
    "restore-test": N_("restore for a test"),
    "delete-test": N_("deletion of a restored test"),
    "migrate": N_("migration"),
    "evacuate": N_("evacuation"),
    "enter-maintenance": N_("into maintenance"),
    "leave-maintenance": N_("out of maintenance"),
}
"""An order that is under way, by its action."""


def describe_preview(preview: ActPreview) -> list[str]:
    """What an order would do, a line each: guests, whom it hits, quorum, memory of the nodes."""
    lines = [line for guest in preview.guests for line in _describe_guest(guest)]
    lines.append(label_line(_("Tenants"), _names(preview.tenants)))
    lines.append(label_line(_("Interrupted for"), _names(preview.interrupted)))
    if preview.quorate is None:
        lines.append(_("▲ whether the cluster has quorum is not known"))
    lines += describe_memory(preview.nodes)
    return lines


def conclude_preview(preview: ActPreview) -> str:
    """What follows from a preview on the command line: nothing was done, and whether it can be."""
    if any(guest.refused for guest in preview.guests):
        return _("Nothing was done, and as it is nothing can be.")
    return _("Nothing was done. With --yes it is.")


def describe_memory(nodes: Sequence[NodeMemory]) -> list[str]:
    """What each node has promised to running guests, before and after."""
    return [
        _("{node}: {before} of {memory} promised to running guests, then {after}").format(
            node=visible(node.node),
            before=formats.size(node.before),
            memory=formats.size(node.memory),
            after=_of_memory(node.after, node.memory),
        )
        for node in nodes
    ]


def _describe_guest(guest: GuestEffect) -> Iterator[str]:
    name = (
        f"{visible(guest.name or formats.UNKNOWN)} ({visible(guest.guest)}, {visible(guest.node)})"
    )
    if guest.refused:
        yield f"✖ {name}"
        yield f"  {visible(guest.refused)}"
        return
    yield f"▸ {name}"
    yield from (f"  {visible(sentence)}" for sentence in guest.effect)
    yield from (f"  ▲ {visible(warning)}" for warning in guest.warnings)
    if guest.ha:
        yield "  " + label_line(_("High availability"), visible(guest.ha))


def _of_memory(octets: int, memory: int | None) -> str:
    """Bytes, and the share of a node's memory that they are."""
    if not memory:
        return formats.size(octets)
    return f"{formats.size(octets)} ({formats.percent(octets * PERCENT // memory)})"


def _names(names: tuple[str, ...]) -> str:
    return visible(", ".join(names)) or _("nobody")
