"""A tenant's state, from its guests and from what availability concluded."""

from datetime import date

import pytest
from msgspec.structs import replace

from noc_tui.contract.terms_book import load_book
from noc_tui.views.tenant import TenantState, by_tenant
from storage.guests import Guest
from tests.console.estate import guest
from tests.support.played_estate import tenant

BOOK, DAY = load_book(None), date(2026, 3, 10)
ACME = replace(tenant("acme"), pools=("rennes/acme",))


def seen(vmid: int, status: str) -> Guest:
    return guest("rennes", vmid, f"acme-{vmid}", status, "acme")


@pytest.mark.parametrize(
    ("statuses", "out", "state"),
    [
        (("unknown", "unknown"), False, TenantState.UNKNOWN),
        # Its nodes are surely off: the clusters show nothing, and yet the outage lasts.
        (("unknown", "unknown"), True, TenantState.OUT),
        (("unknown", "stopped"), True, TenantState.OUT),
        (("running", "unknown"), True, TenantState.OUT),
        (("stopped", "stopped"), False, TenantState.OUT),
        ((), True, TenantState.OUT),
        ((), False, TenantState.EMPTY),
    ],
)
def test_state(statuses: tuple[str, ...], out: bool, state: TenantState) -> None:
    guests = [seen(100 + number, status) for number, status in enumerate(statuses)]
    (found,) = by_tenant([ACME], {}, guests, BOOK, DAY, {"acme"} if out else ())
    assert found.state == state
