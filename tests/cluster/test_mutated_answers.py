"""Any JSON and any change of a recorded answer: nothing but the declared errors leaves a read, one
row that cannot be read hides no other, and all that is kept can be stored and shown.
"""

import itertools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from noc_tui.cluster import answers, errors
from noc_tui.cluster.api_rows import ResourceRow, StatusRow, TaskRow
from noc_tui.cluster.build_snapshot import KnownCluster
from noc_tui.cluster.client import EndpointAnswer
from noc_tui.cluster.decoding import MAX_DEPTH, decode_leniently, decode_rows, read_rows
from noc_tui.cluster.error_mapping import CallContext, refusal
from noc_tui.cluster.fast import read_fast
from noc_tui.cluster.omissions import OmissionLog
from noc_tui.cluster.pbs import GroupRow, SnapshotRow, TokenRow, UserRow, by_guest
from noc_tui.cluster.slow import HaResource
from noc_tui.cluster.slow_reading import read_slow
from noc_tui.cluster.snapshot import ClusterSnapshot
from tests.cluster.test_recorded_answers import KINDS, RECORDED, recorded

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
WIDEST = 1 << 63
FAST = {"cluster/status": 98, "cluster/resources": 99, "cluster/tasks": 300}

# As they stand in a body: Perl writes NaN and Inf, and a spoilt store any bytes.
ODD = (
    *("NaN", "Infinity", "-Infinity", "1e999", "-1e999", "1e300", "-1", "0", "1.5", "null", "true"),
    *("1" + "0" * 30, "-1" + "0" * 30, "9" * 5000, str(1 << 63), str(1 << 70), "1772438400000"),
    *('""', '"banana"', r'"\ud800"', r'"\udc00\ud800"', r'"\u0000\u001b[2J"', f'"{"x" * 9000}"'),
    *("[]", "{}", "[[1]]", '{"a":1}', "[" * 60 + "]" * 60, "[" * 100_000 + "]" * 100_000),
)  # fmt: skip
odd_texts = st.sampled_from(ODD)
any_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
).map(json.dumps)
slowly = settings(suppress_health_check=list(HealthCheck))


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each value within."""
    yield path
    if isinstance(value, dict | list):
        for key, one in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(one, (*path, key))


def with_value(body: bytes, path: tuple[Any, ...], text: str) -> bytes:
    """The body with another text for the value at that path."""
    whole = json.loads(body)
    if not path:
        return text.encode()
    holder = whole
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = "\x01here\x01"
    return json.dumps(whole).replace(r'"\u0001here\u0001"', text).encode("utf-8", "surrogatepass")


@st.composite
def mutations(draw: st.DrawFn, body: bytes) -> bytes:
    """One value replaced, or bytes changed, cut out or put in."""
    if draw(st.booleans()):
        path = draw(st.sampled_from(list(leaves(json.loads(body)))))
        return with_value(body, path, draw(odd_texts | any_json))
    begin = draw(st.integers(0, len(body)))
    end = draw(st.integers(begin, min(len(body), begin + 40)))
    return body[:begin] + draw(st.binary(max_size=40)) + body[end:]


def kind_of(path: str) -> Any:
    return next((kind for pattern, kind in KINDS.items() if re.fullmatch(pattern, path)), object)


@slowly
@given(st.data(), st.sampled_from(RECORDED))
def test_a_mutated_recording_is_read_or_refused(data: st.DataObject, one: Any) -> None:
    body = data.draw(mutations(one.body.encode()))
    kind = kind_of(one.path.partition("?")[0])
    answered = EndpointAnswer(body, "https://pve1")
    with_declared_errors(lambda: answered.decoded("lab", lambda it: decode_leniently(it, kind)))


def with_declared_errors(read: Callable[[], object]) -> None:
    """What is read can be written again; what cannot be read is a `ClusterError`."""
    try:
        found = read()
    except errors.ClusterError:
        return
    msgspec.json.encode(found)


def asked_of(bodies: Mapping[str, bytes], default: bytes = b"") -> Callable[[str], EndpointAnswer]:
    return lambda path: EndpointAnswer(bodies.get(path, default), "https://pve1")


@cache
def recorded_poll() -> Mapping[str, bytes]:
    return {path: recorded(number) for path, number in FAST.items()}


@slowly
@given(st.data(), st.sampled_from(list(FAST)))
def test_a_poll_of_mutated_answers_is_storable_or_refused(data: st.DataObject, path: str) -> None:
    _, known = read_fast("lab", KnownCluster(), NOW, asked_of(recorded_poll()))
    whole = recorded_poll()
    bodies = {**whole, path: data.draw(mutations(whole[path]))}
    try:
        seen, after = read_fast(
            "lab", known, NOW + timedelta(seconds=10), asked_of(bodies, b'{"data":{}}')
        )
        read_fast("lab", after, NOW + timedelta(seconds=20), asked_of(recorded_poll()))
    except errors.ClusterError:
        return
    assert_storable(seen)


@slowly
@given(any_json, any_json)
def test_any_json_for_an_answer_is_read_or_refused(text: str, other: str) -> None:
    body = f'{{"data":{text}}}'.encode()
    for path in FAST:
        bodies = {**recorded_poll(), path: body}
        with_declared_errors(
            lambda bodies=bodies: read_fast("lab", KnownCluster(), NOW, asked_of(bodies))[0].gaps  # type: ignore[misc]
        )
    with_declared_errors(lambda: read_slow("lab", NOW, lambda path: body).gaps)
    for kind in (GroupRow, SnapshotRow, UserRow, HaResource, StatusRow, TaskRow, ResourceRow):
        log = OmissionLog()
        with_declared_errors(
            lambda kind=kind, log=log: EndpointAnswer(body, "").decoded(  # type: ignore[misc]
                "lab", lambda it: read_rows(it, kind, log)
            )
        )
    assert isinstance(
        refusal(CallContext("lab", "https://pve1", False), 500, other, text.encode()),
        errors.ClusterError,
    )


def assert_storable(value: object) -> None:
    """Every number within 64 bits and finite, every text encodable."""
    if isinstance(value, str):
        value.encode()
    elif isinstance(value, int):
        assert -WIDEST <= value < WIDEST
    elif isinstance(value, float):
        assert abs(value) < 1e300
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            assert_storable(getattr(value, name))
    elif isinstance(value, dict):
        for key, one in value.items():
            assert_storable(key)
            assert_storable(one)
    elif isinstance(value, list | tuple | frozenset):
        for one in value:
            assert_storable(one)


@cache
def whole_poll() -> tuple[ClusterSnapshot, KnownCluster]:
    return read_fast("lab", KnownCluster(), NOW, asked_of(recorded_poll()))


def poll_after(path: str, body: bytes) -> tuple[ClusterSnapshot, ClusterSnapshot]:
    """A whole poll, and the next one with that answer to one of its requests."""
    whole, known = whole_poll()
    later = NOW + timedelta(seconds=10)
    return whole, read_fast("lab", known, later, asked_of({**recorded_poll(), path: body}))[0]


ROWS = json.loads(recorded(99))["data"]


@pytest.mark.parametrize("index", range(len(ROWS)), ids=lambda i: str(ROWS[i]["id"]))
def test_one_mutated_row_hides_no_other_and_is_not_gone(index: int) -> None:
    """Whatever stands in whichever field of one row: each other thing is as before, and what the
    row was of is there, at worst unknown. Nothing that cannot be read is zero.

    The rows of one type share the odd texts: each comes to each field of each type once.
    """
    own = ROWS[index]
    alike = [place for place, row in enumerate(ROWS) if row["type"] == own["type"]]
    texts = ODD[alike.index(index) :: len(alike)]
    for field, text in itertools.product(own, texts):
        if field == "shared" and text in ("0", "true"):
            continue  # which it may be
        body = with_value(recorded(99), ("data", index, field), text)
        before, after = poll_after("cluster/resources", body)
        for name in ("nodes", "guests", "storages", "pools"):
            assert set(getattr(before, name)) <= set(getattr(after, name)), (field, name)
        for vmid, guest in before.guests.items():
            now = after.guests[vmid]
            if own["id"] != f"{guest.kind}/{vmid}" and own["type"] != "node":
                assert now == guest, field
            elif field not in ("status", "hastate", "node") and text in ("NaN", "1e300", "[]"):
                assert now.memory in (None, guest.memory)
                assert now.memory_percent in (None, guest.memory_percent)
        for name, node in before.nodes.items():
            if own["id"] != f"node/{name}":
                assert after.nodes[name] == node, field


def test_what_is_left_out_is_counted_and_named() -> None:
    body = with_value(recorded(99), ("data", 0, "maxmem"), "1" + "0" * 30)
    _, after = poll_after("cluster/resources", body)
    assert (after.omitted.fields, after.omitted.rows) == (1, 0)
    assert after.omitted.examples == (f"{ROWS[0]['id']}: maxmem",)
    body = with_value(recorded(99), ("data", 0, "id"), "7")
    _, after = poll_after("cluster/resources", body)
    assert (after.omitted.rows, after.omitted.anonymous) == (1, True)


@pytest.mark.parametrize("text", ["-3600", "1764547200000", "NaN", '"soon"'])
def test_one_odd_task_hides_no_guest_and_no_other_task(text: str) -> None:
    tasks = json.loads(recorded(300))["data"]
    body = with_value(recorded(300), ("data", 0, "starttime"), text)
    before, after = poll_after("cluster/tasks", body)
    assert (after.guests, after.tasks) == (before.guests, before.tasks)
    assert after.omitted.rows == 1
    assert tasks[0]["upid"] in after.omitted.identities


def test_a_quorum_that_cannot_be_read_is_unknown_and_not_had() -> None:
    status = json.loads(recorded(98))["data"]
    for index, row in enumerate(status):
        for field in set(row) & {"type", "name", "quorate", "online"}:
            for text in ('"banana"', "NaN", "[]", "7"):
                body = with_value(recorded(98), ("data", index, field), text)
                before, after = poll_after("cluster/status", body)
                if row["type"] == "cluster" and (field, text) != ("name", '"banana"'):
                    assert after.quorate is None, (field, text)
                else:
                    assert after.quorate is before.quorate
                assert {node.status for node in after.nodes.values()} <= {"online", "unknown"}


def test_an_answer_nested_deeply_is_cut_where_it_is_deep() -> None:
    for depth in (MAX_DEPTH, 10_000, 200_000):
        body = with_value(recorded(99), ("data", 1, "name"), "[" * depth + "]" * depth)
        before, after = poll_after("cluster/resources", body)
        assert set(after.guests) == set(before.guests)


def test_a_backup_server_leaves_out_the_bad_backup_alone() -> None:
    rows = b"""{"data":[
     {"backup-type":"vm","backup-id":"101","backup-time":1772438400,"size":1000,
      "verification":{"state":"ok","upid":"x"}},
     {"backup-type":"vm","backup-id":"101","backup-time":1772438400000,"size":1000},
     {"backup-type":"vm","backup-id":"102","backup-time":1772438400,"size":1e40},
     {"backup-type":"vm","backup-id":"103","backup-time":1772438400,"size":NaN,
      "verification":{"state":"banana"}}]}"""
    groups = b'{"data":[{"backup-type":"vm","backup-id":"102","last-backup":1772438400}]}'
    log = OmissionLog()
    found = by_guest(read_rows(groups, GroupRow, log), read_rows(rows, SnapshotRow, log))
    (first,) = found["vm", "101"].backups
    assert (first.size, first.verified) == (1000, True)
    assert [(b.size, b.finished) for b in found["vm", "102"].backups] == [(None, True)]
    (third,) = found["vm", "103"].backups
    assert (third.finished, third.verified) == (False, None)
    assert (log.total().fields, log.total().rows) == (2, 1)


def test_a_default_that_says_something_is_not_put_for_what_cannot_be_read() -> None:
    """A token whose end cannot be read is not one that never ends; HA's wish is not `started`."""
    for body, kind in (
        (b'{"data":[{"tokenid":"a@pbs!b","expire":1e40}]}', TokenRow),
        (b'{"data":[{"sid":"vm:100","state":7}]}', HaResource),
    ):
        log = OmissionLog()
        assert read_rows(body, kind, log) == []
        assert log.rows == 1
        with pytest.raises(ValueError, match="cannot be read"):
            decode_rows(body, kind)
    status = decode_leniently(
        b'{"data":{"status":"running","uptime":NaN,"mem":-1}}', answers.GuestStatus
    )
    assert (status.uptime, status.mem) == (None, None)
