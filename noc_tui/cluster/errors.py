"""The errors of a cluster, in one tree. Nothing else leaves `noc_tui.cluster`.

    GatewayError
    ├── InvalidId            an id that may not enter a path; nothing was sent
    ├── NotConfigured        the configuration gives no token for this call; nothing was sent
    └── ClusterError         a cluster or backup server, an endpoint of it, and its own words
        ├── Unreachable      nothing usable came back; surely nothing was changed
        │   ├── TimedOut         the total time limit passed
        │   ├── Untrusted        the certificate is not the configured CA's or fingerprint's
        │   ├── NodeUnreachable  the endpoint answered, the node behind it did not (595 to 599)
        │   ├── GuestNotLocated  a guest is on its way, or its list cannot be relied on
        │   └── CircuitOpen      too many calls hang; this one was not sent
        ├── AuthenticationFailed 401: token unknown, expired, or its user disabled
        ├── PermissionMissing    403, with `path` and `privilege` where Proxmox names them
        ├── NotFound             no such guest, node, task, resource
        ├── BadRequest           400: a parameter was refused; `errors` by parameter
        ├── Locked               the guest or a file is locked; `lock` names it (backup, migrate, …)
        ├── DigestConflict       somebody else changed the configuration in between
        ├── NoQuorum             the cluster refuses writes
        ├── Refused              Proxmox said no in any other way
        ├── BadAnswer            HTML, a redirect, not JSON, no data, the wrong shape
        └── AmbiguousOutcome     a write whose answer never came: it may have happened or not

Every read may raise any of them but `AmbiguousOutcome`; a write raises that one wherever it cannot
be excluded that Proxmox acted. Source: API facts of pveproxy 8.4 and 9.x.
"""

from collections.abc import Mapping

from noc_tui.text import visible_lines

LONGEST_WORDS = 2000
"""Characters of a server's words that are kept: they enter each log, alert, page and console."""


def cut_words(said: str) -> str:
    """A server's own words, without space around them and cut to a length that all can carry."""
    said = said.strip()
    return said if len(said) <= LONGEST_WORDS else said[: LONGEST_WORDS - 1] + "…"


class GatewayError(Exception):
    """Root of the tree."""


class InvalidId(GatewayError, ValueError):
    """A node name, vmid, UPID, … which Proxmox would not accept, or which would change the path."""

    def __init__(self, kind: str, value: object) -> None:
        self.kind = kind
        self.value = visible_lines(cut_words(str(value)))
        super().__init__(f"not a valid {kind}: {self.value!r}")


class NotConfigured(GatewayError):
    """The configuration does not allow this call, e.g. no `action_token_file` for a cluster."""


class ClusterError(GatewayError):
    """A cluster did not do what it was asked.

    `cluster` is the configured name, `endpoint` the URL that was asked (None when none was),
    `said` Proxmox's own words or the network's, made visible; `status` the HTTP status if any.
    """

    what = "the cluster failed"

    def __init__(
        self, cluster: str, endpoint: str | None, said: str, *, status: int | None = None
    ) -> None:
        self.cluster = cluster
        self.endpoint = endpoint
        self.said = visible_lines(cut_words(said))
        self.status = status
        super().__init__(cluster, endpoint, self.said)

    def __str__(self) -> str:
        where = self.cluster if self.endpoint is None else f"{self.cluster} ({self.endpoint})"
        words = self.said if self.status is None else f"{self.status} {self.said}"
        return f"{where}: {self.what}: {words}"


class Unreachable(ClusterError):
    """No usable answer, and surely no effect."""

    what = "cannot be reached"


class TimedOut(Unreachable):
    """The total time limit of the call passed."""

    what = "did not answer in time"


class Untrusted(Unreachable):
    """TLS: the certificate is not the one that the configuration trusts. No token was sent."""

    what = "its certificate is not trusted"


class NodeUnreachable(Unreachable):
    """The endpoint is there, but the node (or its cluster file system) behind it is not."""

    what = "the node behind the endpoint cannot be reached"


class GuestNotLocated(Unreachable):
    """A guest is on its way, or the list that would show where it is cannot be relied on."""

    what = "cannot tell where the guest is"


class CircuitOpen(Unreachable):
    """So many calls hang that this one was not even sent."""

    what = "not asked, since earlier calls still hang"


class AuthenticationFailed(ClusterError):
    """The token is unknown, expired, or its user is disabled."""

    what = "refused the token"


class PermissionMissing(ClusterError):
    """The token lacks a privilege. `path` and `privilege` are None where Proxmox names none."""

    what = "the token lacks a privilege"

    def __init__(
        self,
        cluster: str,
        endpoint: str | None,
        said: str,
        *,
        status: int | None = 403,
        path: str | None = None,
        privilege: str | None = None,
    ) -> None:
        super().__init__(cluster, endpoint, said, status=status)
        self.path = path
        self.privilege = privilege


class ObjectMissing(ClusterError):
    """The requested object does not exist (there)."""

    what = "does not exist"


class ParameterRefused(ClusterError):
    """A parameter was refused; `errors` has Proxmox's words by parameter."""

    what = "refused a parameter"

    def __init__(
        self,
        cluster: str,
        endpoint: str | None,
        said: str,
        *,
        status: int | None = 400,
        errors: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(cluster, endpoint, said, status=status)
        self.errors = {
            visible_lines(k): visible_lines(v.strip()) for k, v in (errors or {}).items()
        }

    def __str__(self) -> str:
        named = "; ".join(f"{key}: {words}" for key, words in self.errors.items())
        return f"{super().__str__()} ({named})" if named else super().__str__()


class Locked(ClusterError):
    """Locked, e.g. by a backup that may take hours: wait and try again."""

    what = "is locked"

    def __init__(
        self,
        cluster: str,
        endpoint: str | None,
        said: str,
        *,
        status: int | None = None,
        lock: str | None = None,
    ) -> None:
        super().__init__(cluster, endpoint, said, status=status)
        self.lock = lock


class DigestConflict(ClusterError):
    """The configuration was changed by somebody else since it was read: read it again."""

    what = "was changed by somebody else meanwhile"


class NoQuorum(ClusterError):
    """The cluster has no quorum and refuses writes."""

    what = "has no quorum"


class RequestRefused(ClusterError):
    """Proxmox refused or failed, in words that fit no other class."""

    what = "refused"


class BadAnswer(ClusterError):
    """An answer that Proxmox would not give: HTML, a redirect, no JSON, the wrong shape."""

    what = "gave an answer that cannot be read"


class AmbiguousOutcome(ClusterError):
    """A write was sent and its answer did not come: look at the object before anything else."""

    what = "it is not known whether the change was made"
