"""A real sshd on loopback, for the account of the tests: `with sshd(directory) as login:`."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.end_to_end.programs import free_ports, listens, until


@contextmanager
def sshd(directory: Path) -> Iterator[list[str]]:
    """The words that log in on a terminal; skips where sshd cannot be started."""
    server, client = shutil.which("sshd", path="/usr/sbin:/usr/bin"), shutil.which("ssh")
    if os.geteuid() != 0 or server is None or client is None:
        pytest.skip("needs root, sshd and ssh, to log in over a real link")
    port = free_ports()
    for key in ("host", "own"):
        words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(directory / key)]
        subprocess.run(words, check=True)
    config = directory / "sshd_config"
    config.write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {directory / 'host'}\n"
        f"AuthorizedKeysFile {directory / 'own.pub'}\nStrictModes no\nUsePAM no\n"
        f"PermitRootLogin prohibit-password\nPidFile none\n"
    )
    Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # where sshd gives up its privileges
    process = subprocess.Popen([server, "-D", "-e", "-f", str(config)], stderr=subprocess.DEVNULL)
    try:
        until(lambda: listens(port), "sshd")
        yield [
            client, "-tt", "-q", "-F", "none", "-p", str(port), "-i", str(directory / "own"),
            "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
            f"{pwd.getpwuid(os.geteuid()).pw_name}@127.0.0.1",
        ]  # fmt: skip
    finally:
        process.terminate()
        process.wait()
