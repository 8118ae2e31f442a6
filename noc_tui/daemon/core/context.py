"""What every part of the daemon is given."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import structlog

from noc_tui.clock import Clock
from noc_tui.cluster.gateway import Gateway
from noc_tui.config import Configuration, Secrets
from noc_tui.contract.terms_book import TermsBook
from noc_tui.daemon.core.bus import Bus
from noc_tui.daemon.core.hold import Held
from noc_tui.daemon.polling.snapshot_cache import SnapshotCache
from storage.database import Writer


@dataclass(frozen=True, slots=True)
class Context:
    """The daemon's shared instruments. Parts keep no other way to the outside."""

    config: Configuration
    secrets: Secrets
    terms: TermsBook
    clock: Clock
    writer: Writer
    gateways: Mapping[str, Gateway]
    estate: SnapshotCache
    bus: Bus
    logger: structlog.typing.FilteringBoundLogger
    held: Held = field(default_factory=Held)
