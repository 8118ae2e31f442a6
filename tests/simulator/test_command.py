"""`noc-tui simulator` as a process, and clients as operators' scripts use them."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from proxmoxer import ProxmoxAPI

ROOT = Path(__file__).parents[2]
COMMAND = (sys.executable, "-m", "noc_tui", "simulator")


@pytest.fixture
def told() -> Iterator[dict[str, Any]]:
    """The line of a running simulator, which ends with its input."""
    with subprocess.Popen(
        [*COMMAND, "--guests", "20", "--tenants", "3", "--hostile"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        yield json.loads(process.stdout.readline())
        process.stdin.close()
        assert process.wait(60) == 0


def test_its_line_says_where_everything_is(told: dict[str, Any]) -> None:
    first = told["clusters"][0]
    assert (told["url"], told["token"], told["ca_file"]) == (
        first["url"],
        first["token"],
        first["ca_file"],
    )
    assert [cluster["site"] for cluster in told["clusters"]] == ["dc1", "dc2"]
    assert [server["clusters"] for server in told["pbs"]] == [["rennes"], ["nantes"]]
    assert Path(told["register"]).read_text(encoding="utf-8").count("[[tenant]]") == 3


def test_proxmoxer_logs_in_with_a_password_and_changes_something(told: dict[str, Any]) -> None:
    address = told["url"].removeprefix("https://")
    api = ProxmoxAPI(
        address, user="root@pam", password="rootsecret", verify_ssl=told["ca_file"], timeout=90
    )
    guest = api.cluster.resources.get(type="vm")[0]
    config = api.nodes(guest["node"])(guest["type"])(guest["vmid"]).config
    config.put(description="set by a ticket")
    assert config.get()["description"] == "set by a ticket"
    assert "[bold]x[/]" in {row.get("name") for row in api.cluster.resources.get(type="vm")}


def test_proxmoxer_reads_the_backup_server(told: dict[str, Any]) -> None:
    server = told["pbs"][0]
    name, _, secret = server["token"].partition(":")
    user, _, token = name.partition("!")
    api = ProxmoxAPI(
        server["url"].removeprefix("https://"),
        service="PBS",
        user=user,
        token_name=token,
        token_value=secret,
        verify_ssl=server["ca_file"],
        timeout=90,
    )
    groups = api.admin.datastore(server["datastore"]).groups.get()
    assert len(groups) == 12


def test_a_port_that_is_taken_ends_with_exit_code_2(told: dict[str, Any]) -> None:
    port = told["url"].rpartition(":")[2]
    done = subprocess.run(
        [*COMMAND, "--guests", "3", "--tenants", "1", "--port", port],
        cwd=ROOT,
        capture_output=True,
        timeout=90,
    )
    assert done.returncode == 2
    assert b"Address already in use" in done.stderr


def test_options_that_make_no_estate_end_with_exit_code_2() -> None:
    done = subprocess.run(
        [*COMMAND, "--guests", "3", "--tenants", "9"], cwd=ROOT, capture_output=True, timeout=90
    )
    assert done.returncode == 2
    assert done.stderr == b"noc-tui simulator: tenants is between 1 and 3 (guests), not 9\n"
