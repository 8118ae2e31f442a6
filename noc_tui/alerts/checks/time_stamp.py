"""The time-stamping authority, when it does not stamp the heads of the evidence."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="time-stamp",
    severity="warning",
    text=N_("the time-stamping authority does not stamp the evidence: {error}"),
    next_step=N_("Check [anchor] tsa_url and tsa_ca_file, and whether the authority answers."),
)

unobserved = always_observed


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield why the last head was not stamped, once that has failed several times in a row."""
    if inputs.unstamped:
        words = (f"error={inputs.unstamped}",)
        yield Violation(rule=RULE.id, subject=Ref.of("evidence", "time-stamp"), words=words)
