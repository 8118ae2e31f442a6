"""`nocd check` says which pools two clients name, and which no cluster has."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from noc_tui.commands.register_check import contested_pools, unknown_pools
from noc_tui.config import Configuration
from noc_tui.config.values import RegisterConfig
from noc_tui.daemon.core.identity import itself
from storage.database import Writer
from storage.inventory import POOLS, SOURCES, Pool
from tests.console import estate
from tests.console.estate import NOW

CLIENT = '[[tenant]]\nid = "{0}"\nname = "{0}"\nemail = "{0}@example.fr"\npools = ["{1}"]\n'


def configured(folder: Path, *clients: tuple[str, str]) -> Configuration:
    file = folder / "tenants.toml"
    file.write_text("\n".join(CLIENT.format(*client) for client in clients), encoding="utf-8")
    return replace(estate.configuration(folder), register=RegisterConfig(file=file))


def test_a_pool_by_its_name_and_by_its_cluster_is_one(tmp_path: Path) -> None:
    config = configured(tmp_path, ("acme", "shared"), ("beta", "rennes:shared"), ("zeta", "zeta"))
    assert contested_pools(config) == [
        "pool rennes/shared is named by acme, beta: its guests count for none of them"
    ]
    apart = configured(tmp_path, ("acme", "nantes:shared"), ("beta", "rennes:shared"))
    assert contested_pools(apart) == []


def test_a_pool_below_anothers_is_not_contested(tmp_path: Path) -> None:
    assert contested_pools(configured(tmp_path, ("acme", "acme"), ("beta", "acme/prod"))) == []


@pytest.mark.anyio
@pytest.mark.parametrize(("seen", "said"), [(("rennes",), []), (("rennes", "nantes"), ["gone"])])
async def test_a_pool_is_in_no_cluster_once_all_were_seen(
    tmp_path: Path, seen: tuple[str, ...], said: list[str]
) -> None:
    config = configured(tmp_path, ("acme", "acme"), ("gone", "typo-pool"))
    writer = await Writer.open(config.database.path, clock_now=lambda: NOW)
    async with writer.change(itself()) as change:
        await change.put(POOLS, [Pool("rennes", "acme")])
        await change.put(SOURCES, [estate.source(cluster, "fast", 4) for cluster in seen])
    await writer.close()

    found = await pytest.importorskip("anyio").to_thread.run_sync(
        lambda: list(unknown_pools(config))
    )
    assert found == [f"{one}: pool typo-pool is in no cluster" for one in said]
