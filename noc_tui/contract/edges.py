"""Whether our end of a VPN, or a firewall, answers: pure rules over single probes."""

from dataclasses import dataclass, replace
from datetime import datetime

KINDS = ("vpn", "firewall")
ANSWERS, SILENT, UNKNOWN = "answers", "silent", "unknown"


@dataclass(frozen=True, slots=True)
class EdgeFinding:
    """The `state` (answers, silent, unknown) `since` then; how many probes failed in a row up to
    now, and since when.
    """

    state: str
    since: datetime
    failures: int = 0
    failing_since: datetime | None = None


def follow_edge(
    before: EdgeFinding | None, good: bool | None, at: datetime, confirm: int
) -> EdgeFinding:
    """What becomes of a finding with one probe.

    An answer ends a silence at once. So many failures in a row make one, which runs from the first
    of them; fewer leave what was known. A probe that concludes nothing makes what answered unknown,
    and leaves a silence as it is.
    """
    known = before or EdgeFinding(UNKNOWN, at)
    if good:
        return EdgeFinding(ANSWERS, known.since if known.state == ANSWERS else at)
    if good is None:
        return known if known.state != ANSWERS else replace(known, state=UNKNOWN, since=at)
    failing = replace(known, failures=known.failures + 1, failing_since=known.failing_since or at)
    if failing.failures < confirm or known.state == SILENT:
        return failing
    return replace(failing, state=SILENT, since=failing.failing_since or at)
