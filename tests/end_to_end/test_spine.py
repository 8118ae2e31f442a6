"""The spine through real programs: what is seen, how it ages, who may ask."""

import json
import os
import pwd
import sqlite3
import time
from collections.abc import Callable
from typing import Any

import pytest

from storage.verdict import Verdict
from storage.verify import verify
from tests.end_to_end.programs import NotStarted, Program, Scene, until


def states(document: dict[str, list[dict[str, str]]]) -> dict[str, str]:
    return {
        f"{kind}/{entry.get('id') or entry['name']}": entry["state"]
        for kind in ("nodes", "tenants")
        for entry in document[kind]
    }


def fresh(played: Scene) -> dict[str, Any]:
    """What the program says, once its exit code says that all of it is fresh."""
    said: list[tuple[int, dict[str, Any]]] = []

    def holds() -> bool:
        said.append(played.status())
        return said[-1][0] == 0

    until(holds, "a fresh status")
    return said[-1][1]


def test_every_cluster_node_and_tenant_has_an_age(played: Scene) -> None:
    document = fresh(played)
    assert {cluster["name"] for cluster in document["clusters"]} == {"rennes", "nantes"}
    assert document["nodes"]
    for kind in ("clusters", "nodes", "tenants"):
        for entry in document[kind]:
            assert entry["age_seconds"] is not None
            assert entry["observed_at"].endswith("Z")
            assert entry["stale"] is False


def test_a_dead_cluster_grows_old_and_turns_nothing_green_zero_or_empty(played: Scene) -> None:
    before = played.status()[1]
    played.simulator.kill()
    until(lambda: all(node["stale"] for node in played.status()[1]["nodes"]), "all stale")
    _, document = played.status()
    assert states(document) == states(before)
    assert {cluster["state"] for cluster in document["clusters"]} == {"unreachable"}
    assert all(cluster["error"] for cluster in document["clusters"])
    assert [c["guests"] for c in document["clusters"]] == [c["guests"] for c in before["clusters"]]
    played.start_simulator()
    until(played.fresh, "fresh again")


def test_without_nocd_the_last_state_is_printed_and_the_exit_code_says_so(played: Scene) -> None:
    before = played.status()[1]
    assert played.nocd.stop() == 0
    code, document = played.status()
    assert code == 3
    assert document["nocd"]["running"] is False
    assert states(document) == states(before)
    played.start_nocd()
    played.nocd.kill()
    code, document = played.status()
    assert (code, states(document)) == (3, states(before))


def test_only_one_daemon_holds_a_database(played: Scene) -> None:
    with pytest.raises(NotStarted, match="already holds") as refused:
        Program.start("nocd", "--config", str(played.config))
    assert refused.value.code == 1


def test_a_part_can_be_played_in_a_demo_alone(played: Scene) -> None:
    assert played.command("--as", "vera", "doctor").returncode == 4
    assert played.command("--as", "olga", "doctor").returncode in (0, 1)
    text = played.config.read_text()
    played.config.write_text(text[: text.index("[demo]")])
    played.nocd.stop()
    played.start_nocd()
    for _attempt in range(3):
        done = played.command("--as", "olga", "doctor")
        assert done.returncode == 4, done.stderr
    played.nocd.stop()
    refused = _refusals(played)
    assert len(refused) == 2, "the first, then a count"
    assert refused[1]["more"] == 2


def _refusals(played: Scene) -> list[dict[str, object]]:
    database = played.directory / "noc.db"
    assert verify(database).verdict is Verdict.INTACT
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as file:
        rows = file.execute(
            "SELECT content FROM evidence JOIN evidence_payload USING (seq)"
            " WHERE kind = 'access.refused' AND account = ? ORDER BY seq",
            (pwd.getpwuid(os.geteuid()).pw_name,),
        ).fetchall()
    file.close()
    return [json.loads(content) for (content,) in rows]


@pytest.mark.parametrize("told", [Program.end_input, Program.interrupt])
def test_the_demo_ends_when_told_and_leaves_nothing(told: Callable[[Program], int]) -> None:
    demo = Program.start("demo", "--headless", "--guests", "10", "--tenants", "2")
    directory = os.path.dirname(demo.ready["database"])
    children = _children(demo.process.pid)
    assert len(children) == 2
    assert told(demo) == 0
    assert not os.path.exists(directory)
    assert not any(_alive(pid) for pid in children)


def _children(pid: int) -> list[int]:
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return [int(child) for child in file.read().split()]


def _alive(pid: int) -> bool:
    for _attempt in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.05)
    return True
