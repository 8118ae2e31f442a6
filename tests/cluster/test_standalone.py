"""A single node that never joined a cluster: no quorum, no HA, no pools, no backup server, and a
certificate of its own that is known by its fingerprint.
"""

from pathlib import Path

import pytest

from noc_tui.api.doctor import Finding
from noc_tui.cluster.actions import inverse, plan_cut_network, plan_stop
from noc_tui.config import ClusterConfig, Configuration, Database, Hoster, Secret, Secrets, Socket
from noc_tui.config import SecretToken as ConfiguredToken
from noc_tui.daemon.core import gateways
from noc_tui.daemon.doctor.examination import examine
from noc_tui.simulator.endpoints import ClusterEndpoint
from tests.cluster.actions.conftest import Lab, lab, options
from tests.cluster.actions.test_suspension import record_of
from tests.cluster.actions.world import meaning

pytestmark = pytest.mark.anyio
__all__ = ["lab", "options"]  # fixtures


def alone(lab: Lab) -> None:
    """What is left when the first node stands by itself, freshly installed but for its guests."""
    cluster = lab.cluster
    first = next(iter(cluster.nodes))
    for guest in [guest for guest in cluster.guests.values() if guest.node != first]:
        cluster.remove_guest(guest.vmid)
    for guest in cluster.guests.values():
        guest.pool = ""
    cluster.nodes = {first: cluster.nodes[first]}
    for left in (cluster.ha, cluster.pools, cluster.jobs, cluster.replications):
        left.clear()
    cluster.standalone, cluster.ha_used, cluster.ha_manager = True, False, False
    lab.simulator.world.ha.forget(cluster)
    cluster.touch()


async def test_it_is_polled_like_a_cluster(lab: Lab) -> None:
    alone(lab)
    snapshot = await lab.gateway.fast_poll()
    assert (snapshot.quorate, snapshot.gaps, dict(snapshot.pools)) == (True, (), {})
    assert [node.status for node in snapshot.nodes.values()] == ["online"]
    assert {guest.pool for guest in snapshot.guests.values()} == {None}
    slow = await lab.gateway.slow_poll()
    assert (slow.gaps, slow.ha_resources, slow.replication) == ((), (), ())
    assert [row.type for row in slow.ha_status or ()] == ["quorum"]


@pytest.mark.parametrize("kind", ["qemu", "lxc"])
async def test_its_guests_are_suspended_and_restored(lab: Lab, kind: str) -> None:
    alone(lab)
    guest = lab.guest(kind)
    guest.config["onboot"] = 1
    record = await record_of(lab, guest)
    assert record.ha is None
    steps = (*plan_cut_network(record).steps, *plan_stop(record).steps)
    outcomes = await lab.through(steps, record)
    assert [outcome.kind for outcome in outcomes if not outcome.settled] == []
    assert not guest.running
    await lab.through(inverse(steps, record), record)
    assert meaning(await record_of(lab, guest)) == meaning(record)


async def examined(lab: Lab, where: ClusterEndpoint, read: str) -> list[Finding]:
    """What `doctor` finds of the node, trusted by its fingerprint alone."""
    cluster = ClusterConfig(
        name=where.name,
        site=where.site,
        endpoints=(where.url,),
        read_token_file=Path("read"),
        action_token_file=Path("action"),
        fingerprint=where.fingerprint,
    )
    config = Configuration(
        database=Database(path=Path("noc.db")),
        socket=Socket(path=Path("nocd.sock")),
        hoster=Hoster(name="Exemple", contact="noc@example.fr"),
        clusters=(cluster,),
    )
    secrets = Secrets(
        read={where.name: _token(read)}, action={where.name: _token(where.action_token)}
    )
    assert gateways.access(cluster, secrets).ca_file is None
    found = await examine(config, secrets, lab.clock)
    return [finding for finding in found if finding.topic == where.name]


def _token(line: str) -> ConfiguredToken:
    name, _, secret = line.partition("=")
    return ConfiguredToken(name, Secret(secret))


async def test_doctor_finds_nothing_wrong_with_it(lab: Lab) -> None:
    alone(lab)
    found = await examined(lab, lab.simulator.clusters[0], lab.simulator.clusters[0].token)
    assert [finding.text for finding in found if finding.level == "bad"] == []


async def test_doctor_names_all_that_a_blind_token_lacks(lab: Lab) -> None:
    """The clock, which it may not read either, hides none of it."""
    where, access = lab.simulator.clusters[0], lab.cluster.access
    blind = where.blind_token.partition("=")[0]
    for entry in [entry for entry in access.entries() if entry.principal == blind]:
        access.revoke(entry.path, entry.kind, entry.principal, entry.role)
    found = await examined(lab, where, where.blind_token)
    lacking = [f.text for f in found if f.key.endswith("read_token_file") and f.level == "bad"]
    assert any("Sys.Audit on /," in text for text in lacking)
    assert any("VM.Audit on /vms," in text for text in lacking)
    (clock,) = [finding for finding in found if "clocks" in finding.text]
    assert (clock.level, "Sys.Audit" in clock.text) == ("warning", True)
