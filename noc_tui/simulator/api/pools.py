"""`/pools`, by list and by name."""

from noc_tui.simulator.calls import Call
from noc_tui.simulator.data import Json, Row
from noc_tui.simulator.errors import perl_error
from noc_tui.simulator.model.cluster import Pool
from noc_tui.simulator.parameters import FLAG, TEXT, Parameter, choice
from noc_tui.simulator.routing import Method, needs
from noc_tui.simulator.views import guest_row, storage_row

_KIND = Parameter(choice("qemu", "lxc", "storage"))


def _list(call: Call) -> Json:
    if "poolid" in call.values:
        pool = _pool(call, call.text("poolid"))
        return [{"poolid": pool.name, **_details(call, pool)}]
    return [
        {"poolid": pool.name, "comment": pool.comment} if pool.comment else {"poolid": pool.name}
        for pool in call.cluster.pools.values()
        if call.has(f"/pool/{pool.name}", "Pool.Audit")
    ]


def _one(call: Call) -> Json:
    return _details(call, _pool(call, call.path["poolid"]))


def _pool(call: Call, name: str) -> Pool:
    call.need(f"/pool/{name}", "Pool.Audit")
    pool = call.cluster.pools.get(name)
    if pool is None:
        raise perl_error(f"pool '{name}' does not exist")
    return pool


def _details(call: Call, pool: Pool) -> Row:
    kind = call.text("type")
    members = [
        guest_row(call.cluster, guest, call.now)
        for guest in call.cluster.guests.values()
        if guest.pool == pool.name and kind in ("", guest.kind)
    ]
    if kind in ("", "storage"):
        members += [
            storage_row(call.cluster, call.cluster.storages[name], call.local, call.now)
            for name in sorted(pool.storages)
        ]
    return {"members": members} | ({"comment": pool.comment} if pool.comment else {})


def _create(call: Call) -> Json:
    call.need_quorum("create pool failed: error with cfs lock 'file-user_cfg': no quorum!")
    name = call.text("poolid")
    if name in call.cluster.pools:
        raise perl_error(f"create pool failed: pool '{name}' already exists")
    call.cluster.pools[name] = Pool(name, call.text("comment"))
    call.cluster.touch()
    return None


def _change(call: Call) -> Json:
    """Comment and members; `delete=1` takes the named members out."""
    call.need_quorum("update pools failed: error with cfs lock 'file-user_cfg': no quorum!")
    pool = call.cluster.pools.get(call.path["poolid"])
    if pool is None:
        raise perl_error(f"update pools failed: pool '{call.path['poolid']}' does not exist")
    if "comment" in call.values:
        pool.comment = call.text("comment")
    for number in call.text("vms").replace(";", ",").split(","):
        if number:
            _move(call, pool, int(number))
    call.cluster.access.changed()
    call.cluster.touch()
    return None


def _move(call: Call, pool: Pool, vmid: int) -> None:
    guest = call.cluster.guests.get(vmid)
    if guest is None:
        raise perl_error(f"update pools failed: VM {vmid} does not exist")
    if call.flag("delete"):
        guest.pool = ""
        call.cluster.access.pool_of.pop(f"/vms/{vmid}", None)
        return
    if guest.pool and guest.pool != pool.name and not call.flag("allow-move"):
        raise perl_error(f"update pools failed: VM {vmid} belongs already to pool '{guest.pool}'")
    guest.pool = pool.name
    call.cluster.access.pool_of[f"/vms/{vmid}"] = pool.name


def _remove(call: Call) -> Json:
    name = call.path["poolid"]
    if any(guest.pool == name for guest in call.cluster.guests.values()):
        raise perl_error(f"delete pool failed: pool '{name}' is not empty")
    if call.cluster.pools.pop(name, None) is None:
        raise perl_error(f"delete pool failed: pool '{name}' does not exist")
    call.cluster.touch()
    return None


_ALLOCATE = needs("/pool/{poolid}", "Pool.Allocate")

METHODS = (
    Method("GET", "/pools", _list, {"poolid": TEXT, "type": _KIND}),
    Method("GET", "/pools/{poolid}", _one, {"type": _KIND}),
    Method(
        "POST",
        "/pools",
        _create,
        {"poolid": Parameter(TEXT.verify, optional=False), "comment": TEXT},
        check=needs("/pool", "Pool.Allocate"),
        protected=True,
    ),
    Method(
        "PUT",
        "/pools/{poolid}",
        _change,
        {"comment": TEXT, "vms": TEXT, "delete": FLAG, "allow-move": FLAG},
        check=_ALLOCATE,
        protected=True,
    ),
    Method("DELETE", "/pools/{poolid}", _remove, check=_ALLOCATE, protected=True),
)
