"""Finds the alerts about things that are no longer configured."""

from collections.abc import Iterable

from noc_tui.alerts.checks import backup, backup_doubtful, backup_nights, backup_unverified, outage
from noc_tui.alerts.inputs import AlertInputs
from noc_tui.ref import Ref
from storage.oncall import Alert

BACKUP_SERVER = "pbs:"
"""Begins the name of a source that is a backup server."""
_THROUGH = frozenset(("cluster", "ha", "replication", "doctor"))
"""The kinds of scope that are named after something in the configuration."""


def find_unconfigured(inputs: AlertInputs, alerts: Iterable[Alert]) -> frozenset[str]:
    """Return the fingerprints of alerts about things that are no longer configured; no evaluation
    resolves them.
    """
    lost = {
        *(
            f"{check.RULE.id}:{Ref.of('tenant', tenant)}"
            for check in (backup, backup_doubtful, backup_nights, backup_unverified)
            for tenant in inputs.unkept
        ),
        *(f"{outage.RULE.id}:{Ref.of('tenant', tenant)}" for tenant in inputs.unwatchable),
    }
    return frozenset(
        alert.fingerprint
        for alert in alerts
        if alert.fingerprint in lost
        or (inputs.configured is not None and not _about(alert) <= inputs.configured)
    )


def _about(alert: Alert) -> frozenset[str]:
    """The configured names through which an alert was seen, or which it is about."""
    scope, subject = Ref.parse(alert.scope), Ref.parse(alert.subject)
    named = {scope.name} if scope.kind in _THROUGH and scope.name else set[str]()
    if subject.kind == "source":
        named.add(subject.first.removeprefix(BACKUP_SERVER))
    elif subject.kind == "datastore":
        named.add(subject.first)
    elif subject.kind == "site-of":
        named.add(subject.name)
    return frozenset(named)
