"""The canonical encoding: no two things are encoded alike, and every field counts."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from storage import chain

PARTS = st.lists(st.binary(max_size=40), max_size=8)
TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
HASH = st.binary(min_size=32, max_size=32)
ENTRIES = st.builds(
    chain.ChainEntry,
    seq=st.integers(1, 2**53),
    previous=HASH,
    at=st.integers(0, 2**60),
    kind=TEXT,
    uid=st.integers(0, 2**32),
    account=TEXT,
    subjects=st.lists(TEXT, max_size=4).map(tuple),
    payload_hash=HASH,
    key_id=TEXT,
)


@given(PARTS)
def test_what_is_encoded_is_decoded(parts: list[bytes]) -> None:
    assert chain.decode(chain.encode(parts)) == parts


@given(PARTS, PARTS)
def test_different_lists_have_different_encodings(one: list[bytes], two: list[bytes]) -> None:
    assert (chain.encode(one) == chain.encode(two)) == (one == two)


@given(ENTRIES, ENTRIES)
def test_different_entries_have_different_hashes(
    one: chain.ChainEntry, two: chain.ChainEntry
) -> None:
    assert (chain.entry_hash(one) == chain.entry_hash(two)) == (one == two)


@given(ENTRIES)
def test_moving_text_between_fields_is_noticed(entry: chain.ChainEntry) -> None:
    moved = replace(entry, kind=entry.kind + "x", account=entry.account[1:])
    joined = replace(entry, subjects=("".join(entry.subjects),))
    assert chain.body_hash(moved) != chain.body_hash(entry)
    assert (joined.subjects == entry.subjects) == (
        chain.body_hash(joined) == chain.body_hash(entry)
    )


@given(st.binary(max_size=32), st.binary(max_size=64))
def test_salt_and_payload_do_not_run_into_each_other(salt: bytes, payload: bytes) -> None:
    assert chain.payload_hash(salt, payload + b"x") != chain.payload_hash(salt + b"x", payload)
