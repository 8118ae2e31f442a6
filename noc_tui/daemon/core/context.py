"""The resources that every service of the daemon is given."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from noc_tui.clock import Clock
from noc_tui.cluster.gateway import Gateway
from noc_tui.config import Configuration, Secrets
from noc_tui.contract.terms_book import TermsBook
from noc_tui.daemon.core.bus import Bus
from noc_tui.daemon.core.clock_trust import ClockTrust
from noc_tui.daemon.core.failures import Failures
from noc_tui.daemon.core.hold import HoldInForce
from noc_tui.daemon.core.notify import Watchdog
from noc_tui.daemon.core.signing import KeyInForce
from noc_tui.daemon.core.snapshot_cache import SnapshotCache
from noc_tui.daemon.core.veil import Veil
from storage.connection import Readable
from storage.database import Writer


@dataclass(frozen=True, slots=True)
class Membership:
    """What of the register and the pools does not fit together (R40), as it was read last.

    `unknown` are (tenant, pool as written) that no cluster has, `contested` (pool, tenants) that
    several name, `nested` (pool, tenant) below a tenant's pool, which count as its own.
    """

    unknown: Sequence[tuple[str, str]] = ()
    contested: Sequence[tuple[tuple[str, str], tuple[str, ...]]] = ()
    nested: Sequence[tuple[tuple[str, str], str]] = ()


@dataclass(slots=True)
class Context:
    """The daemon's shared resources; a service has no other access to the outside.

    A reload replaces `config` and `secrets`, and nothing else replaces anything: so a part that
    reads them at each use follows, and one that keeps a value of them names it as not reloadable
    (`noc_tui.daemon.core.reload`).
    """

    config: Configuration
    secrets: Secrets
    terms: TermsBook
    clock: Clock
    writer: Writer
    gateways: Mapping[str, Gateway]
    estate: SnapshotCache
    bus: Bus
    logger: structlog.typing.FilteringBoundLogger
    sealed: Writer | None = None
    """The file that `nocd` alone reads, for what is secret; None in tests that need none."""
    apart_from: Writer | None = None
    """The database, where `writer` is the sealed file."""
    veil: Veil = field(default_factory=Veil)
    failures: Failures = field(init=False)
    held: HoldInForce = field(default_factory=HoldInForce)
    trust: ClockTrust = field(default_factory=ClockTrust)
    watchdog: Watchdog = field(default_factory=Watchdog)
    signing: KeyInForce = field(default_factory=KeyInForce)
    membership: Membership = field(default_factory=Membership)
    reloaded: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by the next reload, which puts a new one in its place."""

    @property
    def world(self) -> Readable:
        """Where what is seen of the clusters, the register and observations stand."""
        return self.writer if self.apart_from is None else self.apart_from

    def __post_init__(self) -> None:
        self.failures = Failures(self.clock)

    def reconfigure(self, config: Configuration, secrets: Secrets) -> None:
        """Put these in force, and wake who waits for it."""
        self.config, self.secrets = config, secrets
        was, self.reloaded = self.reloaded, asyncio.Event()
        was.set()
