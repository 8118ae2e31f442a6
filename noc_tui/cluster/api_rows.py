"""What the three requests of a poll answer, row by row, exactly as Proxmox names it.

Everything but the identity is optional: fields are missing for dead nodes, for stopped pvestatd and
without privileges. Numbers may come as int, float or text, flags as 0/1, true/false or text.
Source: `/cluster/status`, `/cluster/resources`, `/cluster/tasks` of 8.4 and 9.x.
"""

import msgspec

Number = int | float | None
Flag = bool | None


class StatusRow(msgspec.Struct, frozen=True, gc=False):
    """`/cluster/status`: one row of type `cluster` (none on a standalone node), one per node."""

    type: str
    name: str
    quorate: Flag = None
    online: Flag = None
    local: Flag = None
    ip: str | None = None


class ResourceRow(msgspec.Struct, frozen=True, gc=False):
    """`/cluster/resources`: a node, guest, storage, pool, or a type that is not read here.

    `uptime` seconds; `cpu` a fraction of `maxcpu`; `mem`, `disk` and their maxima bytes; `net*` and
    `disk{read,write}` bytes since the guest was started.
    """

    id: str
    type: str
    node: str | None = None
    status: str | None = None
    vmid: int | None = None
    name: str | None = None
    template: Flag = None
    uptime: Number = None
    cpu: Number = None
    maxcpu: Number = None
    mem: Number = None
    maxmem: Number = None
    disk: Number = None
    maxdisk: Number = None
    pool: str | None = None
    tags: str | None = None
    lock: str | None = None
    hastate: str | None = None
    storage: str | None = None
    plugintype: str | None = None
    shared: Flag = None
    content: str | None = None


class TaskRow(msgspec.Struct, frozen=True, gc=False):
    """`/cluster/tasks`: running while there is neither `endtime` nor `status`."""

    upid: str
    node: str
    type: str
    user: str
    starttime: int
    id: str = ""
    tokenid: str | None = None
    endtime: int | None = None
    status: str | None = None
