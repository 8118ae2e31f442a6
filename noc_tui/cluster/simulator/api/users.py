"""`/access/{users,roles,groups,domains,acl}`: accounts, tokens, and who may what."""

import re
from collections.abc import Container

from noc_tui.cluster.simulator.calls import Call, Json, Row
from noc_tui.cluster.simulator.dice import Dice
from noc_tui.cluster.simulator.errors import bad, died
from noc_tui.cluster.simulator.model.access import Token, User
from noc_tui.cluster.simulator.model.privileges import BUILTIN_ROLES, EVERYTHING
from noc_tui.cluster.simulator.parameters import FLAG, NUMBER, TEXT, Parameter, matching, text
from noc_tui.cluster.simulator.routing import Method, needs

_ACL_PATH = re.compile(
    r"/|/access(/groups(/[^/]+)?|/realm(/[^/]+)?)?|/nodes(/[^/]+)?|/pool(/[^/]+){0,3}"
    r"|/sdn(/zones(/[^/]+){0,3}|/controllers(/[^/]+)?)?|/storage(/[^/]+)?|/vms(/\d+)?"
    r"|/mapping(/[^/]+){0,2}"
)
_NO_QUORUM = "error with cfs lock 'file-user_cfg': no quorum!"
_REQUIRED = Parameter(text(), optional=False)


def _names(given: str) -> list[str]:
    return [name for name in re.split(r"[\s,;]+", given) if name]


def _token_row(token: Token) -> Row:
    row: Row = {"privsep": int(token.separated), "expire": token.expire}
    return row | ({"comment": token.comment} if token.comment else {})


def _tokens_of(call: Call, user: str) -> dict[str, Token]:
    prefix = f"{user}!"
    found = call.cluster.access.tokens.items()
    return {name[len(prefix) :]: token for name, token in found if name.startswith(prefix)}


def _user_row(user: User) -> Row:
    row: Row = {"enable": int(user.enabled), "expire": user.expire}
    for key in ("comment", "email"):
        if getattr(user, key):
            row[key] = getattr(user, key)
    return row


def _users(call: Call) -> Json:
    """Everybody for those who may audit accounts, else oneself."""
    access = call.cluster.access
    everybody = call.has("/access/groups", "Sys.Audit") or call.has("/access", "User.Modify")
    rows = []
    for name, user in access.users.items():
        if not everybody and name != call.user:
            continue
        realm = name.partition("@")[2]
        row = {"userid": name, "realm-type": realm, **_user_row(user)}
        if call.flag("full"):
            row["groups"] = ",".join(sorted(user.groups))
            row["tokens"] = [
                {"tokenid": one, **_token_row(token)}
                for one, token in _tokens_of(call, name).items()
            ] or None
        if "enabled" not in call.values or call.flag("enabled") == user.enabled:
            rows.append(row)
    return rows


def _known_user(call: Call) -> User:
    user = call.cluster.access.users.get(call.path["userid"])
    if user is None:
        raise died(f"no such user ('{call.path['userid']}')")
    return user


def _one_user(call: Call) -> Json:
    user = _known_user(call)
    tokens = {name: _token_row(one) for name, one in _tokens_of(call, user.name).items()}
    row = _user_row(user) | {"groups": sorted(user.groups)}
    return row | ({"tokens": tokens} if tokens else {})


def _create_user(call: Call) -> Json:
    name = call.text("userid")
    if name in call.cluster.access.users:
        raise died(f"create user failed: user '{name}' already exists")
    call.need_quorum(f"create user failed: {_NO_QUORUM}")
    user = User(name, call.text("password"))
    _set_user(call, user)
    call.cluster.access.users[name] = user
    call.cluster.access.changed()
    return None


def _change_user(call: Call) -> Json:
    user = _known_user(call)
    call.need_quorum(f"update user failed: {_NO_QUORUM}")
    _set_user(call, user)
    call.cluster.access.changed()
    return None


def _set_user(call: Call, user: User) -> None:
    user.enabled = call.flag("enable", user.enabled)
    user.expire = call.number("expire", user.expire)
    user.comment = call.text("comment", user.comment)
    user.email = call.text("email", user.email)
    if "groups" in call.values:
        user.groups = set(_names(call.text("groups"))) | (
            user.groups if call.flag("append") else set()
        )


def _remove_user(call: Call) -> Json:
    user = _known_user(call)
    call.need_quorum(f"delete user failed: {_NO_QUORUM}")
    access = call.cluster.access
    for name in _tokens_of(call, user.name):
        del access.tokens[f"{user.name}!{name}"]
    del access.users[user.name]
    for entry in access.entries():
        if entry.principal.partition("!")[0] == user.name:
            access.revoke(entry.path, entry.kind, entry.principal, entry.role)
    access.changed()
    return None


def _token_list(call: Call) -> Json:
    user = _known_user(call)
    found = _tokens_of(call, user.name).items()
    return [{"tokenid": name, **_token_row(token)} for name, token in found]


