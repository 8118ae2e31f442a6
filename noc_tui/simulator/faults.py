"""Faults on demand: what a test or a scenario makes go wrong with requests that match.

Kinds, and what the client sees:

- `delay`: the right answer, `seconds` later;
- `status`: `status` and `reason` with an empty body, nothing done;
- `after`: the same, but only when the call has been carried out;
- `drop`: the connection ends without an answer, nothing done;
- `drop-after`: the same, but only when the call has been carried out;
- `html`: 200 with a web page, as a captive portal sends it;
- `odd`: 200 with `body` as it stands;
- `never`: no answer at all, until the client gives up.
"""

import re
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["delay", "status", "after", "drop", "drop-after", "html", "odd", "never"]

AFTER: frozenset[Kind] = frozenset(("after", "drop-after", "delay"))
PAGE = b"<!DOCTYPE html><html><head><title>Portal</title></head><body>Please log in</body></html>"


@dataclass(slots=True)
class Fault:
    """`path` is searched in `METHOD /path`; `times` 0 is until it is removed."""

    kind: Kind
    path: str = ""
    cluster: str = ""
    times: int = 0
    seconds: float = 0.0
    status: int = 596
    reason: str = "Connection timed out"
    body: bytes = b"null"
    used: int = 0


@dataclass(slots=True)
class Faults:
    """The faults that wait, first match first."""

    waiting: list[Fault] = field(default_factory=list)

    def add(self, fault: Fault) -> Fault:
        re.compile(fault.path)
        self.waiting.append(fault)
        return fault

    def remove(self, fault: Fault) -> None:
        if fault in self.waiting:
            self.waiting.remove(fault)

    def clear(self) -> None:
        self.waiting.clear()

    def take(self, cluster: str, verb: str, path: str) -> Fault | None:
        """The first fault that matches, counted as used."""
        for fault in self.waiting:
            if fault.cluster in ("", cluster) and re.search(fault.path, f"{verb} {path}"):
                fault.used += 1
                if fault.times and fault.used >= fault.times:
                    self.waiting.remove(fault)
                return fault
        return None
