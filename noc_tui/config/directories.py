"""The directories that the configuration names: who owns them, and who may write in them.

Whoever can write in the directory of the database can put another file in its place; whoever can
write in the drop can remove observations before `nocd` sees them. Both are looked at as they are
now; one that is not there yet is none of these problems.
"""

import grp
import os
import pwd
import stat
from collections.abc import Iterator
from pathlib import Path

from noc_tui.config.values import Configuration
from noc_tui.i18n import _
from noc_tui.roles import Role, role_of

DirectoryProblem = tuple[str, str]
"""A key of the configuration, and what is wrong with the directory that it names."""


def find_unsafe_directories(config: Configuration) -> Iterator[DirectoryProblem]:
    """Everything that is wrong with the directory of the database and with the drop."""
    directory = config.database.path.parent
    for text in _unsafe_for_others(directory):
        yield "database.path", text
    for text in _unsafe_owner(directory, config):
        yield "database.path", text
    if config.probing.drop is not None:
        for text in _unsafe_drop(config.probing.drop, config):
            yield "probing.drop", text


def _unsafe_for_others(directory: Path) -> Iterator[str]:
    """Yield who besides its owner may write in it, or put another directory in its place."""
    found = _looked_at(directory)
    if found is None:
        return
    mode = stat.S_IMODE(found.st_mode)
    if mode & stat.S_IWOTH:
        text = _("every account can write in {directory} (mode {mode:04o}): chmod o-w it")
        yield text.format(directory=directory, mode=mode)
    elif mode & stat.S_IWGRP and (others := _others_in(found.st_gid, found.st_uid)):
        text = _("{accounts} can write in {directory} (mode {mode:04o}): chmod g-w it")
        yield text.format(directory=directory, mode=mode, accounts=", ".join(others))
    yield from _replaceable(directory)


def _replaceable(directory: Path) -> Iterator[str]:
    """A parent in which every account may rename what is not its own."""
    for parent in directory.parents:
        found = _looked_at(parent)
        if found is not None and found.st_mode & stat.S_IWOTH and not found.st_mode & stat.S_ISVTX:
            text = _("every account can put another directory in the place of {directory}: chmod")
            yield f"{text.format(directory=directory)} o-w {parent}"


def _unsafe_owner(directory: Path, config: Configuration) -> Iterator[str]:
    """The database belongs to the account of `nocd`, or to root, and to nobody who may act."""
    found = _looked_at(directory)
    if found is None or found.st_uid == 0:
        return
    us = os.geteuid()
    acts = (role_of(found.st_uid, config.roles) or Role.VIEWER) > Role.VIEWER
    if us not in (0, found.st_uid) or (us == 0 and acts):
        text = _("{directory} belongs to {account}, not to the account of nocd")
        yield text.format(directory=directory, account=_name(found.st_uid))


def _unsafe_drop(drop: Path, config: Configuration) -> Iterator[str]:
    """Yield who delivers has no role and reads no database; no operator can remove what was
    delivered.
    """
    if drop.is_relative_to(config.database.path.parent):
        text = _("{drop} lies in the database's directory, which who delivers must not enter")
        yield text.format(drop=drop)
    found = _looked_at(drop)
    if found is None:
        return
    mode = stat.S_IMODE(found.st_mode)
    if not stat.S_ISDIR(found.st_mode):
        yield _("{drop} is not a directory").format(drop=drop)
        return
    if mode & stat.S_IRWXO:
        text = _("every account can enter {drop} (mode {mode:04o}): chmod 2770 it")
        yield text.format(drop=drop, mode=mode)
    if found.st_uid not in (0, os.geteuid()) and role_of(found.st_uid, config.roles):
        text = _("{account} delivers into {drop} and has a role: give it an account of its own")
        yield text.format(account=_name(found.st_uid), drop=drop)
    if mode & stat.S_IWGRP:
        yield from _unsafe_group(drop, found.st_gid, config)
    yield from _replaceable(drop)


def _unsafe_group(drop: Path, gid: int, config: Configuration) -> Iterator[str]:
    roles = config.roles
    named = {group for one in (roles.viewer, roles.operator, roles.lead) for group in one.groups}
    group = _group_name(gid)
    if group in named | {config.database.group}:
        text = _("the group {group} of {drop} is the operators': chgrp it to nocd's own group")
        yield text.format(group=group, drop=drop)
        return
    ours = _name(_account_of_nocd(config))
    with_roles = [name for name in _members(gid) if name != ours and _has_role(name, config)]
    if with_roles:
        text = _("{accounts} can remove observations from {drop}: take them out of {group}")
        yield text.format(accounts=", ".join(with_roles), drop=drop, group=group)


def _account_of_nocd(config: Configuration) -> int:
    """This account; where root looks, whose the directory of the database is. It reads the
    database as a viewer does, and takes in what is delivered.
    """
    us, found = os.geteuid(), _looked_at(config.database.path.parent)
    return found.st_uid if us == 0 and found is not None else us


def find_accounts_without_database(config: Configuration) -> Iterator[DirectoryProblem]:
    """Accounts that have a role by name or group and are not in the group that reads the file."""
    group = config.database.group
    if group is None:
        return
    try:
        readers = {*_members(grp.getgrnam(group).gr_gid)}
    except KeyError:
        return
    roles = config.roles
    for key, given in (
        ("viewer", roles.viewer),
        ("operator", roles.operator),
        ("lead", roles.lead),
    ):
        named = {*given.users, *(name for one in given.groups for name in _members_of(one))}
        for name in sorted(named - readers):
            text = _("{account} cannot read the database: put it in the group {group}")
            yield f"roles.{key}", text.format(account=name, group=group)


def _looked_at(path: Path) -> os.stat_result | None:
    """Return what is there; None for nothing, and for what this account may not look at."""
    try:
        return path.stat()
    except OSError:
        return None


def _others_in(gid: int, owner: int) -> list[str]:
    return [name for name in _members(gid) if name != _name(owner)]


def _members_of(group: str) -> list[str]:
    try:
        return _members(grp.getgrnam(group).gr_gid)
    except KeyError:
        return []


def _members(gid: int) -> list[str]:
    """Accounts in a group, those whose own group it is too."""
    try:
        listed = grp.getgrgid(gid).gr_mem
    except KeyError:
        listed = []
    own = [entry.pw_name for entry in pwd.getpwall() if entry.pw_gid == gid]
    return sorted({*listed, *own})


def _has_role(name: str, config: Configuration) -> bool:
    try:
        return role_of(pwd.getpwnam(name).pw_uid, config.roles) is not None
    except KeyError:
        return False


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"


def _group_name(gid: int) -> str:
    try:
        return grp.getgrgid(gid).gr_name
    except KeyError:
        return f"gid {gid}"
