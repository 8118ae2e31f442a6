"""Who may write where the database and the observations are: what is unsafe is told by key."""

import grp
import os
import pwd
from pathlib import Path

import pytest
from msgspec.structs import replace

from noc_tui.config import Configuration, Database, Members, Roles, Socket
from noc_tui.config.directories import find_accounts_without_database, find_unsafe_directories
from noc_tui.config.values import Probing

OPERATOR = pwd.getpwnam("games")
DELIVERS = pwd.getpwnam("news")
GROUP = grp.getgrnam("users")


def made(tmp_path: Path, *, drop: bool = False, operator: str = OPERATOR.pw_name) -> Configuration:
    database, spool = tmp_path / "lib", tmp_path / "spool" / "observations"
    database.mkdir()
    database.chmod(0o2750)
    if drop:
        spool.mkdir(parents=True)
        spool.chmod(0o2770)
    return Configuration(
        database=Database(path=database / "noc.db", group="users"),
        socket=Socket(path=tmp_path / "nocd.sock"),
        roles=Roles(operator=Members(users=(operator,))),
        probing=Probing(drop=spool if drop else None),
    )


def wrong(config: Configuration) -> dict[str, str]:
    return dict(find_unsafe_directories(config))


def test_directories_as_they_are_installed_are_right(tmp_path: Path) -> None:
    assert wrong(made(tmp_path, drop=True)) == {}


def test_what_is_not_there_yet_is_not_wrong(tmp_path: Path) -> None:
    config = made(tmp_path)
    config.database.path.parent.rmdir()
    assert wrong(config) == {}


@pytest.mark.parametrize("mode", [0o777, 0o2752, 0o1777])
def test_a_database_directory_that_every_account_can_write_is_refused(
    tmp_path: Path, mode: int
) -> None:
    config = made(tmp_path)
    config.database.path.parent.chmod(mode)
    assert "chmod o-w" in wrong(config)["database.path"]


def test_a_parent_in_which_every_account_renames_is_refused_and_a_sticky_one_is_not(
    tmp_path: Path,
) -> None:
    config = made(tmp_path)
    tmp_path.chmod(0o1777)
    assert wrong(config) == {}
    tmp_path.chmod(0o777)
    assert f"o-w {tmp_path}" in wrong(config)["database.path"]


def test_a_drop_that_every_account_can_enter_is_refused(tmp_path: Path) -> None:
    config = made(tmp_path, drop=True)
    assert config.probing.drop is not None
    config.probing.drop.chmod(0o2777)
    assert "2770" in wrong(config)["probing.drop"]


def test_a_drop_in_the_directory_of_the_database_is_refused(tmp_path: Path) -> None:
    config = made(tmp_path)
    inside = replace(config, probing=Probing(drop=config.database.path.parent / "observations"))
    assert "must not enter" in wrong(inside)["probing.drop"]


@pytest.mark.needs_root
class TestOfOtherAccounts:
    """Owners and groups that only root can give."""

    @pytest.fixture(autouse=True)
    def root(self) -> None:
        if os.geteuid() != 0:
            pytest.skip("needs root, to give files to other accounts")

    def drop(self, config: Configuration, uid: int, gid: int) -> None:
        assert config.probing.drop is not None
        os.chown(config.probing.drop, uid, gid)
        config.probing.drop.chmod(0o2770)

    def test_an_account_that_delivers_has_no_role(self, tmp_path: Path) -> None:
        config = made(tmp_path, drop=True)
        self.drop(config, DELIVERS.pw_uid, 0)
        assert wrong(config) == {}
        self.drop(config, OPERATOR.pw_uid, 0)
        assert "has a role" in wrong(config)["probing.drop"]

    def test_nocd_itself_reads_as_a_viewer_does_and_takes_in_what_comes(
        self, tmp_path: Path
    ) -> None:
        """As `contrib/sysusers.d` has it: `nocd` is in the group of viewers."""
        ours = pwd.getpwnam("proxy")
        config = made(tmp_path, drop=True)
        config = replace(config, roles=replace(config.roles, viewer=Members(users=(ours.pw_name,))))
        self.drop(config, DELIVERS.pw_uid, ours.pw_gid)
        assert "can remove observations" in wrong(config)["probing.drop"]
        os.chown(config.database.path.parent, ours.pw_uid, GROUP.gr_gid)
        config.database.path.parent.chmod(0o2750)
        assert wrong(config) == {}

    @pytest.mark.parametrize("by", ["database", "role"])
    def test_a_drop_is_not_the_operators_groups(self, tmp_path: Path, by: str) -> None:
        config = made(tmp_path, drop=True)
        if by == "role":
            roles = Roles(operator=Members(groups=("users",)))
            config = replace(config, roles=roles, database=replace(config.database, group=None))
        self.drop(config, DELIVERS.pw_uid, GROUP.gr_gid)
        assert "the operators'" in wrong(config)["probing.drop"]

    def test_a_member_of_the_drops_group_with_a_role_is_named(self, tmp_path: Path) -> None:
        config = made(tmp_path, drop=True)
        self.drop(config, DELIVERS.pw_uid, OPERATOR.pw_gid)
        assert OPERATOR.pw_name in wrong(config)["probing.drop"]

    def test_a_database_of_an_operators_own_is_refused(self, tmp_path: Path) -> None:
        config = made(tmp_path)
        os.chown(config.database.path.parent, OPERATOR.pw_uid, GROUP.gr_gid)
        assert "belongs to" in wrong(config)["database.path"]


def test_an_account_with_a_role_that_cannot_read_the_database_is_named(tmp_path: Path) -> None:
    config = made(tmp_path, operator="nobody")
    ((key, text),) = find_accounts_without_database(config)
    assert key == "roles.operator"
    assert "nobody" in text
    assert "users" in text
