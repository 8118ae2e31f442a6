"""What consoles cost the clusters: nothing. Counted at the simulator, with none and with some."""

import json
import os
import pwd
import sys
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.end_to_end.accounts import Account, Terminal
from tests.end_to_end.programs import ROOT, SECONDS, Scene, until

POLL = ("GET /cluster/status", "GET /cluster/resources", "GET /cluster/tasks")


def counted(played: Scene) -> Counter[str]:
    """Requests so far, by method and path, over both clusters."""
    with urllib.request.urlopen(played.simulator.ready["control"], timeout=SECONDS) as answer:  # noqa: S310 -- loopback
        found: Counter[str] = Counter()
        for key, number in json.load(answer)["requests"].items():
            found[key.partition(" ")[2]] += number
        return found


def over_polls(played: Scene, polls: int) -> Counter[str]:
    """What was requested while that many polls of a cluster went by."""
    before = counted(played)
    until(lambda: counted(played)[POLL[0]] >= before[POLL[0]] + polls, "polls")
    return counted(played) - before


@contextmanager
def consoles(played: Scene, number: int) -> Iterator[None]:
    """That many consoles of this account, each showing figures."""
    me = pwd.getpwuid(os.getuid())
    account = Account(me.pw_name, "users")
    command = [sys.executable, "-m", "noc_tui", "--config", str(played.config)]
    opened = [Terminal.open(account, *command, directory=ROOT) for _ in range(number)]
    try:
        assert all(terminal.shows("rennes") for terminal in opened)
        yield
    finally:
        for terminal in opened:
            terminal.close()


@pytest.mark.parametrize("number", [3, pytest.param(10, marks=pytest.mark.long)])
def test_consoles_ask_the_clusters_for_nothing(played: Scene, number: int) -> None:
    alone = over_polls(played, 10)
    usual = set(counted(played))
    with consoles(played, number):
        watched = over_polls(played, 10)
    for requests in (alone, watched):
        status, resources, tasks = (requests[key] for key in POLL)
        assert abs(status - resources) <= 2
        assert abs(status - tasks) <= 2
    before = counted(played)
    rare = set(watched) - usual
    until(lambda: rare <= set(counted(played) - before), f"{rare} without a console")
