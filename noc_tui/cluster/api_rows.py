"""The rows that a poll's requests answer, with the names that Proxmox gives them.

Everything but the identity is optional: fields are missing for dead nodes, for stopped pvestatd and
without privileges. Numbers may come as int, float or text, flags as 0/1, true/false or text. A type
says how long or how large a value may be; one beyond is not read (`decoding`).
Source: `/cluster/status`, `/cluster/resources`, `/cluster/tasks` of 8.4 and 9.x.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

_MOST_BYTES = 1 << 60
_MOST_SECONDS = 4_102_444_800

Number = int | float | None
Flag = bool | None
Name = Annotated[str, Meta(max_length=512)]
"""A name or a word."""
Text = Annotated[str, Meta(max_length=4096)] | None
Vmid = Annotated[int, Meta(ge=1, le=999_999_999)]
Instant = Annotated[int, Meta(ge=0, le=_MOST_SECONDS)]
"""Seconds since the epoch, before 2100: milliseconds are not taken for seconds."""
Bytes = (
    Annotated[int, Meta(ge=0, le=_MOST_BYTES)]
    | Annotated[float, Meta(ge=0, le=float(_MOST_BYTES))]
    | None
)
Seconds = (
    Annotated[int, Meta(ge=0, le=_MOST_SECONDS)]
    | Annotated[float, Meta(ge=0, le=float(_MOST_SECONDS))]
    | None
)
Count = Annotated[int, Meta(ge=0, le=1_000_000)] | Annotated[float, Meta(ge=0, le=1e6)] | None
Load = Annotated[int, Meta(ge=0, le=10_000)] | Annotated[float, Meta(ge=-0.01, le=1e4)] | None
"""A fraction of all processors; a container that was just started may be a little below zero."""


class StatusRow(msgspec.Struct, frozen=True, gc=False):
    """`/cluster/status`: one row of type `cluster` (none on a standalone node), one per node."""

    type: Name
    name: Name
    quorate: Flag = None
    online: Flag = None
    local: Flag = None
    ip: Name | None = None
    id: Name | None = None


class ResourceRow(msgspec.Struct, frozen=True, gc=False):
    """`/cluster/resources`: a node, guest, storage, pool, an SDN zone (type `sdn` of nodes on 8.x,
    `network` from 9.0 on), or a type that is not read here.

    `uptime` seconds; `cpu` a fraction of `maxcpu`; `mem`, `disk` and their maxima bytes.
    """

    id: Name
    type: Name
    node: Name | None = None
    status: Name | None = None
    vmid: Vmid | None = None
    name: Name | None = None
    template: Flag = None
    uptime: Seconds = None
    cpu: Load = None
    maxcpu: Count = None
    mem: Bytes = None
    maxmem: Bytes = None
    disk: Bytes = None
    maxdisk: Bytes = None
    pool: Name | None = None
    tags: Text = None
    lock: Name | None = None
    hastate: Name | None = None
    storage: Name | None = None
    plugintype: Name | None = None
    shared: Flag = None
    content: Text = None
    sdn: Name | None = None
    network: Name | None = None
    network_type: Name | None = msgspec.field(name="network-type", default=None)


class TaskRow(msgspec.Struct, frozen=True, gc=False):
    """`/cluster/tasks`: running while there is neither `endtime` nor `status`."""

    upid: Name
    node: Name
    type: Name
    user: Name
    starttime: Instant
    id: Name = ""
    tokenid: Name | None = None
    endtime: Instant | None = None
    status: Text = None
