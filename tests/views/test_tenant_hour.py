"""A tenant's last hour: shares of its guests' processors, and gaps where nobody looked."""

from noc_tui.views.tenant_hour import tenant_hour
from storage.load_history import MINUTES, PoolLoad


def hour(*loads: PoolLoad | None) -> list[PoolLoad | None]:
    return [*[None] * (MINUTES - len(loads)), *loads]


def load(cores: float) -> PoolLoad:
    return PoolLoad(round(cores * 100), 0, 1, 1)


def test_pools_are_added_up_over_clusters() -> None:
    hours = {("rennes", "acme"): hour(load(1), load(2)), ("nantes", "acme"): hour(load(1), load(0))}
    found = tenant_hour(("rennes/acme", "nantes/acme"), hours, 4.0)
    assert found[-2:] == [50.0, 50.0]
    assert len(found) == MINUTES


def test_a_minute_in_which_a_pool_was_not_seen_is_a_gap() -> None:
    hours = {("rennes", "acme"): hour(load(1), None), ("nantes", "acme"): hour(load(1), load(1))}
    assert tenant_hour(("rennes/acme", "nantes/acme"), hours, 4.0)[-2:] == [50.0, None]


def test_a_pool_without_guests_is_no_gap() -> None:
    hours = {("rennes", "acme"): hour(load(1))}
    assert tenant_hour(("rennes/acme", "nantes/empty"), hours, 2.0)[-1] == 50.0


def test_nothing_is_drawn_of_what_nobody_knows() -> None:
    hours = {("rennes", "acme"): hour(load(1))}
    assert tenant_hour(("rennes/acme",), hours, None) == []
    assert tenant_hour(("rennes/other",), hours, 2.0) == []
