"""Opens the daemon's gateways to clusters and backup servers from configuration and secrets."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from noc_tui.clock import Clock
from noc_tui.cluster.connection_config import ApiToken, CallLimits, ClusterAccess
from noc_tui.cluster.gateway import Gateway
from noc_tui.cluster.pbs import BackupGateway
from noc_tui.config import BackupServer, ClusterConfig, Configuration, Secrets
from noc_tui.config import SecretToken as ConfiguredToken


@asynccontextmanager
async def open_gateways(
    config: Configuration, secrets: Secrets, clock: Clock
) -> AsyncIterator[Mapping[str, Gateway]]:
    """Open a gateway for each cluster; all are closed at the end."""
    async with AsyncExitStack() as stack:
        gateways: dict[str, Gateway] = {}
        for cluster in config.clusters:
            gateway = Gateway(access(cluster, secrets), clock)
            stack.push_async_callback(gateway.close)
            gateways[cluster.name] = gateway
        yield gateways


def access(cluster: ClusterConfig, secrets: Secrets) -> ClusterAccess:
    """How a configured cluster is entered and trusted."""
    action = secrets.action.get(cluster.name)
    return ClusterAccess(
        name=cluster.name,
        endpoints=cluster.endpoints,
        read_token=_token(secrets.read[cluster.name]),
        action_token=None if action is None else _token(action),
        ca_file=cluster.ca_file,
        fingerprint=cluster.fingerprint,
        limits=CallLimits(read=cluster.timeout),
        read_token_file=cluster.read_token_file,
        action_token_file=cluster.action_token_file,
    )


def backup_gateway(server: BackupServer, secrets: Secrets, clock: Clock) -> BackupGateway:
    """The way to a backup server."""
    return BackupGateway(backup_access(server, secrets), clock)


def backup_access(server: BackupServer, secrets: Secrets) -> ClusterAccess:
    """How a configured backup server is entered and trusted."""
    return ClusterAccess(
        name=server.name,
        endpoints=(server.url,),
        read_token=_token(secrets.backup[server.name]),
        ca_file=server.ca_file,
        fingerprint=server.fingerprint,
        service="PBS",
        limits=CallLimits(read=server.timeout),
        read_token_file=server.token_file,
    )


def _token(configured: ConfiguredToken) -> ApiToken:
    return ApiToken(configured.name, configured.secret.reveal())
