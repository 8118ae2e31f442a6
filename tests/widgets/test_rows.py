"""Rows of a table: what a fresh start would list is what changes lead to."""

from hypothesis import given
from hypothesis import strategies as st

from widgets.filter_language import read_filter
from widgets.folding import fold
from widgets.rows import Rows

Value = tuple[str, int | None]


def made(rows: dict[str, Value]) -> Rows[Value]:
    out: Rows[Value] = Rows(lambda row: row[0])
    out.put(rows)
    return out


def by_number(row: Value) -> int | None:
    return row[1]


def test_a_filter_wants_every_word_whatever_case_and_accents() -> None:
    rows = made({"a": ("Réseau Nord", 1), "b": ("reseau sud", 2), "c": ("nord", 3)})
    rows.filter(read_filter("NORD réseau"))
    assert rows.shown == ["a"]
    rows.filter(read_filter(""))
    assert rows.shown == ["a", "b", "c"]


def test_unknown_sorts_last_in_both_directions() -> None:
    rows = made({"a": ("", 2), "b": ("", None), "c": ("", 1)})
    rows.sort(by_number)
    assert rows.shown == ["c", "a", "b"]
    rows.sort(by_number, descending=True)
    assert rows.shown == ["a", "c", "b"]


def test_a_change_that_moves_nothing_says_so() -> None:
    rows = made({"a": ("x", 1), "b": ("y", 2)})
    rows.sort(by_number)
    assert not rows.put({"a": ("z", 1)})
    assert rows.put({"a": ("z", 3)})
    assert rows.shown == ["b", "a"]


def test_a_row_enters_and_leaves_the_filter_as_it_changes() -> None:
    rows = made({"a": ("stopped", 1), "b": ("running", 2)})
    rows.filter(read_filter("stop"))
    assert rows.put({"b": ("stopped", 2)})
    assert rows.shown == ["a", "b"]
    assert rows.put({"a": ("running", 1)})
    assert rows.shown == ["b"]


def test_dropped_rows_are_gone_from_list_and_filter() -> None:
    rows = made({"a": ("x", 1), "b": ("x", 2)})
    rows.filter(read_filter("x"))
    assert rows.drop(["a", "nobody"])
    assert rows.shown == ["b"]
    assert not rows.drop(["a"])
    rows.filter(read_filter(""))
    assert rows.shown == ["b"]


def test_a_scope_narrows_besides_the_filter() -> None:
    rows = made({"a": ("x", 1), "b": ("x", 2), "c": ("y", 2)})
    rows.scope(lambda row: row[1] == 2)
    rows.filter(read_filter("x"))
    assert rows.shown == ["b"]
    rows.scope(None)
    assert rows.shown == ["a", "b"]


KEYS = st.sampled_from("abcdefgh")
VALUES = st.tuples(st.text("xyz", max_size=3), st.none() | st.integers(0, 5))
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.dictionaries(KEYS, VALUES)),
        st.tuples(st.just("drop"), st.lists(KEYS)),
        st.tuples(st.just("filter"), st.text("xyz ", max_size=4)),
    )
)


@given(STEPS)
def test_changes_lead_where_a_fresh_start_would(steps: list[tuple[str, object]]) -> None:
    rows = made({})
    rows.sort(by_number)
    model: dict[str, Value] = {}
    text = ""
    for _, value in steps:
        if isinstance(value, dict):
            rows.put(value)
            model |= value
        elif isinstance(value, list):
            rows.drop(value)
            model = {key: row for key, row in model.items() if key not in value}
        elif isinstance(value, str):
            text = value
            rows.filter(read_filter(text))
    wanted = {k for k, row in model.items() if all(t in fold(row[0]) for t in text.split())}
    assert set(rows.shown) == wanted
    assert len(rows.shown) == len(wanted)
    numbers = [model[key][1] for key in rows.shown]
    known = [number for number in numbers if number is not None]
    assert numbers == sorted(known) + [None] * (len(numbers) - len(known))
