"""Where the parts of a running simulator answer, as values that go to configurations."""

from dataclasses import dataclass

from noc_tui.simulator.estate.clusters import OPERATOR
from noc_tui.simulator.model.backups import BackupServer
from noc_tui.simulator.model.cluster import Cluster

PBS_TOKEN = "noc@pbs!read"  # noqa: S105  a token's name


@dataclass(frozen=True, slots=True)
class ClusterEndpoint:
    """Where a cluster answers and with which tokens; `token` reads, `action_token` changes.

    `blind_token` lacks most privileges, `root_token` is the superuser's.
    """

    name: str
    site: str
    url: str
    urls: tuple[str, ...]
    ca_file: str
    fingerprint: str
    token: str
    action_token: str
    blind_token: str
    root_token: str


@dataclass(frozen=True, slots=True)
class BackupEndpoint:
    """Where a backup server answers; it keeps the guests of `clusters`, on another site."""

    name: str
    site: str
    url: str
    ca_file: str
    fingerprint: str
    token: str
    datastore: str
    namespace: str
    clusters: tuple[str, ...]


def cluster_endpoint(
    cluster: Cluster, urls: tuple[str, ...], ca_file: str, fingerprint: str
) -> ClusterEndpoint:
    """The cluster's tokens beside its addresses."""

    def token(name: str) -> str:
        return f"{name}={cluster.access.tokens[name].secret}"

    return ClusterEndpoint(
        name=cluster.name,
        site=cluster.site,
        url=urls[0],
        urls=urls,
        ca_file=ca_file,
        fingerprint=fingerprint,
        token=token(f"{OPERATOR}!read"),
        action_token=token(f"{OPERATOR}!action"),
        blind_token=token(f"{OPERATOR}!blind"),
        root_token=token("root@pam!full"),
    )


def backup_endpoint(
    server: BackupServer, url: str, ca_file: str, fingerprint: str
) -> BackupEndpoint:
    """The backup server's token beside its address."""
    return BackupEndpoint(
        name=server.name,
        site=server.site,
        url=url,
        ca_file=ca_file,
        fingerprint=fingerprint,
        token=f"{PBS_TOKEN}:{server.secrets[PBS_TOKEN]}",
        datastore=server.datastore,
        namespace="",
        clusters=(server.guests_of,),
    )
