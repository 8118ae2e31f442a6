"""What clusters answer, and how they fail: mutated answers, and a live cluster that misbehaves."""

import asyncio
import json
import random
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from noc_tui.cluster import errors
from noc_tui.cluster.build_snapshot import KnownCluster
from noc_tui.cluster.client import EndpointAnswer
from noc_tui.cluster.decoding import decode_leniently
from noc_tui.cluster.fast import read_fast
from noc_tui.simulator.control import Command, obey
from noc_tui.simulator.faults import Fault, Kind
from tests.cluster.test_mutated_answers import (
    NOW,
    ODD,
    asked_of,
    assert_storable,
    kind_of,
    leaves,
    recorded_poll,
    with_declared_errors,
    with_value,
)
from tests.cluster.test_recorded_answers import RECORDED
from tests.faults.estate import CLUSTER, Ground, ground
from tests.faults.figures import Family, Lost

SERVED_OF = 20
"""Of so many mutated answers one goes over TLS to a living `nocd`; all go through its decoders."""
PATHS = ("cluster/status", "cluster/resources", "cluster/tasks")
KINDS: tuple[Kind, ...] = ("delay", "status", "after", "drop", "drop-after", "html", "odd", "never")
MACHINES: tuple[tuple[str, str], ...] = (
    ("kill-node", "revive-node"),
    ("freeze-node", "thaw-node"),
    ("cut-node", "revive-node"),
    ("lose-quorum", "regain-quorum"),
)


def mutated(body: bytes, ways: list[tuple[Any, ...]], chance: random.Random) -> bytes:
    """One value replaced, or bytes changed, cut out or put in."""
    if chance.random() < 0.6:
        return with_value(body, chance.choice(ways), chance.choice(ODD))
    begin = chance.randint(0, len(body))
    end = min(len(body), begin + chance.randint(0, 40))
    return body[:begin] + chance.randbytes(chance.randint(0, 40)) + body[end:]


async def run(directory: Path, seed: int, count: int) -> Family:
    """So many mutated answers; then each fault of requests and machines at a living cluster."""
    family = Family("cluster")
    chance = random.Random(seed)
    await asyncio.to_thread(_decode, family, chance, count)
    decoded = family.tried
    async with ground(directory / "ground", seed) as there:
        await there.start()
        await there.healthy()
        served = await _serve(family, there, chance, count // SERVED_OF)
        for name, fault in _faulty(there):
            await _one(family, there, name, fault)
        if count >= 1000:
            for do, undo in MACHINES:
                await _machine(family, there, do, undo)
    family.notes.append(
        f"{decoded} mutated answers, {served} of them over TLS to a living nocd; "
        f"{family.tried - decoded - 1} faults of requests and machines"
    )
    return family


def _decode(family: Family, chance: random.Random, count: int) -> None:
    bodies = [(one.path.partition("?")[0], one.body.encode()) for one in RECORDED]
    recordings = [(path, body, list(leaves(json.loads(body)))) for path, body in bodies]
    poll = recorded_poll()
    polled = [(path, body, list(leaves(json.loads(body)))) for path, body in poll.items()]
    _, known = read_fast("lab", KnownCluster(), NOW, asked_of(poll))
    for number in range(count):
        whole = number % 2 == 0
        path, body, ways = chance.choice(polled if whole else recordings)
        odd = mutated(body, ways, chance)
        try:
            if whole:
                _poll(known, {**poll, path: odd})
            else:
                answered, kind = EndpointAnswer(odd, "https://pve1"), kind_of(path)
                with_declared_errors(
                    lambda it=answered, of=kind: it.decoded(  # type: ignore[misc]
                        "lab", lambda sent: decode_leniently(sent, of)
                    )
                )
        except Exception as error:  # noqa: BLE001 -- whatever else leaves is what is looked for
            family.count(f"answer {number} of {path}", f"{type(error).__name__}: {error}")
            continue
        family.count(f"answer {number}")


def _poll(known: KnownCluster, bodies: dict[str, bytes]) -> None:
    """A poll of it and a good one after it; what is seen can be stored."""
    with suppress(errors.ClusterError):
        seen, after = read_fast(
            "lab", known, NOW + timedelta(seconds=10), asked_of(bodies, b'{"data":{}}')
        )
        assert_storable(seen)
        read_fast("lab", after, NOW + timedelta(seconds=20), asked_of(recorded_poll()))


async def _serve(family: Family, there: Ground, chance: random.Random, count: int) -> int:
    """A living `nocd` is answered mutations of what its cluster says."""
    waiting = there.simulator.world.faults
    polls = recorded_poll()
    given: list[Fault] = []
    pid, limit = there.pid, asyncio.get_running_loop().time() + 2.0 * count + 30
    while sum(fault.used for fault in given) < count:
        if not there.alive or asyncio.get_running_loop().time() > limit:
            break
        if not waiting.waiting:
            for path in PATHS:
                body = mutated(polls[path], list(leaves(json.loads(polls[path]))), chance)
                given.append(waiting.add(Fault("odd", _at(path), times=1, body=body)))
        await asyncio.sleep(0.02)
    served = sum(fault.used for fault in given)
    waiting.clear()
    cause = ""
    try:
        if not there.alive or there.pid != pid:
            raise Lost(f"nocd ended after {served} answers; {there.last_words()}")
        if served < count:
            raise Lost(f"only {served} of {count} answers were asked for")
        await there.polled_anew()
        await there.check()
    except Lost as lost:
        cause = str(lost)
        await there.revive()
    family.count(f"{served} mutated answers to a living nocd", cause)
    return served


def _faulty(there: Ground) -> Iterator[tuple[str, Fault]]:
    for path in PATHS:
        for kind in KINDS:
            seconds = 1.0 if kind == "delay" else 0.0
            body = b"1" + b"0" * 5000
            yield (
                f"{kind} at {path}",
                Fault(kind, _at(path), times=2, seconds=seconds, body=body),
            )


def _at(path: str) -> str:
    return rf"GET .*/{path}(\?|$)"


async def _one(family: Family, there: Ground, name: str, fault: Fault) -> None:
    pid = there.pid
    there.simulator.world.faults.add(fault)
    cause = ""
    try:
        for _look in range(200):
            if fault.used or not there.alive:
                break
            await asyncio.sleep(0.05)
        there.simulator.world.faults.clear()
        await _lived(there, pid)
    except Lost as lost:
        cause = str(lost)
        await there.revive()
    family.count(name, cause)


async def _machine(family: Family, there: Ground, do: str, undo: str) -> None:
    world, pid = there.simulator.world, there.pid
    node = next(iter(world.clusters[CLUSTER].nodes))
    cause = ""
    try:
        obey(world, Command(do, CLUSTER, node=node))
        await there.simulator.sync()
        await asyncio.sleep(4)
        obey(world, Command(undo, CLUSTER, node=node))
        await there.simulator.sync()
        await _lived(there, pid)
    except Lost as lost:
        cause = str(lost)
        await there.revive()
    family.count(do, cause)


async def _lived(there: Ground, pid: int) -> None:
    if not there.alive or there.pid != pid:
        raise Lost(f"nocd ended; {there.last_words()}")
    await there.polled_anew()
    await there.check()
