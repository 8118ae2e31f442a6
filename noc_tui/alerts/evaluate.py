"""Runs all alert rules on the rows."""

from collections.abc import Mapping

import msgspec
from msgspec.structs import replace

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rules import CHECKS, RULES
from noc_tui.alerts.violation import Violation
from noc_tui.ref import Ref


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """The result of one evaluation.

    `unobserved` are scopes, subjects and fingerprints of which nothing is known now: what was wrong
    there still is, as far as anybody can tell. `seen` says when each scope was last seen, so that
    one observation counts once.
    """

    violations: tuple[Violation, ...]
    unobserved: frozenset[str]
    seen: Mapping[str, int]


def evaluate(inputs: AlertInputs) -> Evaluation:
    """Run every rule once and return its violations and unobserved subjects. Each violation has its
    severity and the open incident about it.
    """
    return Evaluation(
        violations=tuple(
            _complete(one, inputs) for check in CHECKS for one in check.violations(inputs)
        ),
        unobserved=frozenset(one.name for check in CHECKS for one in check.unobserved(inputs)),
        seen={str(Ref.of("cluster", name)): at for name, at in inputs.seen.items()},
    )


def _complete(violation: Violation, inputs: AlertInputs) -> Violation:
    """The violation with its rule's severity where it has none, and with its incident."""
    about = violation.about or violation.subject
    return replace(
        violation,
        severity=violation.severity or RULES[violation.rule].severity,
        incident=violation.incident or inputs.incidents.get(str(about)),
    )
