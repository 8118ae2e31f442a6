"""Classifies why a guest could not be completed: wait and retry, a person must act, or the guest is
gone.
"""

from dataclasses import dataclass
from typing import Literal

from noc_tui.cluster import errors
from noc_tui.cluster.actions import StepOutcome
from noc_tui.cluster.guest_location import GuestGone
from noc_tui.daemon.core.errors import Conflict
from noc_tui.daemon.suspension.planner import keep_note

_GIVE_UP = (errors.PermissionMissing, errors.ParameterRefused, errors.RequestRefused)


@dataclass(frozen=True, slots=True)
class Trouble:
    """`wait`: a retry may succeed. `stop`: a person must fix something first."""

    kind: Literal["wait", "stop", "gone"]
    said: str
    away: bool = False


def of_error(error: GuestGone | errors.GatewayError | Conflict) -> Trouble:
    """Return the trouble of a failed read. Locks, lost quorum and unreachable nodes are waited for;
    a refused token and a certificate that is not trusted too: both are mended beside the case, and
    read again.
    """
    if isinstance(error, GuestGone):
        return Trouble("gone", str(error))
    if isinstance(error, _GIVE_UP) or not isinstance(error, errors.ClusterError):
        return Trouble("stop", str(error))
    return Trouble("wait", str(error), away=isinstance(error, errors.Unreachable))


def of_outcome(outcome: StepOutcome) -> Trouble | None:
    """Return the trouble that a step's outcome leaves; None if the step is done."""
    if outcome.settled:
        return None
    words = "; ".join(part for part in (outcome.said, *map(keep_note, outcome.notes)) if part)
    if outcome.kind == "gone":
        return Trouble("gone", words)
    away = outcome.kind in ("unreachable", "unknown")
    return Trouble("wait" if outcome.again else "stop", words or outcome.kind, away)
