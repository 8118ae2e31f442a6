"""A mail that was refused."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="mail",
    severity="warning",
    text=N_("a mail to {name} is not accepted: {error}"),
    next_step=N_("Read the server's answer, fix the cause, and send it again."),
)

unobserved = always_observed


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each mail that its server does not accept."""
    for mail in inputs.mails:
        yield Violation(
            rule=RULE.id,
            subject=Ref.of("mail", mail.id),
            words=(f"name={mail.recipient}", f"error={mail.answer}"),
        )
