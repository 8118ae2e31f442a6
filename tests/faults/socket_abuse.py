"""The socket: fuzzed requests to a living `nocd`, broken connections, a hundred silent ones."""

import asyncio
import os
import random
import socket
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.daemon.core.test_hostile_requests import told
from tests.end_to_end.programs import Program
from tests.end_to_end.test_silent_connections import (
    CONFIG,
    LEAD,
    OPERATOR,
    OTHER,
    VIEWER,
    Silence,
    answer,
)
from tests.faults.estate import Ground, ground
from tests.faults.figures import Family, Lost
from tests.support.endpoints import ENDPOINTS
from tests.support.fuzz import hostile

ANSWER_SECONDS = 90.0
HEAD = b"POST /v1/handover/note HTTP/1.1\r\nHost: nocd\r\nContent-Length: 20\r\n\r\n"
BROKEN = (
    b"",
    b"\x00" * 4096,
    b"GET ",
    b"GET /v1/health HTTP/1.1\r\nHost: no",
    HEAD,
    HEAD + b'{"text"',
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"GET /v1/health HTTP/1.1\r\n" + b"A: b\r\n" * 20_000,
    b"GET /v1/health HTTP/1.1\r\nHost: nocd\r\n\r\n" * 50,
    b"GET /v1/events HTTP/1.1\r\nHost: nocd\r\n\r\n",
)


async def run(directory: Path, seed: int, count: int) -> Family:
    """So many fuzzed requests; then broken connections; then silence, for a minute where full."""
    family = Family("socket")
    async with ground(directory / "ground", seed) as there:
        text = there.config.read_text().replace('default = "omar"', 'default = "lea"')
        there.config.write_text(text)
        await there.start()
        await there.healthy()
        await _fuzz(family, there, random.Random(seed), count)
        for number, sent in enumerate(BROKEN):
            await _broken(family, there, f"broken connection {number}", sent)
        cause = ""
        try:
            await there.healthy()
            await there.check()
        except Lost as lost:
            cause = str(lost)
        family.count("after all of them", cause)
    if os.geteuid() == 0:
        await asyncio.to_thread(_silent, family, 60 if count >= 2000 else 6)
    else:
        family.notes.append("not root: no silent connections of other accounts")
    return family


async def _fuzz(family: Family, there: Ground, chance: random.Random, count: int) -> None:
    names = sorted(ENDPOINTS)
    pid = there.pid
    for number in range(count):
        name = names[number % len(names)]
        made = hostile(name, ENDPOINTS[name], chance)
        cause = ""
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                status, body = await told(there.directory / "nocd.sock", made.sent)
            if status == 500:
                cause = f"{made.sent[:200]!r} -> {body[:200]!r}; {there.last_words()}"
        except (TimeoutError, OSError, asyncio.IncompleteReadError) as error:
            cause = f"{made.sent[:200]!r}: {type(error).__name__}"
        restarted = await there.revive()
        if there.pid != pid:
            pid, cause = there.pid, f"{cause}; nocd ended"
        family.count(f"request {number} at {name}", cause, ended=restarted)
    family.notes.append(f"{count} fuzzed requests")


async def _broken(family: Family, there: Ground, name: str, sent: bytes) -> None:
    """Fifty such connections that are cut, and ten that stay while somebody else is served."""
    path, cause = str(there.directory / "nocd.sock"), ""
    held: list[socket.socket] = []
    try:
        for number in range(60):
            made = socket.socket(socket.AF_UNIX)
            made.setblocking(False)
            held.append(made)
            try:
                made.connect(path)
                made.send(sent)
            except OSError:
                pass
            if number < 50:
                made.close()
            await asyncio.sleep(0)
        await there.write_note(f"{name} {random.random()}")
        if not there.alive:
            raise Lost(f"nocd ended; {there.last_words()}")
    except Exception as error:  # noqa: BLE001 -- whatever it is, nobody was served
        cause = f"{type(error).__name__}: {error}"
    finally:
        for made in held:
            made.close()
    family.count(name, cause, ended=await there.revive())


def _silent(family: Family, seconds: float) -> None:
    with TemporaryDirectory(prefix="noc-socket-") as name:
        directory = Path(name)
        directory.chmod(0o755)
        (directory / "noc.toml").write_text(CONFIG)
        program = Program.start("nocd", "--config", str(directory / "noc.toml"))
        try:
            cause = _silence(family, directory / "nocd.sock", seconds)
        finally:
            code = program.stop()
    family.count(
        f"{seconds} s of silent connections", cause or (f"it ended with {code}" * (code != 0))
    )


def _silence(family: Family, path: Path, seconds: float) -> str:
    silence = Silence(path)
    served, slowest = dict.fromkeys((VIEWER, OPERATOR, OTHER, LEAD), 0), 0.0
    end = time.monotonic() + seconds
    try:
        silence.begin()
        while time.monotonic() < end:
            for name in served:
                silence.hold()
                begun = time.monotonic()
                said = answer(path, name)
                if not said.startswith(b"HTTP/1.1 200 "):
                    return f"{name} was not served: {said[:80]!r}"
                served[name] += 1
                slowest = max(slowest, time.monotonic() - begun)
            time.sleep(0.05)
    except OSError as error:
        return f"not served: {error}"
    finally:
        silence.end()
    family.notes.append(
        f"a hundred silent connections for {seconds} s: {sum(served.values())} requests of four"
        f" accounts served, the slowest in {slowest:.2f} s"
    )
    return ""
