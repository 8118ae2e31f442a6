"""The directories of `contrib/tmpfiles.d`, as the accounts of an installation meet them.

Accounts that every Debian has stand in for those of `contrib/sysusers.d`; the kernel decides.
"""

import os
import pwd
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.end_to_end.programs import ROOT

pytestmark = pytest.mark.needs_root
GROUPS = {"root": 0, "nocd": 64001, "noc-viewers": 64002, "noc-operators": 64003}
ACCOUNTS = {"root": "root", "nocd": "proxy", "noc-prober": "news"}


@dataclass(frozen=True)
class Person:
    """An account and the groups that it is in, the first one its own."""

    account: str
    groups: tuple[int, ...]

    def does(self, *command: str) -> bool:
        """Whether a program of this account does what it is asked."""
        done = subprocess.run(
            command,
            user=self.account,
            group=self.groups[0],
            extra_groups=list(self.groups[1:]),
            umask=0o027,
            capture_output=True,
            check=False,
            cwd="/",
        )
        return done.returncode == 0


def person(account: str, *groups: str) -> Person:
    return Person(account, (pwd.getpwnam(account).pw_gid, *(GROUPS[name] for name in groups)))


VIEWER = person("man", "noc-viewers")
OPERATOR = person("games", "noc-viewers", "noc-operators")
PROBER = person("news")
STRANGER = person("mail")
NOCD = Person("proxy", (GROUPS["noc-viewers"], GROUPS["nocd"]))


@pytest.fixture(scope="module")
def root() -> Iterator[Path]:
    """A machine's directories as they are installed, a database and a delivered file in them."""
    if os.geteuid() != 0:
        pytest.skip("needs root, to act as other accounts")
    with TemporaryDirectory(prefix="noc-installed-") as name:
        top = Path(name)
        top.chmod(0o755)
        (top / "var").mkdir(mode=0o755)
        for line in (ROOT / "contrib/tmpfiles.d/noc.conf").read_text().splitlines():
            if line.startswith("d "):
                _kind, path, mode, owner, group, _age = line.split()
                made = top / path.removeprefix("/")
                made.mkdir(parents=True)
                os.chown(made, pwd.getpwnam(ACCOUNTS[owner]).pw_uid, GROUPS[group])
                made.chmod(int(mode, 8))
        for between in (top / "var/lib", top / "var/spool", top / "etc"):
            between.chmod(0o755)
        database = top / "var/lib/noc/noc.db"
        assert NOCD.does("touch", str(database))
        yield top


@pytest.fixture
def delivered(root: Path) -> str:
    """An observation that the prober's account has just delivered."""
    file = str(root / "var/spool/noc/observations/elsewhere-1.observed")
    assert PROBER.does("cp", "/etc/hostname", file)
    return file


@pytest.mark.parametrize("who", [VIEWER, OPERATOR], ids=["viewer", "operator"])
def test_whoever_has_a_role_reads_the_database_and_writes_nothing(root: Path, who: Person) -> None:
    database = root / "var/lib/noc/noc.db"
    assert who.does("cat", str(database))
    assert not who.does("rm", "-f", str(database))
    assert not who.does("touch", str(database.with_name("noc.db-journal")))
    assert not who.does("truncate", "-s", "0", str(database))


@pytest.mark.parametrize("who", [PROBER, STRANGER], ids=["prober", "stranger"])
def test_nobody_else_reads_the_database(root: Path, who: Person) -> None:
    assert not who.does("cat", str(root / "var/lib/noc/noc.db"))
    assert not who.does("ls", str(root / "var/lib/noc"))


@pytest.mark.parametrize("who", [VIEWER, OPERATOR, STRANGER], ids=["viewer", "operator", "other"])
def test_who_has_a_role_cannot_remove_or_read_observations(delivered: str, who: Person) -> None:
    assert not who.does("rm", "-f", delivered)
    assert not who.does("mv", delivered, f"{delivered}.gone")
    assert not who.does("cat", delivered)
    assert not who.does("touch", f"{Path(delivered).parent}/forged.observed")


def test_nocd_takes_in_and_removes_what_was_delivered(delivered: str) -> None:
    assert NOCD.does("cat", delivered)
    assert NOCD.does("mv", delivered, delivered.replace(".observed", ".refused"))
    assert NOCD.does("rm", delivered.replace(".observed", ".refused"))
