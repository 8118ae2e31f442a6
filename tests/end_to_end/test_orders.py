"""Power orders through the real programs: durable, carried out once, on record."""

import sqlite3

import pytest

from noc_tui.api import guests as api
from noc_tui.api.core import HEALTH
from noc_tui.api.endpoint import Request
from noc_tui.console.nocd.client import Nocd, RefusedError
from tests.end_to_end.programs import Scene, until


def nocd(played: Scene, play: str = "omar") -> Nocd:
    return Nocd(played.estate.socket, play)


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


def stopping(guest: tuple[str, int]) -> Request[api.Ordered]:
    cluster, vmid = guest
    return api.POWER(api.PowerOrder("stop"), cluster=cluster, vmid=vmid)


def stop(played: Scene, guest: tuple[str, int]) -> int:
    return nocd(played).ask_blocking(stopping(guest)).intent


def state(played: Scene, number: int) -> str:
    return nocd(played).ask_blocking(api.INTENT(number=number)).state


def _seen(played: Scene) -> dict[str, bool]:
    return nocd(played).ask_blocking(HEALTH()).clusters


def stop_tasks(played: Scene, guest: tuple[str, int]) -> list[api.GuestTask]:
    cluster, vmid = guest
    tasks = nocd(played).ask_blocking(api.TASKS(cluster=cluster, vmid=vmid))
    return [task for task in tasks if task.type == "qmstop"]


def test_an_order_is_carried_out_and_its_evidence_kept(played: Scene) -> None:
    guest = a_running_guest(played)
    number = stop(played, guest)
    until(lambda: state(played, number) == "done", "the stop")
    assert len(stop_tasks(played, guest)) == 1
    searched = played.command("evidence", "verify")
    assert searched.stdout.startswith("intact"), searched.stderr


def test_a_viewer_may_not_order(played: Scene) -> None:
    guest = a_running_guest(played)
    with pytest.raises(RefusedError) as refused:
        nocd(played, "vera").ask_blocking(stopping(guest))
    assert refused.value.code == 4
    assert stop_tasks(played, guest) == []


def test_a_daemon_killed_after_an_order_settles_it_without_asking_twice(played: Scene) -> None:
    guest = a_running_guest(played)
    number = stop(played, guest)
    until(lambda: bool(stop_tasks(played, guest)), "the order given")
    played.nocd.kill()
    played.start_nocd()
    until(lambda: state(played, number) == "done", "the order settled")
    until(lambda: all(_seen(played).values()), "the clusters seen by the new daemon")
    assert len(stop_tasks(played, guest)) == 1