def _known_token(call: Call) -> tuple[str, Token]:
    user, name = call.path["userid"], call.path["tokenid"]
    token = call.cluster.access.tokens.get(f"{user}!{name}")
    if token is None:
        raise died(f"no such token '{name}' for user '{user}'")
    return f"{user}!{name}", token


def _create_token(call: Call) -> Json:
    user = _known_user(call)
    full = f"{user.name}!{call.path['tokenid']}"
    if full in call.cluster.access.tokens:
        raise bad(tokenid="Token already exists.")
    call.need_quorum(f"generating token failed: {_NO_QUORUM}")
    dice = Dice.named(call.cluster.seed, full, call.cluster.access.generation)
    token = Token(dice.uuid(), call.flag("privsep", True), call.number("expire"))
    token.comment = call.text("comment")
    call.cluster.access.tokens[full] = token
    call.cluster.access.changed()
    info: dict[str, str] = {"privsep": str(int(token.separated))}
    if "expire" in call.values:
        info["expire"] = str(token.expire)
    return {"full-tokenid": full, "value": token.secret, "info": info}


def _remove_token(call: Call) -> Json:
    name, _ = _known_token(call)
    call.need_quorum(f"deleting token failed: {_NO_QUORUM}")
    access = call.cluster.access
    del access.tokens[name]
    for entry in access.entries():
        if entry.principal == name:
            access.revoke(entry.path, entry.kind, entry.principal, entry.role)
    access.changed()
    return None


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
        raise died(f"role '{name}' does not exist")
    return dict.fromkeys(sorted(call.cluster.access.roles[name]), 1)


def _create_role(call: Call) -> Json:
    name = call.text("roleid")
    if name in call.cluster.access.roles:
        raise died(f"create role failed: role '{name}' already exists")
    wanted = _names(call.text("privs"))
    for privilege in wanted:
        if privilege not in EVERYTHING:
            raise bad(privs=f"invalid privilege '{privilege}'\n")
    call.need_quorum(f"create role failed: {_NO_QUORUM}")
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
        if everything or call.has(entry.path, "Permissions.Modify")
    ]


def _change_acl(call: Call) -> Json:
    path = "/" + call.text("path").strip("/")
    if not _ACL_PATH.fullmatch(path):
        raise bad(path=f"invalid ACL path '{call.text('path')}'")
    call.need(path, "Permissions.Modify")
    principals = [
        (kind, name)
        for kind in ("user", "group", "token")
        for name in _names(call.text(f"{kind}s"))
    ]
    if not principals:
        raise bad(**dict.fromkeys(("users", "groups", "tokens"), "either 'users', 'groups' or"))
    call.need_quorum(f"ACL update failed: {_NO_QUORUM}")
    for role in _names(call.text("roles")):
        if role not in call.cluster.access.roles:
            raise died(f"ACL update failed: role '{role}' does not exist")
        for kind, name in principals:
            _grant(call, path, kind, name, role)
    call.cluster.touch()
    return None


def _grant(call: Call, path: str, kind: str, name: str, role: str) -> None:
    access = call.cluster.access
    if call.flag("delete"):
        access.revoke(path, kind, name, role)
        return
    known: Container[str] = {
        "user": access.users.keys(),
        "token": access.tokens.keys(),
        "group": access.groups,
    }[kind]
    if name not in known:
        raise died(f"ACL update failed: {kind} '{name}' does not exist")
    access.grant(path, kind, name, role, call.flag("propagate", True))


_USER = {
    "enable": FLAG,
    "expire": NUMBER,
    "comment": TEXT,
    "email": TEXT,
    "groups": TEXT,
    "append": FLAG,
    "firstname": TEXT,
    "lastname": TEXT,
    "keys": TEXT,
}
_TOKEN = {"privsep": FLAG, "expire": NUMBER, "comment": TEXT}
_TOKEN_NAME = Parameter(matching(r"[A-Za-z][A-Za-z0-9.\-_]+"), optional=False)
_MODIFY = needs("/access/groups", "User.Modify")
_ONE = "/access/users/{userid}"
_ONE_TOKEN = f"{_ONE}/token/{{tokenid}}"

METHODS = (
    Method("GET", "/access/users", _users, {"full": FLAG, "enabled": FLAG}),
    Method(
        "POST",
        "/access/users",
        _create_user,
        _USER | {"userid": _REQUIRED, "password": Parameter(text(least=8, most=64))},
        check=_MODIFY,
        protected=True,
    ),
    Method("GET", _ONE, _one_user),
    Method("PUT", _ONE, _change_user, _USER, check=_MODIFY, protected=True),
    Method("DELETE", _ONE, _remove_user, check=_MODIFY, protected=True),
    Method("GET", f"{_ONE}/token", _token_list),
    Method("GET", _ONE_TOKEN, lambda call: _token_row(_known_token(call)[1])),
    Method(
        "POST",
        _ONE_TOKEN,
        _create_token,
        _TOKEN | {"tokenid": _TOKEN_NAME},
        check=_MODIFY,
        protected=True,
    ),
    Method("DELETE", _ONE_TOKEN, _remove_token, check=_MODIFY, protected=True),
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
