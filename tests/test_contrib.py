"""What the installation's instructions promise: the privileges suffice, the examples are right."""

import re
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest

from noc_tui.cluster.privileges import list_missing_needs
from noc_tui.config import load
from noc_tui.register import read
from noc_tui.simulator.model.privileges import BUILTIN_ROLES

ROOT = Path(__file__).parent.parent
INSTALL = (ROOT / "contrib" / "INSTALL.md").read_text("utf-8")
_ROLE = re.compile(r"pveum role add (\w+) --privs ([\w.,]+)")
_LOOP = re.compile(r"tokens (noc@pve!\w+)'; do\n(.*?)done", re.DOTALL)
_GRANT = re.compile(r"pveum acl modify (\S+) \$who --roles (\S+)")


def granted(token: str) -> dict[str, dict[str, bool]]:
    """`/access/permissions` of a token after the instructions."""
    roles = {name: frozenset(privs.split(",")) for name, privs in _ROLE.findall(INSTALL)}
    lines = "\n".join(lines for name, lines in _LOOP.findall(INSTALL) if name == token)
    return {
        path: {
            privilege: True
            for role in named.split(",")
            for privilege in (roles.get(role) or BUILTIN_ROLES[role])
        }
        for path, named in _GRANT.findall(lines)
    }


def test_the_tokens_of_the_instructions_lack_nothing() -> None:
    assert list_missing_needs(granted("noc@pve!read"), ["read"]) == ()
    wanting = list_missing_needs(granted("noc@pve!action"), ["power", "suspend"])
    assert [need.privilege for need in wanting if not need.optional] == []


def test_what_the_instructions_name_is_there() -> None:
    for name in re.findall(
        r"(?<= )((?:contrib|requirements)/[\w./-]+|config\.example\.toml)", INSTALL
    ):
        assert (ROOT / name).is_file(), name


def test_folders_that_a_small_debian_lacks_are_made() -> None:
    for line in INSTALL.splitlines():
        if line.startswith("install ") and re.search(r" /etc/(sysusers|tmpfiles)\.d/", line):
            assert line.startswith("install -D "), line


def test_the_register_of_the_example_is_right() -> None:
    (acme,) = read(ROOT / "contrib" / "tenants.example.toml")
    assert acme.monthly_amount(date(2026, 1, 1)) == 1250
    assert acme.support.perimeter == ("os", "databases")


def test_the_groups_and_the_drop_are_the_same_everywhere() -> None:
    config = load(ROOT / "config.example.toml")
    unit = (ROOT / "contrib/systemd/nocd.service").read_text("utf-8")
    users = (ROOT / "contrib/sysusers.d/noc.conf").read_text("utf-8")
    directories = (ROOT / "contrib/tmpfiles.d/noc.conf").read_text("utf-8")
    roles = config.roles
    groups = [*roles.viewer.groups, *roles.operator.groups, *roles.lead.groups]
    assert len(set(groups)) == 3
    assert set(re.findall(r"^g (\S+)", users, re.MULTILINE)) == set(groups)
    assert f"Group={config.database.group}\n" in unit
    assert config.database.group in roles.viewer.groups
    (drop,) = re.findall(r"^d (\S+) +2770 noc-prober +nocd ", directories, re.MULTILINE)
    assert f"ReadWritePaths=-{drop}\n" in unit
    for text in (INSTALL, (ROOT / "README.md").read_text("utf-8")):
        assert f"rrsync -wo {drop}" in text
    assert not Path(drop).is_relative_to(config.database.path.parent)
    assert set(re.findall(r"^m (\S+) +(\S+)", users, re.MULTILINE)) == {("nocd", "noc-viewers")}


def unit(name: str) -> dict[str, list[str]]:
    """The settings of a unit, each with every value that it is given."""
    found: dict[str, list[str]] = {}
    for line in (ROOT / "contrib/systemd" / name).read_text("utf-8").splitlines():
        if "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


def test_nocd_is_kept_running_and_who_is_on_call_is_told_when_it_cannot_be() -> None:
    nocd, failed = unit("nocd.service"), unit("nocd-failed.service")
    assert nocd["Restart"] == ["always"]
    assert nocd["OnFailure"] == ["nocd-failed.service"]
    assert float(nocd["WatchdogSec"][0]) > 60
    assert any("-HUP" in command for command in nocd["ExecReload"])
    assert "nocd page" in failed["ExecStart"][0]
    assert nocd["StandardError"] == ["journal"], "else it goes where standard output does"
    for one in (nocd, failed):
        assert one["LimitCORE"] == ["0"]
        assert one["MemoryMax"]
    assert "PrivateUsers" not in nocd, "the uid of who calls would be hidden"


def test_systemd_finds_the_units_right_and_narrow(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("needs systemd-analyze")
    for file in (ROOT / "contrib/systemd").glob("nocd*.service"):
        text = re.sub(r"/usr/bin/\S+", "/bin/true", file.read_text("utf-8"))
        (tmp_path / file.name).write_text(text)
    units = sorted(map(str, tmp_path.glob("*.service")))
    done = subprocess.run([analyze, "verify", *units], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    done = subprocess.run(
        [analyze, "security", "--offline=yes", "--threshold=20", str(tmp_path / "nocd.service")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
