"""Measures the cost of `nocd` as a whole, on a cluster of 10 000 guests with services and
consoles.

usage: python -m benchmarks.daemon poll|consoles|writes [--guests N] [--polls N] [--period S]

    poll      CPU of a poll, everything that looks at it included   (one `json.loads` of its body)
    consoles  the same with ten consoles, and the seconds from the cluster's answer to the screens
              of all ten                                                        (with one console)
    writes    seconds that a line on an incident takes while polls are written      (between them)

The cluster answers over TLS from a process of its own; a tenth of the loads changes a poll, and a
storage comes and goes, which is what consoles are waited for to say. Writes are asked for by an
account without any right but the operator's: run it as root.
"""

import argparse
import asyncio
import http.client
import json
import os
import pwd
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.poll_decode import NODES, bodies, cpu
from benchmarks.session import Session

SAID = "storage pve000/s1"
WRITER = "nobody"
CONFIG = """
[database]
path = "{folder}/db/noc.db"
[socket]
path = "{folder}/nocd.sock"
[roles]
viewer = {{ users = ["{user}"] }}
operator = {{ users = ["{writer}"] }}
[[site]]
name = "dc1"
country = "FR"
label = "Rennes"
[[cluster]]
name = "lab"
site = "dc1"
endpoints = ["{url}"]
ca_file = "{ca_file}"
read_token_file = "{folder}/token"
[poll]
fast = {period}
slow = 3600
"""


def _serve(pipe: Connection, folder: str, guests: int, polls: int) -> None:
    """The cluster; tells how often and when it was polled last to whoever asks."""
    from tests.support import stub
    from tests.support.tls import make_tls

    storage = (
        '{"data":[{"id":"storage/pve000/s1","type":"storage","storage":"s1","node":"pve000",'
        '"status":"%s"},'
    )
    found = [
        body.replace(b'{"data":[', (storage % ("available", "unknown")[n % 2]).encode(), 1)
        for n, body in enumerate(bodies(guests, 0.1, polls + polls % 2))  # gone at each odd poll
    ]
    status = [{"type": "node", "name": f"pve{n:03}", "online": 1} for n in range(NODES)]
    served: list[float] = []

    async def resources(_: stub.Request, writer: asyncio.StreamWriter) -> bool:
        stub.send(writer, 200, "OK", found[len(served) % len(found)])
        await writer.drain()
        served.append(time.monotonic())
        return True

    async def main() -> None:
        tls = make_tls(Path(folder))
        answers = {
            "cluster/resources": resources,
            "cluster/status": stub.data(json.dumps(status)),
            "cluster/tasks": stub.data("[]"),
        }
        async with stub.serving(tls, answers) as server:
            pipe.send((server.url, str(tls.ca_file), found[0]))
            while await asyncio.to_thread(pipe.recv):
                pipe.send(list(served))

    asyncio.run(main())


class Watched:
    """A running `nocd` and its cluster."""

    def __init__(self, config: str, pid: int, pipe: Connection, body: bytes, folder: Path) -> None:
        self.config, self.pid, self.body = config, pid, body
        self.socket = folder / "nocd.sock"
        self._pipe = pipe

    def served(self) -> list[float]:
        """Return when it was polled (monotonic seconds)."""
        self._pipe.send(True)
        times: list[float] = self._pipe.recv()
        return times

    def cpu(self) -> float:
        """CPU seconds of `nocd`."""
        return time.clock_gettime(~self.pid << 3 | 2)

    def yardstick(self) -> float:
        """CPU seconds of one `json.loads` of a poll's body."""
        return statistics.median(cpu(lambda: json.loads(self.body)) for _ in range(5))


@contextmanager
def watched(guests: int, polls: int, period: float) -> Iterator[Watched]:
    """`nocd` on such a cluster, after its first polls."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        server = context.Process(target=_serve, args=(theirs, name, guests, polls + 20))
        server.start()
        url, ca_file, body = ours.recv()
        (folder / "token").write_text("noc@pve!read=secret\n")
        (folder / "token").chmod(0o600)
        config = folder / "noc.toml"
        config.write_text(
            CONFIG.format(
                folder=folder, url=url, ca_file=ca_file, period=period, writer=WRITER,
                user=pwd.getpwuid(os.getuid()).pw_name,
            )
        )  # fmt: skip
        argv = [sys.executable, "-m", "noc_tui", "nocd", "run", "--config", str(config)]
        log = (folder / "log").open("w")
        with subprocess.Popen(
            [*argv, "--until-eof"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as running:
            if running.stdout is None or running.stdin is None or not running.stdout.readline():
                raise RuntimeError((folder / "log").read_text())
            found = Watched(str(config), running.pid, ours, body, folder)
            while len(found.served()) < 3:
                time.sleep(0.2)
            yield found
            running.stdin.close()
        ours.send(False)
        server.join()


def pumped(sessions: list[Session], seconds: float) -> None:
    """Let consoles draw meanwhile."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for session in sessions:
            session.pump(0.01)
        time.sleep(0.01)


