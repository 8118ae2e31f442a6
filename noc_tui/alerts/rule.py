"""What every alert rule declares: severity, number of observations, text and next step."""

from collections.abc import Iterator
from typing import Protocol

import msgspec

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.violation import Unobserved, Violation

SEVERITIES = ("critical", "warning", "notice")
"""All severities, the worst first."""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of alert. `confirm` observations in a row raise it and resolve it.

    `text` and `next_step` are sentences to translate, filled with a violation's words; so is
    `unobserved_text`, with those of what could not be observed. It is empty where a screen says
    nothing of that.
    """

    id: str
    severity: str
    text: str
    next_step: str
    confirm: int = 1
    unobserved_text: str = ""


class Check(Protocol):
    """A module of `alerts.checks` with everything of one rule; `alerts/rules.py` has the list."""

    RULE: Rule

    def violations(self, inputs: AlertInputs, /) -> Iterator[Violation]:
        """Yield what breaks the rule now."""
        ...

    def unobserved(self, inputs: AlertInputs, /) -> Iterator[Unobserved]:
        """Yield what the rule cannot judge now; alerts about it stay open."""
        ...


def always_observed(_inputs: AlertInputs, /) -> Iterator[Unobserved]:
    """Yield nothing: the `unobserved` of a rule that reads only `nocd`'s own tables."""
    return iter(())


def rank(severity: str) -> int:
    """Return the rank of a severity: 0 for the worst, and for one that nobody knows."""
    return SEVERITIES.index(severity) if severity in SEVERITIES else 0
