"""Users, groups, tokens, roles and the ACL of a cluster, and what follows from them.

The rules are those of pve-access-control: an entry nearer to the object replaces those above it,
a token's replaces a user's, a user's replaces its groups'; `NoAccess` silences everything else,
rights by pool included; a token with separated privileges has at most its user's.
"""

from dataclasses import dataclass, field

from noc_tui.simulator.model.privileges import BUILTIN_ROLES

Roles = dict[str, bool]
"""Role names by whether they propagate."""

TOP_PATHS = (
    "/",
    "/access",
    "/access/groups",
    "/nodes",
    "/pool",
    "/sdn",
    "/storage",
    "/vms",
)


@dataclass(slots=True)
class User:
    """`expire` 0 is never; a user in realm `pve` logs in with `password`."""

    name: str
    password: str = ""
    enabled: bool = True
    expire: int = 0
    comment: str = ""
    email: str = ""
    groups: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Token:
    """An API token of a user, under `user!name`."""

    secret: str
    separated: bool = True
    expire: int = 0
    comment: str = ""
    informed_separation: str = "1"


@dataclass(frozen=True, slots=True)
class AclEntry:
    """One role of one principal on one path; `kind` is user, group or token."""

    path: str
    kind: str
    principal: str
    role: str
    propagate: bool


@dataclass(slots=True)
class Access:
    """`generation` moves with every change, so that what was derived can be thrown away."""

    users: dict[str, User] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    groups: set[str] = field(default_factory=set)
    roles: dict[str, frozenset[str]] = field(default_factory=lambda: dict(BUILTIN_ROLES))
    acl: dict[str, dict[tuple[str, str], Roles]] = field(default_factory=dict)
    pool_of: dict[str, str] = field(default_factory=dict)
    generation: int = 0
    _known: dict[tuple[str, str], dict[str, bool]] = field(default_factory=dict)
    _known_at: int = -1

    def changed(self) -> None:
        self.generation += 1

    def grant(
        self, path: str, kind: str, principal: str, role: str, propagate: bool = True
    ) -> None:
        """Add an entry; the same again changes only its propagation."""
        entries = self.acl.setdefault(path, {}).setdefault((kind, principal), {})
        entries[role] = propagate
        self.changed()

    def revoke(self, path: str, kind: str, principal: str, role: str) -> None:
        """Remove an entry, silently when there is none."""
        principals = self.acl.get(path, {})
        roles = principals.get((kind, principal), {})
        roles.pop(role, None)
        if not roles:
            principals.pop((kind, principal), None)
        if not principals:
            self.acl.pop(path, None)
        self.changed()

    def entries(self) -> list[AclEntry]:
        return [
            AclEntry(path, kind, principal, role, propagate)
            for path, principals in self.acl.items()
            for (kind, principal), roles in principals.items()
            for role, propagate in roles.items()
        ]

    def privileges(self, principal: str, path: str) -> dict[str, bool]:
        """Privileges of a user or token on `path`, by whether they propagate."""
        if self._known_at != self.generation:
            self._known.clear()
            self._known_at = self.generation
        key = (principal, path)
        if key not in self._known:
            self._known[key] = self._compiled(principal, path)
        return self._known[key]

    def has(self, principal: str, path: str, privilege: str) -> bool:
        return privilege in self.privileges(principal, path)

    def paths(self) -> list[str]:
        """Every path that permissions are told about: the fixed ones, ACL's, pooled objects'."""
        return list(dict.fromkeys((*TOP_PATHS, *self.acl, *self.pool_of)))

    def _compiled(self, principal: str, path: str) -> dict[str, bool]:
        roles = self.roles_at(principal, path)
        pool = self.pool_of.get(path)
        if pool and "NoAccess" not in roles:
            roles = {**roles, **self.roles_at(principal, f"/pool/{pool}")}
            if "NoAccess" in roles and len(roles) > 1:
                roles.pop("NoAccess")
        found: dict[str, bool] = {}
        for role, propagate in roles.items():
            for privilege in self.roles.get(role, frozenset()):
                found[privilege] = found.get(privilege, False) or propagate
        user, _, token = principal.partition("!")
        if not token or user == "root@pam" or not self.tokens[principal].separated:
            return found
        allowed = self.privileges(user, path)
        return {name: flag and allowed[name] for name, flag in found.items() if name in allowed}

    def roles_at(self, principal: str, path: str) -> Roles:
        """Roles of a user or token on `path`, pools not counted."""
        user, _, token = principal.partition("!")
        if token:
            known = self.tokens.get(principal)
            if known is None:
                return {}
            if not known.separated:
                return self.roles_at(user, path)
        elif user == "root@pam":
            return {"Administrator": True}
        roles: Roles = {}
        for step in _steps(path):
            new = self._roles_on(step, principal, final=step == path)
            roles = roles if new is None else new
        return {"NoAccess": roles["NoAccess"]} if "NoAccess" in roles else roles

    def _roles_on(self, step: str, principal: str, final: bool) -> Roles | None:
        principals = self.acl.get(step)
        if not principals:
            return None
        kind = "token" if "!" in principal else "user"
        own = _effective(principals.get((kind, principal), {}), final)
        if own:
            return own
        user = self.users.get(principal)
        merged: Roles = {}
        for group in user.groups if user else ():
            merged.update(_effective(principals.get(("group", group), {}), final))
        return merged or None


def _steps(path: str) -> list[str]:
    parts = [part for part in path.split("/") if part]
    return ["/", *("/" + "/".join(parts[: n + 1]) for n in range(len(parts)))]


def _effective(roles: Roles, final: bool) -> Roles:
    return {role: propagate for role, propagate in roles.items() if final or propagate}
