"""Availability through real programs: a daemon that dies is not an outage."""

import json
import time
from pathlib import Path

import pytest

from tests.end_to_end.programs import Scene, scene, until

SPEED = 40.0
TEN_MINUTES = 600.0


def statement(played: Scene, tenant: str, month: str) -> dict[str, object]:
    done = played.call("sla", "statement", "--tenant", tenant, "--month", month, "--format", "json")
    assert done.returncode == 0, done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


@pytest.mark.long
def test_ten_minutes_without_nocd_are_unmeasured_and_not_one_second_of_downtime(
    tmp_path: Path,
) -> None:
    with scene(tmp_path, SPEED) as played:
        tenants = [entry["id"] for entry in played.status()[1]["tenants"]]
        month = played.status()[1]["clusters"][0]["observed_at"][:7]
        played.nocd.kill()
        killed = played.estate.clock.now()
        time.sleep(TEN_MINUTES / SPEED)
        played.start_nocd()
        until(played.fresh, "fresh again")
        away = (played.estate.clock.now() - killed).total_seconds()
        until(lambda: longest_gap(played, tenants[0], month) >= TEN_MINUTES, "the gap")
        for tenant in tenants:
            found = statement(played, tenant, month)
            assert found["raw"] == {"down_seconds": "0", "percent": "100.0000"}
            assert longest_gap(played, tenant, month) < away + TEN_MINUTES
        done = played.call("incident", "list", "--json")
        assert json.loads(done.stdout) == []


def longest_gap(played: Scene, tenant: str, month: str) -> float:
    """The longest stretch that nobody observed, once anybody had begun to."""
    intervals = statement(played, tenant, month)["intervals"]
    assert isinstance(intervals, list)
    return max(
        (
            float(one["seconds"])
            for one in intervals
            if one["kind"] == "unmeasured" and one["reason"] == "not observed"
        ),
        default=0.0,
    )
