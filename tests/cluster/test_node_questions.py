"""Questions to one node after another: how many, whose turn, and what the answers are read as."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.cluster.node_questions import MOST_QUESTIONS, QUESTIONS, choose_questions
from noc_tui.cluster.omissions import OmissionLog

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)


@given(st.integers(0, 60))
def test_never_more_than_four_a_round_and_everybody_has_a_turn(number: int) -> None:
    nodes = [f"pve{one}" for one in range(number)]
    asked: dict[tuple[str, str], datetime] = {}
    rounds = -(-len(nodes) * len(QUESTIONS) // MOST_QUESTIONS)
    for turn in range(rounds + number):
        chosen = choose_questions(nodes, asked)
        assert len(chosen) == len(set(chosen)) <= MOST_QUESTIONS
        asked |= dict.fromkeys(chosen, NOW + timedelta(minutes=5 * turn))
    assert set(asked) == {(node, topic) for node in nodes for topic in QUESTIONS}


def test_a_node_is_asked_once_a_round_where_there_are_others() -> None:
    assert len({node for node, _ in choose_questions(["a", "b", "c", "d", "e"], {})}) == 4
    assert [node for node, _ in choose_questions(["a"], {})] == ["a"] * 4


@pytest.mark.parametrize(
    ("topic", "body", "facts"),
    [
        (
            "subscription",
            b'{"status": "Active", "productname": "Standard", "nextduedate": "2026-09-30"}',
            [("Standard", "active", None, datetime(2026, 9, 30, tzinfo=UTC))],
        ),
        ("subscription", b'{"status": "notfound"}', [("subscription", "notfound", None, None)]),
        (
            "updates",
            b'[{"Package": "pve-manager", "Version": "9.2.12"}, {"Package": "zlib1g"}]',
            [("packages", "pending", 2, None)],
        ),
        ("updates", b"[]", [("packages", "current", 0, None)]),
        (
            "zfs",
            b'[{"name": "rpool", "health": "DEGRADED", "size": 1000, "alloc": 421}]',
            [("rpool", "DEGRADED", 42, None)],
        ),
        (
            "disk",
            b'[{"devpath": "/dev/sda", "health": "PASSED", "wearout": 97},'
            b' {"devpath": "/dev/sdb", "wearout": "N/A"}]',
            [("/dev/sda", "PASSED", 97, None), ("/dev/sdb", "UNKNOWN", None, None)],
        ),
        (
            "certificate",
            b'[{"filename": "pve-ssl.pem", "notafter": 1790000000}]',
            [("pve-ssl.pem", "known", None, datetime.fromtimestamp(1790000000, UTC))],
        ),
    ],
)
def test_answers_are_read(
    topic: str, body: bytes, facts: list[tuple[str, str, int | None, datetime | None]]
) -> None:
    found = QUESTIONS[topic].read(b'{"data": ' + body + b"}", OmissionLog())
    assert [(one.name, one.state, one.number, one.at) for one in found] == facts
