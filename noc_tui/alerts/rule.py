"""What every alert rule declares: how bad, after how many observations, what to say and to do."""

from collections.abc import Iterator
from typing import Protocol

import msgspec

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.violation import Unobserved, Violation

SEVERITIES = ("critical", "warning", "notice")
"""The worst first."""


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
        """What breaks the rule now."""
        ...

    def unobserved(self, inputs: AlertInputs, /) -> Iterator[Unobserved]:
        """Of what nothing is known now: what was wrong there still is, as far as one can tell."""
        ...


def always_observed(_inputs: AlertInputs, /) -> Iterator[Unobserved]:
    """The `unobserved` of a rule about what `nocd` itself has on file."""
    return iter(())


def rank(severity: str) -> int:
    """0 for the worst."""
    return SEVERITIES.index(severity)
