"""The simulator is asked what real daemons were asked, in the same order, and answers alike.

Status, reason, waiting time, the shape of the body, every error's words, and the values that tell
states are compared. Eight of the 609 exchanges are not in the file: four of a stubbed second
factor, two of files of a web interface that was not installed, one in plain HTTP on the TLS port
and one that is no HTTP at all, which are the HTTP library's to answer here.
"""

import re
import ssl
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from noc_tui.clock import SteppedClock
from noc_tui.simulator import machines
from noc_tui.simulator.api import TABLE
from noc_tui.simulator.api.guest_config import digest
from noc_tui.simulator.certs import Authority
from noc_tui.simulator.dispatch import Dispatcher, Request
from noc_tui.simulator.model.access import User
from noc_tui.simulator.model.cluster import Cluster
from noc_tui.simulator.model.guest import GIB
from noc_tui.simulator.model.node import Node, Storage
from noc_tui.simulator.options import Options
from noc_tui.simulator.replies import Reply
from noc_tui.simulator.server import Front
from noc_tui.simulator.tickets import Credentials, Tickets
from noc_tui.simulator.timeline import Timeline
from noc_tui.simulator.world import World
from tests.simulator import recorded
from tests.simulator.conftest import START
from tests.simulator.recorded import Exchange

pytestmark = pytest.mark.anyio

BROADCAST = 3.0
"""Seconds between the lab's clock and the rhythm in which its nodes broadcast."""
ALLOWED: dict[int, str] = {
    134: "the recorded machine told nothing of its disks",
    140: "the recorded machine, a container, told nothing of its services",
}
"""Exchanges whose answers are known to differ, with why."""


class Lab:
    """The three nodes of the recordings, asked through the first."""

    def __init__(self, directory: Path) -> None:
        self.clock = SteppedClock(START)
        timeline = Timeline(START.timestamp())
        options = Options(delay_scale=0)
        self.world = World(options, self.clock, timeline, Tickets(b"test"))
        self.cluster = Cluster("lab", "lab", timeline, seed=1, task_scale=0.05, standalone=True)
        self.cluster.ha_manager = False
        self.cluster.options = {"mac_prefix": "BC:24:11", "description": ""}
        self.cluster.options["allowed-tags"] = "prod;web"
        self.cluster.access.users["root@pam"] = User("root@pam", "rootsecret")
        content = "images,iso,backup,vztmpl,rootdir,snippets"
        local = Storage("local", "dir", content, 250 * GIB, 0.1, False, "/var/lib/vz")
        self.cluster.storages["local"] = local
        self.add_node(1)
        self.world.clusters["lab"] = self.cluster
        certificate = Authority(directory, "lab").issue("pve1")
        self.front = Front(
            self.world,
            "lab",
            self._answer,
            certificate.context(),
            "PVEAuthCookie",
            manner=lambda: "answers",
        )
        self.dispatcher = Dispatcher(self.world, self.cluster, self.cluster.nodes["pve1"], TABLE)
        self.ca_file = directory / "lab-ca.pem"
        self.upids: dict[str, str] = {}
        self.session: tuple[str, str] = ("", "")

    def add_node(self, number: int) -> None:
        name = f"pve{number}"
        booted = START.timestamp() - 2500
        node = Node(name, number, f"10.99.0.{number}", 2, 24 * GIB, 250 * GIB, booted, 0.0)
        self.cluster.nodes[name] = node
        self.cluster.fingerprints[name] = "AB:CD"

    def _answer(
        self, verb: str, target: str, credentials: Credentials, content_type: str, body: bytes
    ) -> Reply:
        return self.dispatcher.answer(Request(verb, target, credentials, content_type, body))

    def enter(self, setup: str) -> None:
        """Bring about what the next exchanges were recorded under."""
        nodes = self.cluster.nodes
        if setup == "cluster" and self.cluster.standalone:
            self.cluster.standalone = False
            self.add_node(2)
            self.add_node(3)
        elif setup == "pve2-frozen":
            machines.freeze_node(self.cluster, "pve2")
        elif setup == "pvedaemon-stopped":
            machines.thaw_node(self.cluster, "pve2")
            nodes["pve1"].pvedaemon = False
        elif setup in ("pve3-killed", "losing-quorum"):
            nodes["pve1"].pvedaemon = True
            machines.kill_node(self.world, self.cluster, "pve3")
        elif setup == "pmxcfs-killed":
            nodes["pve1"].pmxcfs = False
        elif setup == "all-back":
            nodes["pve1"].pmxcfs = True
            machines.kill_node(self.world, self.cluster, "pve1")
            for name in nodes:
                machines.revive_node(self.world, self.cluster, name)
        self.cluster.touch()

    def stage(self, exchange: Exchange) -> None:
        """What else happened in the lab just before an exchange."""
        guests = self.cluster.guests
        if exchange.n == 234:
            guests[102].config["net1"] = "e1000=BC:24:11:00:01:66,bridge=vmbr0,link_down=1"
        elif exchange.n == 441:
            guests[102].busy_until = self.cluster.now + 60
        elif exchange.n == 445:
            guests[102].busy_until = 0.0
        elif exchange.n == 448:
            guests[102].answers_shutdown = False
        elif exchange.n == 502:
            guests[104].config["description"] = "x"
        elif exchange.n == 534:
            machines.kill_node(self.world, self.cluster, "pve2")


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncIterator[Lab]:
    made = Lab(tmp_path)
    await made.front.open()
    yield made
    await made.front.close()