def per_poll(nocd: Watched, polls: int, sessions: list[Session]) -> float:
    """CPU seconds a poll, over so many."""
    begun, spent = len(nocd.served()), nocd.cpu()
    while (done := len(nocd.served()) - begun) < polls:
        pumped(sessions, 0.2)
    return (nocd.cpu() - spent) / done


def delays(nocd: Watched, sessions: list[Session], since: float) -> list[float]:
    """For each poll in which the storage went, and each console: seconds until it said so."""
    found = []
    gone = [at for number, at in enumerate(nocd.served()[:-1]) if number % 2 and at > since]
    for session in sessions:
        came = appearances(session)
        told = (next((seen for seen in came if seen >= at), float("inf")) for at in gone)
        found += [seen - at for seen, at in zip(told, gone, strict=True)]
    return sorted(found)


def appearances(session: Session) -> list[float]:
    """When the screen began to say it. What is written does not tell: of a line that changes, it
    holds the cells that differ.
    """
    from tests.widgets.terminal.pty_session import Wire

    wire, shown, found = Wire(session.rows, session.cols), False, []
    for at, data in session.record:
        wire.take(data)
        before, shown = shown, any(SAID in line for line in wire.screen.lines())
        if shown and not before:
            found.append(at)
    return found


def poll(nocd: Watched, polls: int) -> None:
    """Alone."""
    cost, yardstick = per_poll(nocd, polls, []), nocd.yardstick()
    print(f"a poll: {cost / yardstick:.2f} x json.loads ({cost * 1e3:.0f} ms)")


def consoles(nocd: Watched, polls: int) -> None:
    """With one, with ten, and with one again."""
    argv = [sys.executable, "-m", "noc_tui", "--config", nocd.config, "--lang", "en"]
    with Session(argv) as first:
        pumped([first], 6)
        one = per_poll(nocd, polls, [first])
        with ExitStack() as stack:
            sessions = [first, *(stack.enter_context(Session(argv)) for _ in range(9))]
            pumped(sessions, 15)
            since = time.monotonic()
            ten = per_poll(nocd, polls, sessions)
            pumped(sessions, 10)  # the last poll comes to the last screen
            found = delays(nocd, sessions, since)
        again = per_poll(nocd, polls, [first])
    print(f"nocd with ten consoles: {2 * ten / (one + again):.2f} x with one")
    p99 = found[min(len(found) - 1, len(found) * 99 // 100)]
    print(f"on {len(found)} screens after: p50 {found[len(found) // 2]:.2f} s, p99 {p99:.2f} s")


def _asked(path: Path, target: str, body: dict[str, str]) -> dict[str, object]:
    connection = http.client.HTTPConnection("nocd")
    connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.sock.connect(str(path))
    connection.request("POST", target, json.dumps(body), {"Content-Type": "application/json"})
    response = connection.getresponse()
    answer: dict[str, object] = json.loads(response.read())
    if response.status >= 400:
        raise RuntimeError(str(answer))
    return answer


def _write(pipe: Connection, path: Path, seconds: float) -> None:
    """As the operator: an incident, then a line on it ten times a second."""
    os.setuid(pwd.getpwnam(WRITER).pw_uid)
    number = _asked(path, "/v1/incidents", {"title": "measured"})["incident"]
    found, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        begun = time.monotonic()
        _asked(path, f"/v1/incidents/{number}/note", {"text": "still so"})
        found.append((begun, time.monotonic() - begun))
        time.sleep(max(0.0, begun + 0.1 - time.monotonic()))
    pipe.send(found)


def writes(nocd: Watched, polls: int, period: float) -> None:
    """Lines that were asked for in the second after an answer, against all others."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_write, args=(theirs, nocd.socket, polls * period))
    process.start()
    theirs.close()  # so that its end is noticed
    found = ours.recv()
    process.join()
    served = nocd.served()
    during = sorted(took for at, took in found if any(0 <= at - poll < 1 for poll in served))
    without = sorted(took for at, took in found if all(not 0 <= at - poll < 1 for poll in served))
    for name, values in (("while", during), ("between", without)):
        p99 = values[min(len(values) - 1, len(values) * 99 // 100)]
        middle = values[len(values) // 2]
        print(f"{name} polls: {len(values)}, p50 {middle * 1e3:.1f} ms, p99 {p99 * 1e3:.1f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("what", choices=["poll", "consoles", "writes"])
    parser.add_argument("--guests", type=int, default=10_000)
    parser.add_argument("--polls", type=int, default=10)
    parser.add_argument("--period", type=float, default=4.0)
    asked = parser.parse_args()
    with watched(asked.guests, asked.polls * 3, asked.period) as nocd:
        if asked.what == "poll":
            poll(nocd, asked.polls)
        elif asked.what == "consoles":
            consoles(nocd, asked.polls)
        else:
            writes(nocd, asked.polls, asked.period)


if __name__ == "__main__":
    main()
