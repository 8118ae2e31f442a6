"""What the hourly examination found bad, and what is about to expire."""

import re
from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.violation import Violation

EXAMINED = "doctor"
"""Begins the scope of what the examination alone sees."""


def found(view: AlertInputs) -> Iterator[Violation]:
    yield from _bad(view)
    yield from _expiring(view)


def unknown(view: AlertInputs) -> Iterator[str]:
    """The topics that it could not look at."""
    yield from (f"{EXAMINED}:{name}" for name in view.unexamined)


def _bad(view: AlertInputs) -> Iterator[Violation]:
    for topic, key, level, text in view.examined:
        # A warning is how this installation is, and no news: doctor says it when asked.
        if level == "bad":
            said = (f"name={topic}", f"said={text}")
            # Figures in the text change from hour to hour, the trouble does not.
            subject = f"{topic}/{key}/{re.sub(r'[0-9]+', '#', text)}"
            yield Violation("doctor", subject, f"{EXAMINED}:{topic}", said)


def _expiring(view: AlertInputs) -> Iterator[Violation]:
    warn, last = view.expiry_days
    for topic, rule, name, end, days in view.expiring:
        if days <= warn:
            severity = "critical" if days <= last else ""
            words = (f"name={name}", f"day={end.date().isoformat()}")
            subject = f"{rule}:{name}"
            scope = f"{EXAMINED}:{topic}"
            yield Violation(rule, subject, scope, words, severity=severity, deadline=end)
