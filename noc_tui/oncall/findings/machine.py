"""The machine that nocd runs on: its disk, and the evidence that it keeps."""

from collections.abc import Iterator

from noc_tui.oncall.finding import Finding
from noc_tui.oncall.findings import filling
from noc_tui.oncall.view import View


def found(view: View) -> Iterator[Finding]:
    if view.disk_percent is not None and filling.is_full(view.disk_percent):
        severity = filling.severity(view.disk_percent)
        full = (f"percent={view.disk_percent}",)
        yield Finding("disk", "machine:disk", "nocd", full, severity=severity)
    if view.verdict != "intact":
        yield Finding("chain", "evidence:chain", "nocd", (f"verdict={view.verdict}",))


def unknown(view: View) -> Iterator[str]:
    """The disk, while the system does not say how full it is."""
    if view.disk_percent is None:
        yield "disk:machine:disk"
