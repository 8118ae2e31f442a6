"""`/access/{roles,groups,domains,acl}`: what roles hold, and who has which role where."""

import re
from collections.abc import Container

from noc_tui.simulator.api.users import NO_QUORUM, names_in
from noc_tui.simulator.calls import Call
from noc_tui.simulator.data import Json
from noc_tui.simulator.errors import bad, perl_error
from noc_tui.simulator.model.privileges import BUILTIN_ROLES, EVERYTHING
from noc_tui.simulator.parameters import FLAG, TEXT, Parameter, text
from noc_tui.simulator.routing import Method, needs

_ACL_PATH = re.compile(
    r"/|/access(/groups(/[^/]+)?|/realm(/[^/]+)?)?|/nodes(/[^/]+)?|/pool(/[^/]+){0,3}"
    r"|/sdn(/zones(/[^/]+){0,3}|/controllers(/[^/]+)?)?|/storage(/[^/]+)?|/vms(/\d+)?"
    r"|/mapping(/[^/]+){0,2}"
)
_REQUIRED = Parameter(text(), optional=False)
_ONE_OF = "either 'users', 'groups' or 'tokens' is required."


def _roles(call: Call) -> Json:
    return [
        {
            "roleid": name,
            "privs": ",".join(sorted(privileges)),
            "special": int(name in BUILTIN_ROLES),
        }
        for name, privileges in call.cluster.access.roles.items()
    ]


def _one_role(call: Call) -> Json:
    name = call.path["roleid"]
    if name not in call.cluster.access.roles:
        raise perl_error(f"role '{name}' does not exist")
    return dict.fromkeys(sorted(call.cluster.access.roles[name]), 1)


def _create_role(call: Call) -> Json:
    name = call.text("roleid")
    if name in call.cluster.access.roles:
        raise perl_error(f"create role failed: role '{name}' already exists")
    wanted = names_in(call.text("privs"))
    for privilege in wanted:
        if privilege not in EVERYTHING:
            raise bad(privs=f"invalid privilege '{privilege}'\n")
    call.need_quorum(f"create role failed: {NO_QUORUM}")
    call.cluster.access.roles[name] = frozenset(wanted)
    call.cluster.access.changed()
    return None


def _groups(call: Call) -> Json:
    access = call.cluster.access
    return [
        {
            "groupid": group,
            "users": ",".join(name for name, one in access.users.items() if group in one.groups),
        }
        for group in sorted(access.groups)
    ]


def _domains(_call: Call) -> Json:
    return [
        {"realm": "pam", "type": "pam", "comment": "Linux PAM standard authentication"},
        {"realm": "pve", "type": "pve", "comment": "Proxmox VE authentication server"},
    ]


def _may_change(path: str) -> tuple[str, ...]:
    """Any of these on a path lets somebody change who may do what there."""
    area = path.strip("/").split("/")
    allocating = {"vms": "VM.Allocate", "storage": "Datastore.Allocate", "pool": "Pool.Allocate"}
    more = allocating.get(area[0]) if len(area) > 1 else None
    return ("Permissions.Modify", more) if more else ("Permissions.Modify",)


def _acl(call: Call) -> Json:
    everything = call.has("/access", "Sys.Audit")
    return [
        {
            "path": entry.path,
            "type": entry.kind,
            "ugid": entry.principal,
            "roleid": entry.role,
            "propagate": int(entry.propagate),
        }
        for entry in call.cluster.access.entries()
        if everything or any(call.has(entry.path, one) for one in _may_change(entry.path))
    ]


def _change_acl(call: Call) -> Json:
    path = "/" + call.text("path").strip("/")
    if not _ACL_PATH.fullmatch(path):
        raise bad(path=f"invalid ACL path '{call.text('path')}'")
    call.need(path, *_may_change(path), any_of=True)
    principals = [
        (kind, name)
        for kind in ("user", "group", "token")
        for name in names_in(call.text(f"{kind}s"))
    ]
    if not principals:
        raise bad(**dict.fromkeys(("users", "groups", "tokens"), _ONE_OF))
    call.need_quorum(f"ACL update failed: {NO_QUORUM}")
    for role in names_in(call.text("roles")):
        if role not in call.cluster.access.roles:
            raise perl_error(f"ACL update failed: role '{role}' does not exist")
        for kind, name in principals:
            _grant(call, path, kind, name, role)
    call.cluster.touch()
    return None


def _grant(call: Call, path: str, kind: str, name: str, role: str) -> None:
    access = call.cluster.access
    known: Container[str] = {
        "user": access.users.keys(),
        "token": access.tokens.keys(),
        "group": access.groups,
    }[kind]
    if name not in known:
        raise perl_error(f"ACL update failed: {_missing(kind, name)}")
    if call.flag("delete"):
        access.revoke(path, kind, name, role)
    else:
        access.grant(path, kind, name, role, call.flag("propagate", True))


def _missing(kind: str, name: str) -> str:
    user, _, token = name.partition("!")
    return (
        f"no such token '{token}' for user '{user}'" if token else f"{kind} '{name}' does not exist"
    )


METHODS = (
    Method("GET", "/access/roles", _roles),
    Method("GET", "/access/roles/{roleid}", _one_role),
    Method(
        "POST",
        "/access/roles",
        _create_role,
        {"roleid": _REQUIRED, "privs": TEXT},
        check=needs("/access", "Sys.Modify"),
        protected=True,
    ),
    Method("GET", "/access/groups", _groups),
    Method("GET", "/access/domains", _domains, public=True),
    Method("GET", "/access/acl", _acl),
    Method(
        "PUT",
        "/access/acl",
        _change_acl,
        {
            "path": _REQUIRED,
            "roles": _REQUIRED,
            "users": TEXT,
            "groups": TEXT,
            "tokens": TEXT,
            "propagate": FLAG,
            "delete": FLAG,
        },
        protected=True,
    ),
)
