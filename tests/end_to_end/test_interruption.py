"""The real daemon while another program holds its database: it lives, answers and tells."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from noc_tui.api import core, evidence
from noc_tui.console.nocd.client import Nocd, NocdError
from storage.verdict import Verdict
from storage.verify import verify
from tests.end_to_end.programs import SECONDS, Program, Scene, until
from tests.support.faults import held_alone, held_by_a_reader, held_by_a_writer

Hold = Callable[[Path], AbstractContextManager[str]]


def database(played: Scene) -> Path:
    (found,) = played.directory.rglob("noc.db")
    return found


@pytest.mark.parametrize("hold", [held_by_a_writer, held_by_a_reader])
def test_another_program_that_holds_the_database_ends_nothing(played: Scene, hold: Hold) -> None:
    nocd = Nocd(played.directory / "nocd.sock", "omar")
    before = nocd.ask_blocking(evidence.ANCHOR())
    pid = nocd.ask_blocking(core.HEALTH()).pid
    with hold(database(played)):
        until(
            lambda: nocd.ask_blocking(core.HEALTH()).database != "", "the trouble over the socket"
        )
        for _ in range(2):
            with pytest.raises(NocdError, match="another program holds it") as no:
                nocd.ask_blocking(evidence.ANCHOR())
            assert no.value.code == 3
        assert not played.nocd.ended
    until(lambda: nocd.ask_blocking(core.HEALTH()).database == "", "the end of the trouble")
    until(played.fresh, "a fresh look")
    health = nocd.ask_blocking(core.HEALTH())
    assert (health.pid, health.failing) == (pid, {})
    assert nocd.ask_blocking(evidence.ANCHOR()).count >= before.count
    assert verify(database(played)).verdict is Verdict.INTACT


@pytest.mark.long
def test_a_start_while_another_program_writes_measures_in_memory(played: Scene) -> None:
    played.nocd.stop()
    nocd = Nocd(played.directory / "nocd.sock", "omar")
    with held_by_a_writer(database(played)) as holder:
        played.start_nocd()
        until(lambda: nocd.ask_blocking(core.HEALTH()).clusters["rennes"], "a poll")
        until(lambda: nocd.ask_blocking(core.HEALTH()).database != "", "the trouble")
        with pytest.raises(NocdError, match="another program holds it"):
            nocd.ask_blocking(evidence.ANCHOR())
        assert holder
    until(lambda: nocd.ask_blocking(core.HEALTH()).database == "", "the end of the trouble")
    until(played.fresh, "a fresh look")
    assert nocd.ask_blocking(core.HEALTH()).failing == {}
    assert verify(database(played)).verdict is Verdict.INTACT


@pytest.mark.long
def test_a_start_waits_for_a_database_that_cannot_be_read(played: Scene) -> None:
    played.nocd.stop()
    with ThreadPoolExecutor(1) as starting:
        with held_alone(database(played)):
            begun = starting.submit(Program.start, "nocd", "--config", str(played.config))
            done, _ = wait([begun], timeout=8)
            assert not done
        played.nocd = begun.result(SECONDS)
    until(played.fresh, "a fresh look")
