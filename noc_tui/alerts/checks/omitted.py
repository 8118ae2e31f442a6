"""A source whose answers cannot be read in part."""

from collections.abc import Iterator

from noc_tui.alerts.checks.source import source_ref
from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule
from noc_tui.alerts.violation import Unobserved, Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref

RULE = Rule(
    id="omitted",
    severity="warning",
    text=N_(
        "{name} answers in part unreadably; left out: {first} (rows: {rows}, fields: {fields})"
    ),
    next_step=N_("Ask the API for what is named: what was left out is shown as unknown."),
    confirm=2,
)


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each source of whose last answer something was left out; each answer is an
    observation.
    """
    for source in inputs.sources:
        if source.omitted_fields or source.omitted_rows:
            yield Violation(
                rule=RULE.id,
                subject=source_ref(source),
                words=(
                    f"name={source.cluster or source.name}",
                    f"rows={source.omitted_rows}",
                    f"fields={source.omitted_fields}",
                    f"first={source.omitted}",
                ),
                seen=int(source.seen_at.timestamp() * 1_000_000) if source.seen_at else 0,
            )


def unobserved(inputs: AlertInputs) -> Iterator[Unobserved]:
    """Yield the sources that do not answer."""
    for source in inputs.sources:
        if source.error is not None:
            ref: Ref = source_ref(source)
            yield Unobserved(ref, rule=RULE.id)
