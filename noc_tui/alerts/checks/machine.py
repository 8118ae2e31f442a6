"""The machine that nocd runs on: its disk, and the evidence that it keeps."""

from collections.abc import Iterator

from noc_tui.alerts.checks import filling
from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.violation import Violation


def found(view: AlertInputs) -> Iterator[Violation]:
    if view.disk_percent is not None and filling.is_full(view.disk_percent):
        severity = filling.severity(view.disk_percent)
        full = (f"percent={view.disk_percent}",)
        yield Violation("disk", "machine:disk", "nocd", full, severity=severity)
    if view.verdict != "intact":
        yield Violation("chain", "evidence:chain", "nocd", (f"verdict={view.verdict}",))


def unknown(view: AlertInputs) -> Iterator[str]:
    """The disk, while the system does not say how full it is."""
    if view.disk_percent is None:
        yield "disk:machine:disk"