def translated(lab: Lab, path: str) -> str:
    """With this run's task ids for the recorded ones."""
    for old, new in lab.upids.items():
        path = path.replace(old, new).replace(quote(old, safe=""), quote(new, safe=""))
    return path


def headers(lab: Lab, exchange: Exchange) -> dict[str, str]:
    sent = {"Content-Type": exchange.type} if exchange.type else {}
    ticket, csrf = lab.session
    if exchange.token:
        token = lab.cluster.access.tokens.get(exchange.token)
        secret = token.secret if token is not None and exchange.genuine else "0" * 36
        sent["Authorization"] = f"PVEAPIToken={exchange.token}={secret}"
    elif exchange.auth:
        sent["Authorization"] = exchange.auth
    if exchange.cookie or exchange.ticket:
        shown = exchange.cookie or _ticket(exchange.ticket, ticket)
        sent["Cookie"] = f"PVEAuthCookie={quote(shown, safe='')}"
    if exchange.csrf:
        sent["CSRFPreventionToken"] = csrf if exchange.csrf == "good" else f"{csrf[:-4]}AAAA"
    if exchange.gzip:
        sent["Accept-Encoding"] = "gzip"
    if exchange.expect:
        sent["Expect"] = "100-continue"
    return sent


def _ticket(state: str, good: str) -> str:
    if state == "forged":
        return good[:-4] + "AAAA"
    return re.sub(r":[0-9A-F]{8}::", ":5B038D52::", good) if state == "old" else good


def body(lab: Lab, exchange: Exchange) -> str:
    """With this run's digests and tickets for the recorded ones."""
    text = exchange.body
    if "password=PVE%3A" in text:
        return f"username=root%40pam&password={quote(lab.session[0], safe='')}"
    stale = exchange.n == 182
    if "digest=" in text and not stale:
        text = re.sub(r"digest=\w+", f"digest={digest(lab.cluster.guests[101])}", text)
    return text


def problems(
    recording: recorded.Recording, exchange: Exchange, answer: httpx.Response, waited: float
) -> list[str]:
    found = []
    if answer.status_code != exchange.status:
        found.append(f"status {answer.status_code}, recorded {exchange.status}")
    expected = recorded.numberless(exchange.reason)
    if recorded.numberless(answer.reason_phrase) != expected:
        found.append(f"reason {answer.reason_phrase!r}, recorded {exchange.reason!r}")
    if exchange.waits >= 0 and waited != exchange.waits:
        found.append(f"waits {waited} s, recorded {exchange.waits}")
    if answer.headers.get("Content-Type", "").startswith("application/json") != exchange.json:
        found.append(f"content type {answer.headers.get('Content-Type')}")
    elif exchange.says is not None:
        said = answer.json()
        if recorded.numberless(str(_sorted(said))) != recorded.numberless(
            str(_sorted(exchange.says))
        ):
            found.append(f"says {said}, recorded {exchange.says}")
    elif exchange.shape is not None and not found:
        value = answer.json()
        found += recorded.differences(recording.shapes[exchange.shape], value)
        found += recorded.untrue(exchange.facts, value["data"]) if exchange.facts else []
    return found


def _sorted(value: object) -> object:
    if isinstance(value, dict):
        return sorted((key, str(_sorted(one))) for key, one in value.items())
    return value


async def test_what_was_recorded_is_answered_alike(lab: Lab) -> None:
    recording = recorded.load()
    context = ssl.create_default_context(cafile=str(lab.ca_file))
    setup, ahead = "standalone", BROADCAST
    failures: dict[int, list[str]] = {}
    async with httpx.AsyncClient(verify=context, timeout=30) as client:
        for exchange in recording.exchanges:
            finished = isinstance(exchange.facts, dict) and "exitstatus" in exchange.facts
            ahead += 0.12 if finished else 0.0
            due = START + timedelta(seconds=exchange.at - max(0, exchange.waits) + ahead)
            lab.clock.at = max(lab.clock.at, due)
            lab.world.advance()
            if exchange.setup != setup:
                setup = exchange.setup
                lab.enter(setup)
            lab.stage(exchange)
            lab.world.waits.clear()
            sent = body(lab, exchange)
            answer = await client.request(
                exchange.method,
                f"{lab.front.url}{translated(lab, exchange.path)}",
                headers=headers(lab, exchange),
                content=_pieces(sent) if exchange.chunked else sent.encode(),
            )
            waited = lab.world.waits[-1] if lab.world.waits else 0.0
            if exchange.gives and answer.status_code == 200:
                lab.upids[exchange.gives] = answer.json()["data"]
            if exchange.path.endswith("/access/ticket") and answer.status_code == 200:
                _remember(lab, answer)
            if found := problems(recording, exchange, answer, waited):
                failures[exchange.n] = [f"{exchange.method} {exchange.path}", *found]
    unexpected = {n: found for n, found in failures.items() if n not in ALLOWED}
    assert not unexpected, "\n".join(f"{n}: {found}" for n, found in unexpected.items())
    assert not ALLOWED.keys() - failures.keys()
    assert len(recording.exchanges) == 601


async def _pieces(text: str) -> AsyncIterator[bytes]:
    yield text.encode()


def _remember(lab: Lab, answer: httpx.Response) -> None:
    given = answer.json()["data"]
    if given and given["username"] == "root@pam":
        lab.session = (given["ticket"], given["CSRFPreventionToken"])
