"""The clock of the machine that nocd runs on, when it jumped."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="clock",
    severity="critical",
    text=N_("the clock of this machine jumped by {number} s: nocd goes on by its own time"),
    next_step=N_("Check the time servers; a lead confirms a right clock: nocd clock --confirm."),
)

unobserved = always_observed


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield the jump, until the clock agrees again or is confirmed."""
    if inputs.clock_jump:
        words = (f"number={inputs.clock_jump}",)
        yield Violation(rule=RULE.id, subject=Ref.of("machine", "clock"), words=words)
