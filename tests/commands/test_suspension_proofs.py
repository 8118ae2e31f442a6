"""`noc-tui suspension` with proofs, as a script uses it: the real program over a real socket."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from aiohttp import web

from noc_tui.config.values import Demo
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.refusals import Refusals
from noc_tui.daemon.core.server import application, listening_socket
from noc_tui.daemon.suspension.service import SuspensionService
from storage.register import TENANTS
from tests.daemon.suspension.test_exhibits import TENANT
from tests.support.changes import recorded
from tests.support.context import made_context

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).parents[2]
CONFIGURATION = """
[database]
path = "{path}"
[socket]
path = "{socket}"
[demo]
account = {uid}
"""
Call = Callable[..., Awaitable[tuple[int, str]]]


@pytest.fixture
async def call(tmp_path: Path) -> AsyncIterator[Call]:
    """Runs the program; answers its exit code and what it said."""
    async with made_context(tmp_path) as context:
        async with recorded(context.writer) as change:
            await change.put(TENANTS, [TENANT])
        async with _answering(context):
            file = tmp_path / "noc.toml"
            path, socket = context.config.database.path, context.config.socket.path
            file.write_text(CONFIGURATION.format(path=path, socket=socket, uid=os.getuid()))

            async def called(*words: str) -> tuple[int, str]:
                program = await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "noc_tui", "--config", str(file), "--as", "omar",
                    "--lang", "en", "suspension", *words,
                    cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
                )  # fmt: skip
                said, _ = await program.communicate()
                return program.returncode or 0, said.decode()

            yield called


@asynccontextmanager
async def _answering(context: Context) -> AsyncIterator[None]:
    config = msgspec.structs.replace(context.config, demo=Demo(account=os.getuid()))
    app = application(lambda: config, Refusals(context.writer, context.clock))
    app.add_routes(SuspensionService.over(context).routes())
    runner = web.AppRunner(app)
    await runner.setup()
    await web.SockSite(runner, listening_socket(config.socket.path)).start()
    try:
        yield
    finally:
        await runner.cleanup()


async def test_proofs_come_one_by_one_and_stay_on_the_case(call: Call, tmp_path: Path) -> None:
    log = tmp_path / "mail.log"
    log.write_bytes(b"550 spam\n")
    opening = ["plan", "--tenant", "acme", "--ground", "charte-breach"]
    code, said = await call(*opening, "--tick-file", f"C11={log}")
    assert code == 0, said
    code, said = await call("plan", "--case", "S-0001", "--tick", "C7=a scan at 02:10")
    assert code == 0, said
    code, said = await call("withdraw", "S-0001", "2", "another VM's")
    assert code == 0, said
    mail = tmp_path / "answer.eml"
    mail.write_bytes(b"Subject: re\n\nIt was hacked.\n")
    when = "2026-03-10T08:00:00+00:00"
    code, said = await call("answer", "S-0001", "hacked", "--file", str(mail), "--received", when)
    assert code == 0, said
    code, said = await call("show", "S-0001")
    assert code == 0
    for line in (
        "1. C11 · mail.log · 9 B · sha256",
        "2. C7 · a scan at 02:10 · withdrawn by omar",
        "hacked · answer.eml · sha256",
        "case opened · omar",
        "client's answer entered · omar",
    ):
        assert line in said


async def test_a_kept_file_is_written_out_again(call: Call, tmp_path: Path) -> None:
    log, out = tmp_path / "mail.log", tmp_path / "out"
    log.write_bytes(b"550 spam\xff\n")
    opening = ["plan", "--tenant", "acme", "--ground", "charte-breach"]
    await call(*opening, "--tick-file", f"C11={log}")
    assert await call("exhibit", "S-0001", "", "--output", str(out)) == (0, f"{out}\n")
    assert out.read_bytes() == log.read_bytes()
    code, said = await call("exhibit", "S-0001", "", "--output", str(out))
    assert (code, "File exists" in said) == (2, True)
    code, said = await call("exhibit", "S-0001", "ff", "--output", str(tmp_path / "other"))
    assert (code, "S-0001 has no such file" in said) == (4, True)


async def test_what_cannot_be_kept_opens_no_case(call: Call, tmp_path: Path) -> None:
    empty = tmp_path / "empty.log"
    empty.touch()
    opening = ["plan", "--tenant", "acme", "--ground", "charte-breach"]
    code, said = await call(*opening, "--tick-file", f"C11={empty}")
    assert (code, "empty.log: the file is empty" in said) == (2, True)
    code, said = await call("plan", "--case", "S-0001", "--tick", "C7=x")
    assert (code, "there is no suspension S-0001" in said) == (2, True)
