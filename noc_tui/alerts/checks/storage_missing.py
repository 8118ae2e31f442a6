"""A storage, shared or a node's own, that nodes do not reach which are online."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.rule import Rule
from noc_tui.alerts.violation import Unobserved, Violation
from noc_tui.i18n import N_
from noc_tui.ref import Ref
from storage.inventory import Storage

RULE = Rule(
    id="storage-missing",
    severity="critical",
    text=N_("storage {name} is unreachable from {nodes}"),
    next_step=N_("Check the path from these nodes to the storage."),
    unobserved_text=N_("storage {name} is not seen"),
    confirm=2,
)


def violations(inputs: AlertInputs) -> Iterator[Violation]:
    """Yield each storage that a node does not reach whose figures come."""
    seen = inputs.seen
    for storage in inputs.storages:
        if storage.missing_on:
            ref = storage_ref(storage)
            yield Violation(
                rule=RULE.id,
                subject=ref,
                scope=Ref.of("cluster", storage.cluster),
                words=(f"name={ref.name}", f"nodes={', '.join(storage.missing_on)}"),
                seen=seen.get(storage.cluster, 0),
            )


def unobserved(inputs: AlertInputs) -> Iterator[Unobserved]:
    """Yield the storages of which no node that is heard says anything."""
    for storage in inputs.storages:
        if storage.status != "available" and not storage.missing_on:
            ref = storage_ref(storage)
            yield Unobserved(ref, (f"name={ref.name}",))


def storage_ref(storage: Storage) -> Ref:
    """The subject of what is wrong with a storage; a shared one has no node."""
    parts = (storage.cluster, storage.node, storage.name)
    return Ref("storage", tuple(part for part in parts if part))
