"""`/access/users`: accounts and their tokens."""

import re

from noc_tui.simulator.calls import Call
from noc_tui.simulator.data import Json, Row
from noc_tui.simulator.dice import Dice
from noc_tui.simulator.errors import bad, perl_error
from noc_tui.simulator.model.access import Token, User
from noc_tui.simulator.parameters import FLAG, NUMBER, TEXT, Parameter, match_pattern, text
from noc_tui.simulator.routing import Method, needs

NO_QUORUM = "error with cfs lock 'file-user_cfg': no quorum!"
_REQUIRED = Parameter(text(), optional=False)


def names_in(given: str) -> list[str]:
    """The names of a list parameter."""
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
        raise perl_error(f"no such user ('{call.path['userid']}')")
    return user


def _one_user(call: Call) -> Json:
    user = _known_user(call)
    tokens = {name: _token_row(one) for name, one in _tokens_of(call, user.name).items()}
    row = _user_row(user) | {"groups": sorted(user.groups)}
    return row | ({"tokens": tokens} if tokens else {})


def _create_user(call: Call) -> Json:
    name = call.text("userid")
    if name in call.cluster.access.users:
        raise perl_error(f"create user failed: user '{name}' already exists")
    call.need_quorum(f"create user failed: {NO_QUORUM}")
    user = User(name, call.text("password"))
    _set_user(call, user)
    call.cluster.access.users[name] = user
    call.cluster.access.changed()
    return None


def _change_user(call: Call) -> Json:
    user = _known_user(call)
    call.need_quorum(f"update user failed: {NO_QUORUM}")
    _set_user(call, user)
    call.cluster.access.changed()
    return None


def _set_user(call: Call, user: User) -> None:
    user.enabled = call.flag("enable", user.enabled)
    user.expire = call.number("expire", user.expire)
    user.comment = call.text("comment", user.comment)
    user.email = call.text("email", user.email)
    if "groups" in call.values:
        user.groups = set(names_in(call.text("groups"))) | (
            user.groups if call.flag("append") else set()
        )


def _remove_user(call: Call) -> Json:
    user = _known_user(call)
    call.need_quorum(f"delete user failed: {NO_QUORUM}")
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
        raise perl_error(f"no such token '{name}' for user '{user}'")
    return f"{user}!{name}", token


def _create_token(call: Call) -> Json:
    user = _known_user(call)
    full = f"{user.name}!{call.path['tokenid']}"
    if full in call.cluster.access.tokens:
        raise bad(tokenid="Token already exists.")
    call.need_quorum(f"generating token failed: {NO_QUORUM}")
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
    call.need_quorum(f"deleting token failed: {NO_QUORUM}")
    access = call.cluster.access
    del access.tokens[name]
    for entry in access.entries():
        if entry.principal == name:
            access.revoke(entry.path, entry.kind, entry.principal, entry.role)
    access.changed()
    return None


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
_TOKEN_NAME = Parameter(match_pattern(r"[A-Za-z][A-Za-z0-9.\-_]+"), optional=False)
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
)
