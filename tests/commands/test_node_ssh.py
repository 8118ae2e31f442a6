"""`noc-tui node ssh`: the command is shown, and only what the configuration names is reached."""

import io
import os
import shutil
import sys
from pathlib import Path
from typing import NoReturn

import pytest

from noc_tui import config
from noc_tui.config import ConfigurationError
from tests.support.commands import call_command

BASE = """\
[database]
path = "{folder}/noc.db"
[socket]
path = "{folder}/nocd.sock"
[[cluster]]
name = "rennes"
site = "dc1"
endpoints = ["https://pve1.example.fr:8006"]
read_token_file = "{folder}/t"
ca_file = "{folder}/ca"
ssh = {{ {ssh} }}
"""


def written(folder: Path, ssh: str) -> Path:
    file = folder / "noc.toml"
    file.write_text(BASE.format(folder=folder, ssh=ssh), encoding="utf-8")
    return file


def call(file: Path, node: str) -> tuple[int, str]:
    return call_command(["--lang", "en", "--config", str(file), "node", "ssh", node]).said


def test_the_command_is_shown_and_a_script_goes_no_further(tmp_path: Path) -> None:
    file = written(tmp_path, 'pve1 = "root@pve1.example.fr"')
    assert call(file, "rennes/pve1") == (0, "ssh -- root@pve1.example.fr\n")
    code, said = call(file, "rennes/pve2")
    assert code == 2
    assert 'ssh = { pve2 = "user@host" }' in said
    assert call(file, "lyon/pve1")[0] == 2


class Terminal(io.StringIO):
    """An input at which somebody types."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_is_asked_and_becomes_the_client(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Became(BaseException):
        """The process is another one now."""

    became: list[list[str]] = []

    def become(_client: str, command: list[str]) -> NoReturn:
        became.append(command)
        raise Became

    file = written(tmp_path, 'pve1 = "root@pve1.example.fr"')
    monkeypatch.setattr(os, "execv", become)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    for typed in ("n\n", ""):
        monkeypatch.setattr(sys, "stdin", Terminal(typed))
        assert call(file, "rennes/pve1")[0] == 4
    assert became == []
    monkeypatch.setattr(sys, "stdin", Terminal("y\n"))
    with pytest.raises(Became):
        call(file, "rennes/pve1")
    assert became == [["ssh", "--", "root@pve1.example.fr"]]


@pytest.mark.parametrize("destination", ["-oProxyCommand=rm", "root@-x", "a b", "root@host;rm", ""])
def test_an_address_is_never_an_option_or_a_command(tmp_path: Path, destination: str) -> None:
    (tmp_path / "t").write_text("a@pve!b=c")
    (tmp_path / "ca").write_text("x")
    with pytest.raises(ConfigurationError, match=r"ssh\.pve1"):
        config.load(written(tmp_path, f'pve1 = "{destination}"'))
