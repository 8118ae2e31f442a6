"""The difference between two snapshots leads from the one to the other, whatever they hold."""

from hypothesis import given
from hypothesis import strategies as st

from noc_tui.cluster.difference import SnapshotChanges, changes

MAPPINGS = st.dictionaries(st.integers(0, 20), st.integers(0, 3), max_size=15)


@given(MAPPINGS, MAPPINGS)
def test_applied_to_the_first_it_gives_the_second(
    before: dict[int, int], after: dict[int, int]
) -> None:
    pairs_before = {key: (key, value) for key, value in before.items()}
    pairs_after = {key: (key, value) for key, value in after.items()}
    found = changes(pairs_before, pairs_after)
    applied = dict(pairs_before)
    for removed in found.removed:
        del applied[removed[0]]
    for old, new in found.changed:
        assert applied[old[0]] == old
        assert old != new
    applied.update({pair[0]: pair for pair in found.present()})
    assert applied == pairs_after
    assert not {a[0] for a in found.added} & before.keys()


@given(MAPPINGS)
def test_nothing_changed_is_nothing(mapping: dict[int, int]) -> None:
    assert not changes(mapping, dict(mapping))
    assert changes(mapping, dict(mapping)) == SnapshotChanges()


@given(MAPPINGS, MAPPINGS)
def test_the_way_back_is_the_mirror(before: dict[int, int], after: dict[int, int]) -> None:
    there = changes({k: (k, v) for k, v in before.items()}, {k: (k, v) for k, v in after.items()})
    back = changes({k: (k, v) for k, v in after.items()}, {k: (k, v) for k, v in before.items()})
    assert sorted(there.added) == sorted(back.removed)
    assert sorted(there.removed) == sorted(back.added)
    assert sorted(there.changed) == sorted((b, a) for a, b in back.changed)
