"""Which alerts end because what they are about is no longer configured."""

from collections.abc import Iterable

from noc_tui.alerts.checks.examination import EXAMINED
from noc_tui.alerts.inputs import AlertInputs
from storage.oncall import Alert

BACKUP_SERVER = "pbs:"
"""Begins the name of a source that is a backup server."""
_THROUGH = frozenset(("cluster", "ha", "replication", EXAMINED))


def dropped(view: AlertInputs, alerts: Iterable[Alert]) -> frozenset[str]:
    """The alerts about what is no longer configured, by fingerprint: no look clears them."""
    lost = {
        *(f"backup:tenant:{tenant}" for tenant in view.unkept),
        *(f"outage:tenant:{tenant}" for tenant in view.unwatchable),
    }
    return frozenset(
        alert.fingerprint
        for alert in alerts
        if alert.fingerprint in lost
        or (view.configured is not None and not _about(alert) <= view.configured)
    )


def _about(alert: Alert) -> frozenset[str]:
    """The names in the configuration through which, or of which, an alert tells."""
    kind, _, through = alert.scope.partition(":")
    named = {through} if kind in _THROUGH and through else set[str]()
    what, _, of = alert.subject.partition(":")
    if what == "source":
        cluster, _, source = of.partition("/")
        named.add(cluster or source.removeprefix(BACKUP_SERVER))
    elif what == "site-of":
        named.add(of)
    return frozenset(named)
