"""Tries what the configuration names: clusters, backup servers, tokens, privileges, clocks.

Every finding names the file and the key it is about, and what a missing privilege blinds.
"""

import asyncio
from collections.abc import Iterable

import msgspec

from noc_tui.api.doctor import Finding, Level
from noc_tui.clock import Clock
from noc_tui.cluster import errors, ids
from noc_tui.cluster.answers import Version
from noc_tui.cluster.api_rows import Instant
from noc_tui.cluster.connection_config import ApiToken, ClusterAccess
from noc_tui.cluster.gateway import Gateway
from noc_tui.cluster.pbs import BackupGateway
from noc_tui.cluster.privileges import (
    BACKUP_NEEDS,
    Need,
    Purpose,
    list_missing_needs,
    needs_of_version,
)
from noc_tui.cluster.slow import major_of
from noc_tui.config import BackupServer, ClusterConfig, Configuration, Roles, Secrets
from noc_tui.config.values import OnCallConfig
from noc_tui.daemon.core import gateways
from noc_tui.daemon.doctor import expiry
from noc_tui.daemon.doctor.probe_checks import check_probes
from noc_tui.i18n import _
from noc_tui.roles import unknown_members

DRIFT_SECONDS = 30

OLDEST = 8
"""The oldest major version of Proxmox VE that is supported."""


class _Node(msgspec.Struct, frozen=True):
    node: str
    status: str | None = None


class _Time(msgspec.Struct, frozen=True):
    """`/nodes/{node}/time`: `time` is seconds since the epoch."""

    time: Instant


async def examine(config: Configuration, secrets: Secrets, clock: Clock) -> list[Finding]:
    """Every cluster and backup server and the probes, each tried at the same time; the roles."""
    looks = [
        *(_cluster(cluster, secrets, clock, config.oncall) for cluster in config.clusters),
        *(
            _backup_server(server, secrets, clock, config.oncall)
            for server in config.backup_servers
        ),
        check_probes(config),
    ]
    tried = [finding for found in await asyncio.gather(*looks) for finding in found]
    return [*tried, *_unknown(config.roles)]


async def _cluster(
    cluster: ClusterConfig, secrets: Secrets, clock: Clock, days: OnCallConfig
) -> list[Finding]:
    access = gateways.access(cluster, secrets)
    gateway = Gateway(access, clock)
    key = f"cluster.{cluster.name}"
    try:
        return [
            *await _tokens(gateway, cluster, key, clock),
            *await expiry.certificates(access, f"{key}.endpoints", days),
            *await expiry.tokens(gateway, _by_key(access, key), days),
        ]
    except errors.GatewayError as error:
        shown = await expiry.certificates(access, f"{key}.endpoints", days)
        return [_unreachable(cluster.name, key, error), *shown]
    finally:
        await gateway.close()


async def _tokens(
    gateway: Gateway, cluster: ClusterConfig, key: str, clock: Clock
) -> list[Finding]:
    """Both tokens: what each lacks, and what that blinds."""
    granted = await gateway.permissions()
    reached = _("reached through {endpoint}").format(endpoint=gateway.endpoint)
    found = [Finding(cluster.name, f"{key}.endpoints", "good", reached)]
    found += [
        Finding(cluster.name, f"{key}.endpoints", "warning", str(state.error))
        for state in await gateway.check_endpoints()
        if state.error is not None
    ]
    found += await _clock(gateway, clock)
    major = await _major(gateway)
    if 0 < major < OLDEST:
        text = _("Proxmox VE {major} is past its end of life: from {oldest} on it is supported")
        said = text.format(major=major, oldest=OLDEST)
        found.append(Finding(cluster.name, f"{key}.endpoints", "warning", said))
    found += _missing(cluster.name, f"{key}.read_token_file", list_missing_needs(granted, ["read"]))
    action_key = f"{key}.action_token_file"
    if cluster.action_token_file is None:
        text = _("no token for changes: nothing can be ordered on this cluster")
        return [*found, Finding(cluster.name, action_key, "warning", text)]
    purposes: list[Purpose] = ["power", "suspend", "acts"]
    try:
        granted = await gateway.permissions(of_action_token=True)
    except errors.GatewayError as error:
        return [*found, Finding(cluster.name, action_key, "bad", str(error))]
    lacking = needs_of_version(list_missing_needs(granted, purposes), major)
    return found + _missing(cluster.name, action_key, lacking)


