"""What kills `nocd` at a boundary works on: an estate, a mail server, and one daemon after another.

The daemons are processes of their own (`tests.daemon.suspension.mortal`); the rest is here.
"""

import argparse
import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, field
from email import message_from_bytes
from pathlib import Path

import msgspec

from noc_tui.api.core import HEALTH
from noc_tui.api.endpoint import Request
from noc_tui.api.suspension import CaseDocument
from noc_tui.commands.demo_estate import Estate, configuration
from noc_tui.console.nocd.client import Nocd
from noc_tui.simulator.mailbox import mailbox
from noc_tui.simulator.options import Options
from noc_tui.simulator.simulator import Simulator
from storage import outbox
from storage.database import Reader
from storage.guests import GUESTS
from storage.register import TENANTS
from storage.suspension import SUSPENSIONS
from tests.daemon.suspension.lab import CLUSTER, touched
from tests.daemon.suspension.mortal import Life
from tests.support.waiting import until

ROOT = Path(__file__).parents[3]
SPEED = 20.0
PATIENCE_SECONDS = 60.0
LOOK_SECONDS = 0.04


@dataclass(slots=True)
class House:
    """An estate whose daemon is killed."""

    directory: Path
    simulator: Simulator
    config: Path
    process: asyncio.subprocess.Process
    nocd: Nocd = field(init=False)
    pid: int = 0

    def __post_init__(self) -> None:
        self.nocd = Nocd(self.directory / "nocd.sock", "omar")

    async def start(self, dies_at: str = "") -> None:
        """A daemon that dies there; returns when it answers."""
        life = Life(str(self.config), str(self.directory / "passed"), dies_at)
        assert self.process.stdin is not None
        self.process.stdin.write(msgspec.json.encode(life) + b"\n")
        self.pid = (await self._line())["ready"]

    async def seen(self, vmid: int) -> None:
        """Wait until the daemon has seen its cluster, and the database has whose the guest is."""
        async with self.reading() as db:
            await until(lambda: self._knows_guest(db, vmid))

    async def _knows_guest(self, db: Reader, vmid: int) -> bool:
        seen = (await self.nocd.ask(HEALTH())).clusters[CLUSTER]
        pools = {pool for tenant in await TENANTS.read(db) for pool in tenant.pools}
        guest = await GUESTS.get(db, CLUSTER, vmid)
        return seen and guest is not None and f"{CLUSTER}/{guest.pool}" in pools

    async def died(self, at: str) -> None:
        """Wait until it is dead there, by SIGKILL."""
        try:
            assert await self._line() == {"ended": -signal.SIGKILL}
        except TimeoutError:
            raise AssertionError(f"never came to {at}") from None

    async def stop(self) -> None:
        """As a service manager does."""
        os.kill(self.pid, signal.SIGTERM)
        assert await self._line() == {"ended": 0}

    async def _line(self) -> dict[str, int]:
        assert self.process.stdout is not None
        line = await asyncio.wait_for(self.process.stdout.readline(), PATIENCE_SECONDS)
        found: dict[str, int] = msgspec.json.decode(line)
        return found

    def passed(self) -> list[str]:
        """The boundaries that the daemon has passed, in order."""
        return (self.directory / "passed").read_text().splitlines()

    def mails(self) -> Counter[str]:
        """How often each Message-ID reached the mail server."""
        kept = (self.directory / "estate" / "mail").glob("*.eml")
        return Counter(str(message_from_bytes(one.read_bytes())["Message-ID"]) for one in kept)

    def writes(self) -> Counter[str]:
        """The changing calls that reached the cluster, so far."""
        requests = self.simulator.world.requests
        return Counter({key: times for key, times in requests.items() if " GET " not in key})

    def world(self, vmid: int) -> dict[str, object]:
        """All that a suspension may touch of that guest."""
        return touched(self.simulator.world.clusters[CLUSTER], vmid)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Reader]:
        """The database, as a console reads it."""
        alive = self.process.returncode is None
        reader = await Reader.open(self.directory / "noc.db", daemon_alive=lambda: alive)
        try:
            yield reader
        finally:
            await reader.close()

    async def ask(self, request: Request[CaseDocument]) -> CaseDocument:
        """Ask the daemon for a change of a suspension."""
        return await self.nocd.ask(request)

    async def settled(self, case: str, state: str, mails: int) -> None:
        """Wait for a case in that state, with so many mails told of as accepted."""
        async with self.reading() as db:
            for _look in range(int(PATIENCE_SECONDS / LOOK_SECONDS)):
                row = await SUSPENSIONS.get(db, case)
                sent = [one.state for one in await outbox.messages_about(db, f"suspension:{case}")]
                told = '"delivery":"accepted"' in (row.document if row else "")
                if row and row.state == state and told and sent == ["accepted"] * mails:
                    return
                await asyncio.sleep(LOOK_SECONDS)
        raise AssertionError(f"{case} is {row and row.state} with {sent}")

    async def state(self, case: str) -> str:
        """The case's state as it is stored."""
        async with self.reading() as db:
            row = await SUSPENSIONS.get(db, case)
        assert row is not None
        return row.state


@asynccontextmanager
async def house(directory: Path) -> AsyncIterator[House]:
    """An estate of one cluster and one tenant, whose daemon is yet to be started."""
    estate = Estate.of(argparse.Namespace(speed=SPEED), directory, directory / "nocd.sock")
    (directory / "estate").mkdir()
    async with AsyncExitStack() as stack:
        options = Options(guests=8, tenants=2, delay_scale=0, task_scale=0.1)
        simulator = Simulator(options, estate.clock, directory / "estate")
        await stack.enter_async_context(simulator)
        mail = await stack.enter_async_context(mailbox(directory / "estate"))
        here = next(end for end in simulator.clusters if end.name == CLUSTER)
        described = {"clusters": [asdict(here)], "pbs": [], "mail": asdict(mail)}
        config = configuration(estate, {**described, "register": _register(directory, simulator)})
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.daemon.suspension.mortal"),
            cwd=ROOT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        stack.push_async_callback(_end, process)
        yield House(directory, simulator, config, process)


async def _end(process: asyncio.subprocess.Process) -> None:
    """Without input, the daemon ends, and what it was forked from."""
    assert process.stdin is not None
    process.stdin.close()
    await process.wait()


def _register(directory: Path, simulator: Simulator) -> Path:
    """The register: the tenant with the most guests of the cluster, nothing of it probed."""
    tenant = next(row for row in simulator.tenants if CLUSTER in row.clusters)
    path = directory / "tenants.toml"
    path.write_text(
        '[[tenant]]\nid = "acme"\nname = "Acme"\nemail = "direction@acme.example"\n'
        f'pools = ["{tenant.pool}"]\ncontract_start = 2025-01-01\n'
        f"proxmox_users = {list(tenant.users)}\n",
        encoding="utf-8",
    )
    return path
