"""Sites outside of where guests and backups must stay."""

from collections.abc import Iterator

from noc_tui.contract import location
from noc_tui.oncall.finding import Finding
from noc_tui.oncall.view import View


def found(view: View) -> Iterator[Finding]:
    for name in location.abroad(view.countries, view.sites):
        yield Finding("abroad", f"site-of:{name}", "nocd", (f"name={name}",))
