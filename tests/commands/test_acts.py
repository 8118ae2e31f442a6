"""`noc-tui guest` and `noc-tui node`: shown first, ordered with --yes, followed to the end."""

import json
from pathlib import Path

import pytest

from tests.console.conftest import answering
from tests.support.commands import Called, call_in_thread

pytestmark = pytest.mark.anyio
CONFIG = """
[database]
path = "{folder}/noc.db"
[socket]
path = "{folder}/s"
[demo]
account = 0
"""


async def called(folder: Path, module: str, *words: str) -> tuple[Called, list[tuple[str, bytes]]]:
    config = folder / "noc.toml"
    config.write_text(CONFIG.format(folder=folder), encoding="utf-8")
    async with answering(folder / "s") as nocd:
        done = await call_in_thread(module, ["--config", str(config), module, *words])
        return done, nocd.orders


async def test_an_act_is_only_shown_without_a_yes(tmp_path: Path) -> None:
    done, orders = await called(tmp_path, "guest", "migrate", "rennes/101")
    assert done.code == 0, done.err
    assert "moved to pve2 while it runs on" in done.out
    assert "Nothing was done" in done.out
    assert [path for path, _body in orders] == ["/v1/acts/preview"]


async def test_an_act_with_a_yes_is_ordered(tmp_path: Path) -> None:
    done, orders = await called(
        tmp_path, "guest", "backup", "rennes/101", "--yes", "--no-wait", "--json"
    )
    assert done.code == 0, done.err
    assert json.loads(done.out) == {"intents": [1, 2]}
    assert json.loads(orders[-1][1])["act"]["act"] == "backup"


async def test_a_plan_is_shown_wave_by_wave_with_who_stays(tmp_path: Path) -> None:
    done, orders = await called(tmp_path, "node", "evacuate", "rennes/pve1")
    assert done.code == 0, done.err
    assert "Wave 1: 1 guest" in done.out
    assert "rennes/102" in done.out
    assert [path for path, _body in orders] == ["/v1/nodes/rennes/pve1/evacuation/preview"]


async def test_a_window_is_given_whole_or_not_at_all(tmp_path: Path) -> None:
    done, orders = await called(
        tmp_path, "node", "evacuate", "rennes/pve1", "--title", "Disks", "--yes"
    )
    assert done.code == 2
    assert "--start" in done.err
    assert orders == []


async def test_the_command_for_maintenance_is_shown(tmp_path: Path) -> None:
    done, _orders = await called(tmp_path, "node", "maintenance", "rennes/pve1", "enter")
    assert done.code == 0, done.err
    assert "ha-manager crm-command node-maintenance enable pve1" in done.out
