"""What bars an order about a guest, whichever it is, and what its entries are about."""

from dataclasses import dataclass

from noc_tui.cluster.snapshot import ClusterSnapshot
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.errors import Conflict, NotFound
from noc_tui.i18n import _
from noc_tui.text import visible
from storage import suspension


@dataclass(frozen=True, slots=True)
class SuspendedTexts:
    """What is said (`N_`) of a guest that a case keeps stopped: `known` names `{case}`, `secret` is
    of one whose case the caller may not know.
    """

    known: str
    secret: str


def require_snapshot(context: Context, cluster: str) -> ClusterSnapshot:
    """The newest snapshot of a cluster; `NotFound` where none is called so, or not seen yet."""
    if cluster not in context.gateways:
        raise NotFound(_("no cluster is called {name}").format(name=visible(cluster)))
    snapshot = context.estate.snapshots.get(cluster)
    if snapshot is None:
        raise NotFound(_("cluster {name} not seen yet").format(name=visible(cluster)))
    return snapshot


async def refuse_suspended(
    context: Context, cluster: str, vmid: int, texts: SuspendedTexts
) -> None:
    """`Conflict` for a guest that a case keeps stopped."""
    case = await suspension.case_stopping(context.writer, cluster, vmid)
    if case is not None:
        raise Conflict(_(texts.known).format(case=case))
    sealed = context.sealed
    if sealed is not None and await suspension.case_stopping(sealed, cluster, vmid):
        raise Conflict(_(texts.secret))


async def refuse_changed_by_suspension(
    context: Context, cluster: str, vmid: int, texts: SuspendedTexts
) -> None:
    """`Conflict` for a guest of which a case keeps something changed, its network for one."""
    case = await suspension.case_changing(context.writer, cluster, vmid)
    if case is not None:
        raise Conflict(_(texts.known).format(case=case))
    sealed = context.sealed
    if sealed is not None and await suspension.case_changing(sealed, cluster, vmid):
        raise Conflict(_(texts.secret))


def subjects_of(guest: str, pool: str | None) -> list[str]:
    """The subjects of an entry about `guest:rennes/101`: it and its pool."""
    return [guest] if pool is None else [guest, f"pool:{guest.split(':')[1].split('/')[0]}/{pool}"]
