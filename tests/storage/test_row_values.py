"""Values as entries hold them: what goes in comes out, to the byte; a bad one is named."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import json_patch
from storage.row_values import (
    column_value,
    is_withheld,
    long_texts,
    looks_secret,
    take_rows,
    take_value,
    tell_rows,
    tell_value,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4)
    ),
    max_leaves=12,
)
DOCUMENTS = st.dictionaries(st.sampled_from("abcd"), JSON, max_size=4)
VALUES = st.none() | st.integers(-(2**63), 2**63 - 1) | st.text() | st.binary(max_size=99)


def text_of(document: Any) -> str:
    return msgspec.json.encode(document).decode()


def recorded(told: Any) -> Any:
    """As it is read from an entry."""
    return msgspec.json.decode(msgspec.json.encode(told, order="sorted"))


@given(DOCUMENTS, DOCUMENTS)
def test_a_document_is_changed_to_the_byte_or_not_at_all(old: Any, new: Any) -> None:
    operations = json_patch.diff(text_of(old), text_of(new))
    if operations is not None:
        assert json_patch.apply(text_of(old), operations) == text_of(new)


def test_a_line_more_is_one_operation() -> None:
    old = {"state": "open", "events": [{"at": 1, "by": "omar"}]}
    new = {"state": "done", "events": [*old["events"], {"by": "lea", "at": 2}]}
    operations = json_patch.diff(text_of(old), text_of(new))
    assert operations == [[["state"], "done"], [["events", 1], {"by": "lea", "at": 2}]]


@pytest.mark.parametrize(
    "operations",
    [
        [[["x", "y"], 1]],
        [[["list", 5], 1]],
        [[["list", "x"], 1]],
        [[[]]],
        [[]],
        5,
        [5],
        [[5]],
        [[["x"]]],
    ],
)
def test_an_operation_that_does_not_fit_is_refused(operations: Any) -> None:
    with pytest.raises(ValueError, match=r"operation|unpack|document"):
        json_patch.apply('{"list":[1]}', operations)


@given(VALUES, VALUES, st.text(min_size=64, max_size=70))
def test_a_value_comes_back_as_it_was(old: Any, new: Any, note: str) -> None:
    payload = {"note": note}
    texts = long_texts(msgspec.json.encode(payload))
    told = recorded(tell_value(new, old, texts))
    if isinstance(new, str | bytes) and looks_secret(
        new if isinstance(new, str) else new.decode("latin-1")
    ):
        assert is_withheld(told)
        return
    before = old if isinstance(old, str) else None
    assert column_value(take_value(told, before, texts)) == new


@given(DOCUMENTS, DOCUMENTS)
def test_a_documents_column_comes_back_as_it_was(old: Any, new: Any) -> None:
    told = recorded(tell_value(text_of(new), text_of(old), {}))
    if not is_withheld(told):
        assert take_value(told, text_of(old), {}) == text_of(new)


@given(
    st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["", "x", "a=b"]), VALUES), min_size=1)
)
def test_many_rows_come_back_as_they_were(rows: list[tuple[Any, ...]]) -> None:
    numbered = [(place, *row) for place, row in enumerate(rows)]
    columns = ["number", "one", "two", "three"]
    found = take_rows(recorded(tell_rows(columns, numbered)), columns)
    for row, back in zip(numbered, found, strict=True):
        for value, told in zip(row, back, strict=True):
            assert is_withheld(told) or column_value(told) == value


@pytest.mark.parametrize(
    "told",
    [
        [1],
        1.5,
        {},
        {"as": 1},
        {"payload": "none"},
        {"payload": []},
        {"patch": 5},
        True and {"x": 1},
    ],
)
def test_a_value_of_no_form_is_refused(told: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        take_value(told, '{"a":1}', {"text": "x"})


@pytest.mark.parametrize(
    "text",
    [
        "omar@pve!noc=01234567-89ab-cdef-0123-456789abcdef",
        "PVEAuthCookie=PVE:root@pam:65AB::sig",
        '{"cipassword": "x"}',
        '{"a":{"token_value":"x"}}',
    ],
)
def test_what_looks_like_a_secret(text: str) -> None:
    assert looks_secret(text)
    assert is_withheld(tell_value(text))
    assert is_withheld(tell_value(text.encode()))


@pytest.mark.parametrize("text", ["the password is kept by lea", 'say "secret" twice', "a=b", "!"])
def test_what_does_not(text: str) -> None:
    assert not looks_secret(text)
