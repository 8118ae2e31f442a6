"""Roles come from Unix users and groups; root has none by itself; the cast plays in a demo only."""

import grp
import os
import pwd

import pytest

from noc_tui.config import Demo, Members, Roles
from noc_tui.roles import Role, RoleRefusedError, account_name, caller, role_of, unknown_members

SOMEBODY = next(entry for entry in pwd.getpwall() if entry.pw_uid != 0)
PRIMARY = grp.getgrgid(SOMEBODY.pw_gid).gr_name
NOBODY_UID = max(entry.pw_uid for entry in pwd.getpwall()) + 4321


def test_roles_are_ordered() -> None:
    assert Role.VIEWER < Role.OPERATOR < Role.LEAD


def test_a_user_has_the_role_of_its_name() -> None:
    assert role_of(SOMEBODY.pw_uid, Roles(lead=Members(users=(SOMEBODY.pw_name,)))) is Role.LEAD


def test_a_user_has_the_role_of_its_group() -> None:
    assert role_of(SOMEBODY.pw_uid, Roles(operator=Members(groups=(PRIMARY,)))) is Role.OPERATOR


def test_supplementary_groups_count(monkeypatch: pytest.MonkeyPatch) -> None:
    other = next(group for group in grp.getgrall() if group.gr_gid != SOMEBODY.pw_gid)
    monkeypatch.setattr(os, "getgrouplist", lambda name, gid: [gid, other.gr_gid])
    roles = Roles(viewer=Members(groups=(other.gr_name,)))
    assert role_of(SOMEBODY.pw_uid, roles) is Role.VIEWER


def test_the_highest_role_counts() -> None:
    roles = Roles(viewer=Members(groups=(PRIMARY,)), lead=Members(users=(SOMEBODY.pw_name,)))
    assert role_of(SOMEBODY.pw_uid, roles) is Role.LEAD


def test_root_has_no_role_by_being_root() -> None:
    assert role_of(0, Roles(lead=Members(users=("alice",), groups=("no-such-group",)))) is None


def test_an_account_unknown_to_the_system_has_no_role() -> None:
    assert role_of(NOBODY_UID, Roles(lead=Members(users=("",)))) is None
    assert account_name(NOBODY_UID) == f"uid {NOBODY_UID}"
    assert not caller(NOBODY_UID, Roles(), None).may(Role.VIEWER)


def test_the_cast_plays_in_a_demo() -> None:
    demo = Demo(account=SOMEBODY.pw_uid)
    assert caller(SOMEBODY.pw_uid, Roles(), demo).name == "omar"
    lea = caller(SOMEBODY.pw_uid, Roles(), demo, "lea")
    assert lea.may(Role.LEAD)
    assert not caller(SOMEBODY.pw_uid, Roles(), demo, "vera").may(Role.OPERATOR)
    with pytest.raises(RoleRefusedError, match="lea"):
        caller(SOMEBODY.pw_uid, Roles(), demo, "mallory")


def test_nobody_else_plays() -> None:
    with pytest.raises(RoleRefusedError, match="demo"):
        caller(SOMEBODY.pw_uid, Roles(), None, "lea")
    with pytest.raises(RoleRefusedError, match="demo"):
        caller(NOBODY_UID, Roles(), Demo(account=SOMEBODY.pw_uid), "lea")


def test_names_the_machine_does_not_know_are_found() -> None:
    roles = Roles(viewer=Members(users=("nosuchuser", SOMEBODY.pw_name), groups=("nosuchgroup",)))
    assert list(unknown_members(roles)) == [
        ("roles.viewer.users", "nosuchuser"),
        ("roles.viewer.groups", "nosuchgroup"),
    ]
