"""Membership that would change in silence (R40)."""

from hypothesis import given
from hypothesis import strategies as st

from noc_tui.contract.membership import find_left_out


def test_who_keeps_one_guest_is_not_asked_about() -> None:
    before = {("r", "a"): "acme", ("r", "b"): "acme", ("r", "z"): "zeta"}
    running = [("r", "a"), ("r", "a"), ("r", "b"), ("r", "z"), ("r", "x")]
    assert find_left_out(running, before, before) == {}
    assert find_left_out(running, before, {("r", "b"): "acme"}) == {"zeta": 1}
    assert find_left_out(running, before, {("r", "a"): "zeta"}) == {"acme": 3}
    assert find_left_out([], before, {}) == {}


NAMES = st.sampled_from(["acme", "beta", "zeta"])
POOLS = st.tuples(st.sampled_from(["r", "n"]), st.sampled_from(["a", "b", "c"]))
OWNED = st.dictionaries(POOLS, NAMES)


@given(st.lists(POOLS), OWNED, OWNED)
def test_whoever_loses_all_is_told_and_nobody_else(
    running: list[tuple[str, str]],
    before: dict[tuple[str, str], str],
    after: dict[tuple[str, str], str],
) -> None:
    left = find_left_out(running, before, after)
    for tenant in ("acme", "beta", "zeta"):
        had = [pool for pool in running if before.get(pool) == tenant]
        has = [pool for pool in running if after.get(pool) == tenant]
        assert left.get(tenant, 0) == (0 if has else len(had))
