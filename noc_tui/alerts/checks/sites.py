"""Sites outside of where guests and backups must stay."""

from collections.abc import Iterator

from noc_tui.alerts.inputs import AlertInputs
from noc_tui.alerts.violation import Violation
from noc_tui.contract import location


def found(view: AlertInputs) -> Iterator[Violation]:
    for name in location.abroad(view.countries, view.sites):
        yield Violation("abroad", f"site-of:{name}", "nocd", (f"name={name}",))
