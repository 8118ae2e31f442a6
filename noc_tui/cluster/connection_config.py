"""The configuration of a connection: endpoints, tokens, trust, and time limits."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from noc_tui.cluster import ids
from noc_tui.cluster.errors import InvalidId

Service = Literal["PVE", "PBS"]
Fingerprints = str | tuple[str, ...] | Mapping[str, str]
"""SHA-256 of one certificate, of several that each endpoint may show, or of one by endpoint."""
_FINGERPRINT = re.compile(r"(?:[0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2}")
_SECRET = re.compile(r"[\x21-\x7e]+")
PORTS: dict[Service, int] = {"PVE": 8006, "PBS": 8007}


@dataclass(frozen=True, slots=True)
class ApiToken:
    """An API token, `user@realm!name` and its secret, which no `repr` shows."""

    id: str
    secret: str = field(repr=False)

    @classmethod
    def parse(cls, line: str) -> "ApiToken":
        """From the one line of a token file: `user@realm!name=secret` (PBS writes `:` for `=`).

        Raises ValueError without ever quoting the line.
        """
        found = re.fullmatch(r"([^=\s]+?![A-Za-z0-9._-]+)[=:](\S+)", line.strip())
        if found is None or not _SECRET.fullmatch(found[2]):
            raise ValueError("a token is one line: user@realm!name=secret")
        try:
            return cls(ids.token_id(found[1]), found[2])
        except InvalidId:
            raise ValueError("the part before = is not user@realm!name") from None

    @property
    def user(self) -> str:
        """`user@realm`."""
        return self.id.partition("!")[0]

    @property
    def name(self) -> str:
        """The token's own name."""
        return self.id.partition("!")[2]


@dataclass(frozen=True, slots=True)
class CallLimits:
    """Seconds. `connect` and `silence` (between two bytes) bound a step, the others a whole call,
    repetitions included. A write's silence is longer than the 30 s after which a node gives up on
    another node, so that its 596 is seen. `hanging` calls open the circuit for `pause` seconds.
    """

    connect: float = 3.0
    silence: float = 10.0
    read: float = 20.0
    write_silence: float = 40.0
    write: float = 50.0
    hanging: int = 3
    pause: float = 10.0
    body: int = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class ClusterAccess:
    """One cluster, or with service `PBS` one backup server.

    `endpoints` are `https://host:port`, asked in turn; trust is `ca_file` (PEM), or `fingerprint`
    (hexadecimal with or without colons), or the system's authorities when both are None. Without
    `action_token` nothing can be changed through this access. Where a token's file is given, the
    file's token is used, and read again when it changes.
    """

    name: str
    endpoints: tuple[str, ...]
    read_token: ApiToken
    action_token: ApiToken | None = None
    ca_file: Path | None = None
    fingerprint: Fingerprints | None = None
    service: Service = "PVE"
    limits: CallLimits = CallLimits()
    read_token_file: Path | None = None
    action_token_file: Path | None = None

    def __post_init__(self) -> None:
        if not self.endpoints:
            raise ValueError("at least one endpoint is needed")
        for endpoint in self.endpoints:
            host_and_port(endpoint, self.service)
        if self.ca_file is not None and self.fingerprint is not None:
            raise ValueError("give ca_file or fingerprint, not both")
        if self.fingerprint is None:
            return
        for endpoint in self.endpoints:
            given = _given(self.fingerprint, endpoint)
            if not given or not all(map(_FINGERPRINT.fullmatch, given)):
                raise ValueError("a fingerprint is SHA-256: 32 pairs of hexadecimal digits")

    def pinned(self, endpoint: str) -> frozenset[str]:
        """The certificates that are trusted at an endpoint, as lower-case SHA-256 without colons;
        none where an authority is trusted instead.
        """
        given = () if self.fingerprint is None else _given(self.fingerprint, endpoint)
        return frozenset(one.replace(":", "").lower() for one in given)


def _given(fingerprints: Fingerprints, endpoint: str) -> tuple[str, ...]:
    if isinstance(fingerprints, str):
        return (fingerprints,)
    if isinstance(fingerprints, Mapping):
        return (fingerprints[endpoint],) if endpoint in fingerprints else ()
    return tuple(fingerprints)


def host_and_port(endpoint: str, service: Service = "PVE") -> tuple[str, int]:
    """The host (an IPv6 address without brackets) and port of an endpoint, or ValueError."""
    parts = urlsplit(endpoint)
    if parts.scheme != "https" or not parts.hostname:
        raise ValueError(f"an endpoint is https://host:port, not {endpoint!r}")
    if parts.username is not None or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(f"an endpoint is https://host:port and nothing more, not {endpoint!r}")
    return parts.hostname, parts.port or PORTS[service]
