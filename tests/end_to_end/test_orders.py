"""Power orders through the real programs: durable, carried out once, on record."""

import sqlite3
from typing import Any

import pytest

from noc_tui.commands.client import Health, Nocd
from noc_tui.commands.failure import CommandFailure
from tests.end_to_end.programs import Scene, until


def nocd(played: Scene, play: str = "omar") -> Nocd:
    return Nocd(str(played.estate.socket), play)


def a_running_guest(played: Scene) -> tuple[str, int]:
    """Cluster and number of a guest that runs, without HA and without an order so far."""
    with sqlite3.connect(f"file:{played.directory / 'noc.db'}?mode=ro", uri=True) as file:
        row = file.execute(
            "SELECT cluster, vmid FROM guest WHERE status = 'running' AND kind = 'qemu'"
            " AND ha_state IS NULL AND lock IS NULL AND pool IS NOT NULL"
            " AND 'guest:' || cluster || '/' || vmid NOT IN (SELECT subject FROM intent) LIMIT 1"
        ).fetchone()
    file.close()
    return row[0], row[1]


def order(played: Scene, guest: tuple[str, int], action: str) -> int:
    cluster, vmid = guest
    with nocd(played) as socket:
        path = f"/v1/guests/{cluster}/{vmid}/power"
        return int(socket.post(path, dict[str, int], {"action": action})["intent"])


def intent(played: Scene, number: int) -> dict[str, Any]:
    with nocd(played) as socket:
        return socket.get(f"/v1/intents/{number}", dict[str, Any])


def _seen(played: Scene) -> dict[str, bool]:
    with nocd(played) as socket:
        return socket.get("/v1/health", Health).clusters


def stop_tasks(played: Scene, guest: tuple[str, int]) -> list[dict[str, Any]]:
    cluster, vmid = guest
    with nocd(played) as socket:
        tasks = socket.get(f"/v1/guests/{cluster}/{vmid}/tasks", list[dict[str, Any]])
    return [task for task in tasks if task["type"] == "qmstop"]


def test_an_order_is_carried_out_and_its_evidence_kept(played: Scene) -> None:
    guest = a_running_guest(played)
    number = order(played, guest, "stop")
    until(lambda: intent(played, number)["state"] == "done", "the stop")
    assert len(stop_tasks(played, guest)) == 1
    searched = played.command("evidence", "verify")
    assert searched.stdout.startswith("intact"), searched.stderr


def test_a_viewer_may_not_order(played: Scene) -> None:
    cluster, vmid = a_running_guest(played)
    with nocd(played, "vera") as socket, pytest.raises(CommandFailure) as refused:
        socket.post(f"/v1/guests/{cluster}/{vmid}/power", dict[str, int], {"action": "stop"})
    assert refused.value.code == 4
    assert stop_tasks(played, (cluster, vmid)) == []


def test_a_daemon_killed_after_an_order_settles_it_without_asking_twice(played: Scene) -> None:
    guest = a_running_guest(played)
    number = order(played, guest, "stop")
    until(lambda: intent(played, number)["state"] != "pending", "the order taken up")
    played.nocd.kill()
    played.start_nocd()
    until(lambda: intent(played, number)["state"] == "done", "the order settled")
    until(lambda: all(_seen(played).values()), "the clusters seen by the new daemon")
    assert len(stop_tasks(played, guest)) == 1
