"""Who may do what: viewer, operator, lead, from Unix users and groups in the configuration.

The uid comes from the kernel (`SO_PEERCRED`), never from what somebody types. Nobody has a role
by being root. In a demo alone the account that started it plays the cast (`--as NAME`).
"""

import grp
import os
import pwd
from collections.abc import Iterable
from enum import IntEnum

import msgspec

from noc_tui.config.values import Demo, Members, Roles
from noc_tui.i18n import N_, _


class Role(IntEnum):
    """What somebody may do; each role may do all that the ones below it may."""

    VIEWER = 1
    OPERATOR = 2
    LEAD = 3

    @property
    def word(self) -> str:
        """The role's name in the configuration and on the socket."""
        return self.name.lower()

    @property
    def said(self) -> str:
        """The role's name for who reads it."""
        return _(_SAID[self])


_SAID = {
    Role.VIEWER: N_("viewer"),
    Role.OPERATOR: N_("operator"),
    Role.LEAD: N_("lead"),
}


class RoleRefusedError(Exception):
    """This account may not do this; the text says why, for the one who asked."""


class Caller(msgspec.Struct, frozen=True):
    """Who asks: the account, the name to show and record, and its role, None without one.

    `confidential` is whether it sees that a secret order of an authority exists.
    """

    uid: int
    name: str
    role: Role | None
    confidential: bool = False

    def may(self, needed: Role) -> bool:
        """Return whether the role suffices."""
        return self.role is not None and self.role >= needed


def account_name(uid: int) -> str:
    """The account's name; `uid 1234` when the system knows none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"


def role_of(uid: int, roles: Roles) -> Role | None:
    """The highest role that the user or one of its groups, supplementary ones too, is given."""
    try:
        account = pwd.getpwuid(uid)
    except KeyError:
        return None
    for role in sorted(Role, reverse=True):
        if _is_member(account, getattr(roles, role.word)):
            return role
    return None


def sees_secret_orders(uid: int, roles: Roles) -> bool:
    """Return whether the account has a role and is named in `[roles.confidential]` (R37)."""
    try:
        account = pwd.getpwuid(uid)
    except KeyError:
        return False
    return role_of(uid, roles) is not None and _is_member(account, roles.confidential)


def _is_member(account: pwd.struct_passwd, members: Members) -> bool:
    groups = set(os.getgrouplist(account.pw_name, account.pw_gid))
    return account.pw_name in members.users or bool(groups & _group_ids(members.groups))


def caller(uid: int, roles: Roles, demo: Demo | None, plays: str | None = None) -> Caller:
    """Return who that account is, here; `plays` is the name given with `--as`.

    Raises `RoleRefusedError`.
    """
    if demo is not None and uid == demo.account:
        return _player(uid, demo, plays or demo.default)
    if plays is not None:
        raise RoleRefusedError(_("--as plays another operator in a demo only"))
    seeing = sees_secret_orders(uid, roles)
    return Caller(uid, account_name(uid), role_of(uid, roles), confidential=seeing)


def named_accounts(roles: Roles, demo: Demo | None) -> list[str]:
    """Return the accounts that have a role, by name or through a group; in a demo its cast."""
    names = set(demo.cast) if demo is not None else set()
    for word in (role.word for role in Role):
        members: Members = getattr(roles, word)
        names.update(name for name in members.users if _known_user(name))
        groups = _group_ids(members.groups)
        for group in groups:
            names.update(grp.getgrgid(group).gr_mem)
        if groups:
            names.update(entry.pw_name for entry in pwd.getpwall() if entry.pw_gid in groups)
    return sorted(names)


def unknown_members(roles: Roles) -> Iterable[tuple[str, str]]:
    """(key, name) of each user and group in the configuration that this machine does not know."""
    for word in (*(role.word for role in Role), "confidential"):
        members: Members = getattr(roles, word)
        for name in members.users:
            if not _known_user(name):
                yield f"roles.{word}.users", name
        for name in members.groups:
            if not _group_ids((name,)):
                yield f"roles.{word}.groups", name


def _player(uid: int, demo: Demo, name: str) -> Caller:
    if name not in demo.cast:
        cast = ", ".join(demo.cast)
        raise RoleRefusedError(
            _("nobody in the demo is called {name}: {cast}").format(name=name, cast=cast)
        )
    role = Role[demo.cast[name].upper()]
    return Caller(uid, name, role, confidential=name in demo.confidential)


def _known_user(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _group_ids(names: Iterable[str]) -> set[int]:
    found: set[int] = set()
    for name in names:
        try:
            found.add(grp.getgrnam(name).gr_gid)
        except KeyError:
            continue
    return found
