"""A sub-processor of which clients were not told (GDPR art. 28(2), art. 14)."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule, always_observed
from noc_tui.alerts.violation import Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="subprocessor-unannounced",
    severity="notice",
    text=N_("sub-processor {name}: clients were not told, and it serves from {day}"),
    next_step=N_(
        "Tell the clients (`noc-tui tenants announce`), then note it with `noc-tui legal"
        " subprocessor-announced`."
    ),
)

unobserved = always_observed


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each of them."""
    for one in inputs.unannounced:
        yield Violation(
            rule=RULE.id,
            subject=Ref.of("subprocessor", one.id),
            words=(f"name={one.name}", f"day={one.since.isoformat()}"),
        )
