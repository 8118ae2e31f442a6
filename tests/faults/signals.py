"""Each signal, alone, in storms, and while `nocd` starts or stops."""

import asyncio
import os
import random
import signal
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from tests.faults.estate import Ground, ground
from tests.faults.figures import Family, Lost

LIVES = "lives"
ENDS = "ends well"
DIES = "dies"
S = signal.Signals
CASES: Sequence[tuple[str, Sequence[S], str]] = (
    *((one.name, [one], LIVES) for one in (S.SIGHUP, S.SIGPIPE, S.SIGCONT, S.SIGWINCH)),
    *((one.name, [one], LIVES) for one in (S.SIGCHLD, S.SIGURG)),
    *((one.name, [one], LIVES) for one in (S.SIGUSR1, S.SIGUSR2, S.SIGALRM, S.SIGPROF)),
    *((one.name, [one], LIVES) for one in (S.SIGIO, S.SIGPWR, S.SIGXCPU, S.SIGRTMIN)),
    ("SIGSTOP, SIGCONT", [S.SIGSTOP, S.SIGCONT], LIVES),
    ("SIGTSTP, SIGCONT", [S.SIGTSTP, S.SIGCONT], LIVES),
    ("200 times SIGHUP", [S.SIGHUP] * 200, LIVES),
    ("SIGTERM", [S.SIGTERM], ENDS),
    ("SIGINT", [S.SIGINT], ENDS),
    ("SIGTERM three times", [S.SIGTERM] * 3, ENDS),
    ("SIGHUP, SIGTERM", [S.SIGHUP, S.SIGTERM], ENDS),
    *((one.name, [one], DIES) for one in (S.SIGQUIT, S.SIGABRT)),
    *((one.name, [one], DIES) for one in (S.SIGSEGV, S.SIGBUS, S.SIGKILL)),
)


async def run(directory: Path, seed: int, count: int) -> Family:
    """So many signals, each case in turn, under load; its service manager does not listen."""
    family = Family("signals")
    nobody = {"NOTIFY_SOCKET": str(directory / "nobody"), "WATCHDOG_USEC": "300000000"}
    async with ground(directory / "ground", seed, environment=nobody) as there:
        await there.start()
        await there.healthy()
        for number in range(count):
            name, sent, then = CASES[number % len(CASES)]
            await _one(family, there, name, sent, then, random.Random(f"{seed} {number}"))
    return family


async def _one(
    family: Family, there: Ground, name: str, sent: Sequence[S], then: str, chance: random.Random
) -> None:
    cause = ""
    try:
        async with there.load(chance):
            await asyncio.sleep(chance.random() * 0.3)
            for one in sent:
                with suppress(ProcessLookupError):
                    os.kill(there.pid, one)
                await asyncio.sleep(0.002 if len(sent) > 9 else 0.3)
            if then == LIVES:
                await asyncio.sleep(0.3)
            else:
                code = await there.gone()
                if then == ENDS and code != 0:
                    raise Lost(f"it ended with {code}; {there.last_words()}")
            if then == LIVES and not there.alive:
                raise Lost(f"it ended with {there.code}; {there.last_words()}")
            await there.healthy()
        await there.check()
    except Lost as lost:
        cause = str(lost)
        await there.revive()
    family.count(name, cause)
