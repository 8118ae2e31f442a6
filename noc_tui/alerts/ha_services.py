"""Violations of rules about the services of high availability, by their state."""

from collections.abc import Collection, Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.violation import Unobserved, Violation
from noc_tui.ref import Ref


def services_in(
    states: Collection[str], inputs: AlertInputs, *, rule: str, word: str
) -> Iterator[Violation]:
    """Yield each service in one of the states, which the rule's text has as `word`."""
    for cluster, service, state in inputs.services:
        if state in states:
            yield Violation(
                rule=rule,
                subject=Ref.of("ha", cluster, service),
                scope=Ref.of("ha", cluster),
                words=(f"name={inputs.guest_name(cluster, service)}", f"{word}={state}"),
            )


def unwatched_clusters(inputs: AlertInputs) -> Iterator[Unobserved]:
    """Yield the clusters whose high availability is unknown."""
    for cluster in inputs.unwatched:
        yield Unobserved(Ref.of("ha", cluster))
