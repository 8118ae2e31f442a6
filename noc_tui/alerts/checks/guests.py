"""Guests that HA gave up on, and guests whose replication fails."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.violation import Violation


def found(view: AlertInputs) -> Iterator[Violation]:
    for cluster, service, state in view.services:
        if state in ("error", "fence"):
            name = f"{cluster}/{service}"
            lost = (f"name={name}", f"state={state}")
            yield Violation("ha", f"ha:{name}", f"ha:{cluster}", lost)
    for job, guest, target, error in view.replication:
        told = (f"guest={guest}", f"target={target}", f"error={error}")
        scope = f"replication:{job.partition('/')[0]}"
        yield Violation("replication", f"replication:{job}", scope, told)


def unknown(view: AlertInputs) -> Iterator[str]:
    """The clusters whose HA, and the jobs or clusters whose replication is unknown."""
    yield from (f"ha:{name}" for name in view.unwatched)
    yield from (f"replication:{name}" for name in view.unreplicated)
