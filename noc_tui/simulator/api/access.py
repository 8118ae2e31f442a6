"""`/access/ticket` and `/access/permissions`: who one is, and what one may."""

from noc_tui.simulator.calls import Call
from noc_tui.simulator.data import Json, Row
from noc_tui.simulator.errors import ApiError
from noc_tui.simulator.model.privileges import CATEGORIES, capabilities_of
from noc_tui.simulator.parameters import FLAG, TEXT, Parameter, text
from noc_tui.simulator.routing import Method, index
from noc_tui.simulator.tickets import is_enabled

_REQUIRED = Parameter(text(), optional=False)


def _login(call: Call) -> Json:
    """A ticket, for a password or for a ticket that is still good."""
    user = call.text("username")
    if "@" not in user and "realm" in call.values:
        user = f"{user}@{call.text('realm')}"
    known = call.cluster.access.users.get(user)
    password = call.text("password")
    renewed = call.world.tickets.user_of(password, call.now) == user
    if known is None or not is_enabled(call.cluster.access, user, call.now):
        raise _failure()
    if not renewed and (not known.password or known.password != password):
        raise _failure()
    call.cluster.note(call.local.name, user, f"successful auth for user '{user}'")
    return _session(call, user)


def _failure() -> ApiError:
    return ApiError(401, "authentication failure\n", delay=3)


def _session(call: Call, user: str) -> Row:
    answer: Row = {
        "username": user,
        "ticket": call.world.tickets.ticket(user, call.now),
        "CSRFPreventionToken": call.world.tickets.csrf(user, call.now),
        "cap": {name: _capabilities(call, user, name) for name in CATEGORIES},
    }
    if not call.cluster.standalone and call.cluster.access.has(user, "/", "Sys.Audit"):
        answer["clustername"] = call.cluster.name
    return answer


def _capabilities(call: Call, user: str, category: str) -> dict[str, int]:
    path, chosen = capabilities_of(category)
    return {name: 1 for name in call.cluster.access.privileges(user, path) if name in chosen}


def _permissions(call: Call) -> Json:
    """Effective privileges by path; the value says whether they propagate."""
    principal = call.text("userid", call.principal)
    if principal.partition("!")[0] != call.user:
        call.need("/access", "Sys.Audit")
    access = call.cluster.access
    paths = [call.text("path")] if "path" in call.values else access.paths()
    told = {path: access.privileges(principal, path) for path in paths}
    return {
        path: {name: int(propagate) for name, propagate in held.items()}
        for path, held in told.items()
        if held
    }


METHODS = (
    index("GET", "/access", "subdir", "users", "groups", "domains", "roles", "acl", "ticket"),
    Method("GET", "/access/ticket", lambda _: None, public=True),
    Method(
        "POST",
        "/access/ticket",
        _login,
        {
            "username": _REQUIRED,
            "password": _REQUIRED,
            "realm": TEXT,
            "otp": TEXT,
            "path": TEXT,
            "privs": TEXT,
            "tfa-challenge": TEXT,
            "new-format": FLAG,
        },
        protected=True,
        public=True,
        ticket_only=True,
    ),
    Method("GET", "/access/permissions", _permissions, {"path": TEXT, "userid": TEXT}),
)
