"""The disk of the machine that nocd runs on."""

from collections.abc import Iterator

from noc_tui.alerts.fill_limits import fill_severity
from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule
from noc_tui.alerts.violation import Unobserved, Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="disk",
    severity="warning",
    text=N_("the disk of this machine is {percent} % full"),
    next_step=N_("Free space: otherwise nothing can be recorded."),
)

_DISK = Ref.of("machine", "disk")


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield the disk, once it is filled to the limit or beyond."""
    percent = inputs.disk_percent
    severity = "" if percent is None else fill_severity(percent)
    if severity:
        yield Violation(
            rule=RULE.id, subject=_DISK, words=(f"percent={percent}",), severity=severity
        )


def unobserved(inputs: AlertInputs) -> Iterator[Unobserved]:
    """Yield the disk, while the system does not say how full it is."""
    if inputs.disk_percent is None:
        yield Unobserved(_DISK, rule=RULE.id)
