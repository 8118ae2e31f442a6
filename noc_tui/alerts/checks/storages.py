"""Storages that are full, or that nodes do not reach."""

from collections.abc import Iterator

from noc_tui.alerts.checks import filling
from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.violation import Violation
from storage.inventory import Storage


def found(view: AlertInputs) -> Iterator[Violation]:
    seen = view.seen
    for storage in view.storages:
        name = _place(storage)
        subject, scope = f"storage:{name}", f"cluster:{storage.cluster}"
        at = seen.get(storage.cluster, 0)
        if storage.missing_on:
            nodes = ", ".join(storage.missing_on)
            yield Violation(
                "storage-missing", subject, scope, (f"name={name}", f"nodes={nodes}"), at
            )
        if storage.used is None or not storage.total:
            continue
        percent = storage.used * 100 // storage.total
        if filling.is_full(percent):
            severity = filling.severity(percent)
            words = (f"name={name}", f"percent={percent}")
            yield Violation("storage-full", subject, scope, words, at, severity=severity)


def unknown(view: AlertInputs) -> Iterator[str]:
    """The storages of which nothing is told."""
    yield from (f"storage:{_place(one)}" for one in view.storages if one.status != "available")


def _place(storage: Storage) -> str:
    return "/".join(part for part in (storage.cluster, storage.node, storage.name) if part)