async def _major(gateway: Gateway) -> int:
    """The major version of the cluster; 0 where it is not told."""
    try:
        return major_of((await gateway.read("version", Version)).version)
    except errors.GatewayError:
        return 0


def _by_key(access: ClusterAccess, key: str) -> dict[str, ApiToken]:
    """The tokens by the configuration's keys that name their files."""
    found = {f"{key}.read_token_file": access.read_token}
    if access.action_token is not None:
        found[f"{key}.action_token_file"] = access.action_token
    return found


async def _clock(gateway: Gateway, clock: Clock) -> list[Finding]:
    """Evidence is worth its times: this machine's clock against that of a node. What keeps it from
    being seen, e.g. a privilege, hides none of the other findings.
    """
    try:
        nodes = await gateway.read("nodes", list[_Node])
        online = next((node.node for node in nodes if node.status == "online"), None)
        if online is None:
            said = _("no node is online to compare clocks with")
            return [Finding(gateway.name, "", "warning", said)]
        theirs = (await gateway.read(f"nodes/{ids.node(online)}/time", _Time)).time
    except errors.GatewayError as error:
        said = _("the clocks cannot be compared: {error}").format(error=error)
        return [Finding(gateway.name, "", "warning", said)]
    drift = abs(clock.now().timestamp() - theirs)
    text = _("this clock and that of {node} are {seconds} s apart").format(
        node=online, seconds=round(drift)
    )
    level: Level = "good" if drift <= DRIFT_SECONDS else "bad"
    return [Finding(gateway.name, "", level, text)]


async def _backup_server(
    server: BackupServer, secrets: Secrets, clock: Clock, days: OnCallConfig
) -> list[Finding]:
    gateway: BackupGateway = gateways.backup_gateway(server, secrets, clock)
    key, access = f"pbs.{server.name}", gateways.backup_access(server, secrets)
    token, now = access.read_token, clock.now()
    try:
        granted = await gateway.permissions()
        held = await expiry.backup_token(gateway, f"{key}.token_file", token, now, days)
    except errors.GatewayError as error:
        return [_unreachable(server.name, key, error, "token_file", "url")]
    finally:
        await gateway.close()
    reached = _("reached through {endpoint}").format(endpoint=server.url)
    lacking = list_missing_needs(granted, ["backup"], BACKUP_NEEDS)
    return [
        Finding(server.name, f"{key}.url", "good", reached),
        *_missing(server.name, f"{key}.token_file", lacking),
        held,
        *await expiry.certificates(access, f"{key}.url", days),
    ]


def _unknown(roles: Roles) -> list[Finding]:
    """Names that give a role to nobody."""
    return [
        Finding("", key, "warning", _("this machine knows no {name}").format(name=name))
        for key, name in unknown_members(roles)
    ]


def _missing(topic: str, key: str, needs: Iterable[Need]) -> list[Finding]:
    return [
        Finding(
            topic,
            key,
            "warning" if need.optional else "bad",
            _("the token lacks {privilege} on {path}, which is needed to {without}").format(
                privilege=need.privilege, path=need.path, without=_(need.without)
            ),
        )
        for need in needs
    ]


def _unreachable(
    topic: str,
    key: str,
    error: errors.GatewayError,
    token: str = "read_token_file",  # noqa: S107 -- the name of a key
    address: str = "endpoints",
) -> Finding:
    """An error at the key that can mend it: trust, token, or address."""
    match error:
        case errors.Untrusted():
            part = "ca_file / fingerprint"
        case errors.AuthenticationFailed() | errors.PermissionMissing():
            part = token
        case _:
            part = address
    return Finding(topic, f"{key}.{part}", "bad", str(error))
