"""Somebody who must be told of a breach of personal data and was not yet (GDPR art. 33, 34)."""

from collections.abc import Iterator
from datetime import timedelta

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

ALARM = timedelta(hours=12)
"""So long before its end a notice that nobody gave is critical (our choice)."""
RULE = Rule(
    id="breach-notice",
    severity="warning",
    text=N_("breach {number} of personal data: to be told: {addressee}"),
    next_step=N_(
        "Draw the notice with `noc-tui legal breach-notice`, send it, and note it with"
        " `breach-told`: what is not known yet follows later."
    ),
)

unobserved = always_observed


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each addressee with its deadline; critical in the last hours and after it."""
    for breach, duty in inputs.breach_duties:
        kind, _colon, tenant = duty.addressee.partition(":")
        yield Violation(
            rule=RULE.id,
            subject=Ref.of("breach", breach, *([kind, tenant] if tenant else [kind])),
            words=(f"number={breach}", f"addressee={duty.addressee}"),
            tenant=tenant,
            severity="critical" if inputs.now >= duty.due_at - ALARM else "",
            deadline=duty.due_at,
        )
