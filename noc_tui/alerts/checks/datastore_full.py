"""A backup server's datastore that is nearly full: the next backups fail."""

from collections.abc import Iterator

from noc_tui.alerts.datastore_runs import datastore_ref
from noc_tui.alerts.fill_limits import fill_severity
from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule
from noc_tui.alerts.violation import Unobserved, Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="datastore-full",
    severity="warning",
    text=N_("datastore {name} of the backup server is {percent} % full"),
    next_step=N_("Prune and collect garbage, or grow it, before tonight’s backups fail."),
)


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each datastore that is filled to the limit or beyond."""
    for one in inputs.datastores:
        percent = one.used_percent
        severity = "" if percent is None else fill_severity(percent)
        if severity:
            ref = datastore_ref(one)
            yield Violation(
                rule=RULE.id,
                subject=ref,
                scope=Ref("backups"),
                words=(f"name={ref.name}", f"percent={percent}"),
                severity=severity,
            )


def unobserved(inputs: AlertInputs) -> Iterator[Unobserved]:
    """Yield the datastores that do not say how full they are."""
    for one in inputs.datastores:
        if one.used_percent is None:
            yield Unobserved(datastore_ref(one), rule=RULE.id)
