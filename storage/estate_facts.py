"""What is asked of clusters and nodes at a slow pace: each fact, and when it was looked for."""

from datetime import datetime

import msgspec

from storage.tables import Binding, Table


class EstateFact(msgspec.Struct, frozen=True):
    """One thing that a look found. `node` is empty for what is the whole cluster's.

    `state` is a word of the topic, `said` Proxmox's own text, which is foreign. `number` and `at`
    mean what the topic says: packages or percent; the end of a certificate, the last heartbeat, the
    last run that went well.
    """

    cluster: str
    node: str
    topic: str
    name: str
    state: str
    said: str = ""
    number: int | None = None
    at: datetime | None = None


class EstateLook(msgspec.Struct, frozen=True):
    """When a topic was asked for; `error` says why the last try brought nothing, empty if it did.
    What an earlier look found stands until a later one succeeds.
    """

    cluster: str
    node: str
    topic: str
    tried_at: datetime
    seen_at: datetime | None
    error: str = ""


ESTATE_FACTS = Table(
    "estate_fact",
    EstateFact,
    ["cluster", "node", "topic", "name"],
    ["cluster", "node", "topic", "state"],
    binding=Binding.OBSERVED,
)
ESTATE_LOOKS = Table(
    "estate_look",
    EstateLook,
    ["cluster", "node", "topic"],
    ["cluster", "node", "topic"],
    binding=Binding.OBSERVED,
)
