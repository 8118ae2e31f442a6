"""A service of `nocd` that failed and was restarted."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule
from noc_tui.alerts.violation import Unobserved, Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="service",
    severity="critical",
    text=N_("the service {service} of nocd failed and is restarted: {error}"),
    next_step=N_("See the log of nocd, and report it: what the service does is late or missing."),
)


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Each service that failed lately."""
    for name, error in inputs.failing.items():
        words = (f"service={name}", f"error={error}")
        yield Violation(rule=RULE.id, subject=Ref.of("service", name), words=words)


def unobserved(_inputs: AlertInputs) -> Iterator[Unobserved]:
    """Nothing: the daemon knows of its own services."""
    yield from ()
