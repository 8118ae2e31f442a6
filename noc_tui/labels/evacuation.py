"""An evacuation's plan, and a node's maintenance, in words."""

from noc_tui.api.evacuation import EvacuationPlan, MaintenanceEffect, PlannedMove
from noc_tui.i18n import N_, _, ngettext
from noc_tui.labels import formats
from noc_tui.labels.acts import describe_memory
from noc_tui.labels.formats import label_line
from noc_tui.text import visible

HOW = {
    "live": N_("runs on"),
    "offline": N_("is off"),
    "restart": N_("stops, then starts again"),
}


def describe_plan(plan: EvacuationPlan) -> list[str]:
    """Wave by wave who goes where, who stays and why, whom it interrupts, the nodes afterwards."""
    lines: list[str] = []
    for wave in sorted({move.wave for move in plan.moves}):
        moves = [move for move in plan.moves if move.wave == wave]
        text = ngettext("Wave {wave}: {n} guest", "Wave {wave}: {n} guests", len(moves))
        lines.append(text.format(wave=wave, n=len(moves)))
        lines += [_describe_move(move) for move in moves]
    if plan.left:
        lines.append(_("Not moved"))
        lines += [f"  ✖ {_guest(one.guest, one.name)} · {visible(one.reason)}" for one in plan.left]
    lines.append(label_line(_("Tenants on the node"), _names(plan.tenants)))
    lines.append(label_line(_("Tenants mailed, whose guests stop"), _names(plan.interrupted)))
    lines += describe_memory(plan.nodes)
    lines += [f"▲ {visible(warning)}" for warning in plan.warnings]
    return lines


def _describe_move(move: PlannedMove) -> str:
    how = _(HOW[move.how])
    size = formats.size(move.memory)
    sign = "▲" if move.how == "restart" else "▸"
    return f"  {sign} {_guest(move.guest, move.name)} → {visible(move.target)} · {how} · {size}"


def _guest(reference: str, name: str) -> str:
    return f"{visible(name or formats.UNKNOWN)} ({visible(reference)})"


def describe_maintenance(effect: MaintenanceEffect) -> list[str]:
    """The command to type, and what HA makes of it."""
    lines = [
        _("Proxmox has no call for this. As root, on any node of the cluster:"),
        f"  {visible(effect.command)}",
    ]
    if effect.moved:
        lines.append(_("HA moves:"))
        lines += [f"  ▸ {name}" for name in effect.moved]
    if effect.staying:
        lines.append(_("HA does not move these:"))
        lines += [f"  ✖ {name}" for name in effect.staying]
    return [*lines, *(f"▲ {visible(warning)}" for warning in effect.warnings)]


def _names(names: tuple[str, ...]) -> str:
    return visible(", ".join(names)) or _("nobody")
