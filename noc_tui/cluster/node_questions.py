"""What is asked of one node after another: subscription, updates, ZFS pools, disks, certificates.

One request a question, answered by the node itself, so that a node that hangs costs its own
question alone. Sources: pve-manager `API2/{Subscription,APT,Certificates}.pm`, pve-storage
`API2/Disks.pm`, `API2/Disks/ZFS.pm`. Pure but for the names of the paths.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec

from noc_tui.cluster.api_rows import Bytes, Instant, Name, Text
from noc_tui.cluster.decoding import decode_leniently, read_rows
from noc_tui.cluster.omissions import OmissionLog

MOST_QUESTIONS: Final = 4
"""Requests to nodes in one slow round of a cluster, at most."""
NO_ZFS = "zfsutils-linux not installed"
"""A node without ZFS answers so."""


class NodeFact(msgspec.Struct, frozen=True):
    """One thing that a node answered: `state` in Proxmox's word, `said` its text; `number` packages
    or percent, `at` when something ends.
    """

    name: str
    state: str
    said: str = ""
    number: int | None = None
    at: datetime | None = None


class Subscription(msgspec.Struct, frozen=True):
    """`…/subscription`: `status` new, notfound, active, invalid, expired, suspended."""

    status: Name
    level: Name | None = None
    productname: Name | None = None
    nextduedate: Name | None = None
    message: Text = None


class Update(msgspec.Struct, frozen=True):
    """A row of `…/apt/update`, which takes `Sys.Modify` on the node."""

    package: Name | None = msgspec.field(name="Package", default=None)
    version: Name | None = msgspec.field(name="Version", default=None)
    origin: Name | None = msgspec.field(name="Origin", default=None)


class ZfsPool(msgspec.Struct, frozen=True):
    """A row of `…/disks/zfs`: `health` ONLINE, DEGRADED, FAULTED, OFFLINE, UNAVAIL, SUSPENDED."""

    name: Name
    health: Name | None = None
    size: Bytes = None
    alloc: Bytes = None


class Disk(msgspec.Struct, frozen=True):
    """A row of `…/disks/list`: `health` by SMART (PASSED, OK, FAILED, UNKNOWN); `wearout` is what
    is left in percent, or `N/A`.
    """

    devpath: Name
    health: Name | None = None
    model: Name | None = None
    serial: Name | None = None
    wearout: int | Name | None = None


class Certificate(msgspec.Struct, frozen=True):
    """A row of `…/certificates/info`: times in seconds since the epoch."""

    filename: Name
    notafter: Instant | None = None
    subject: Text = None


def _subscription(body: bytes, _log: OmissionLog) -> list[NodeFact]:
    found = decode_leniently(body, Subscription)
    name = found.productname or found.level or "subscription"
    return [NodeFact(name, found.status.lower(), found.message or "", at=_day(found.nextduedate))]


def _day(text: str | None) -> datetime | None:
    try:
        return datetime.strptime(text or "", "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None


def _updates(body: bytes, log: OmissionLog) -> list[NodeFact]:
    rows = read_rows(body, Update, log)
    names = sorted({row.package for row in rows if row.package})
    state = "pending" if rows else "current"
    return [NodeFact("packages", state, ", ".join(names[:8]), number=len(rows))]


def _zfs(body: bytes, log: OmissionLog) -> list[NodeFact]:
    return [
        NodeFact(
            pool.name,
            pool.health or "UNKNOWN",
            number=round(pool.alloc * 100 / pool.size) if pool.size and pool.alloc else None,
        )
        for pool in read_rows(body, ZfsPool, log)
    ]


def _disks(body: bytes, log: OmissionLog) -> list[NodeFact]:
    found = []
    for disk in read_rows(body, Disk, log):
        said = " ".join(part for part in (disk.model, disk.serial) if part)
        left = disk.wearout if isinstance(disk.wearout, int) else None
        found.append(NodeFact(disk.devpath, disk.health or "UNKNOWN", said, left))
    return found


def _certificates(body: bytes, log: OmissionLog) -> list[NodeFact]:
    return [
        NodeFact(
            row.filename,
            "known" if row.notafter else "UNKNOWN",
            row.subject or "",
            at=datetime.fromtimestamp(row.notafter, UTC) if row.notafter else None,
        )
        for row in read_rows(body, Certificate, log)
    ]


class NodeQuestion(msgspec.Struct, frozen=True):
    """A path below `/nodes/{node}`, and how its answer is read."""

    path: str
    read: Callable[[bytes, OmissionLog], list[NodeFact]]


QUESTIONS: Mapping[str, NodeQuestion] = {
    "disk": NodeQuestion("disks/list", _disks),
    "zfs": NodeQuestion("disks/zfs", _zfs),
    "certificate": NodeQuestion("certificates/info", _certificates),
    "updates": NodeQuestion("apt/update", _updates),
    "subscription": NodeQuestion("subscription", _subscription),
}
"""By topic, what may cost data first."""


def choose_questions(
    nodes: Collection[str],
    asked: Mapping[tuple[str, str], datetime],
    most: int = MOST_QUESTIONS,
) -> Sequence[tuple[str, str]]:
    """Return what to ask next as (node, topic): what was never asked, then what was asked longest
    ago, a node being asked once a round where there are others. `nodes` are those that answer.
    """
    never = datetime.min.replace(tzinfo=UTC)
    order = list(QUESTIONS)
    waiting = sorted(
        ((node, topic) for node in nodes for topic in order),
        key=lambda one: (asked.get(one, never), order.index(one[1]), one[0]),
    )
    chosen: list[tuple[str, str]] = []
    for spread in (True, False):
        for one in waiting:
            busy = any(node == one[0] for node, _topic in chosen)
            if len(chosen) < most and one not in chosen and not (spread and busy):
                chosen.append(one)
    return chosen
