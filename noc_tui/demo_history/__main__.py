"""`python -m noc_tui.demo_history CONFIG LANGUAGE`: the past of a demo before it starts.

Exit code 0, or 1 with a sentence where the database is another daemon's or cannot be written.
"""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from noc_tui import i18n
from noc_tui.clock import SteppedClock
from noc_tui.config import Configuration, Secrets, load_for_daemon
from noc_tui.contract.calendar import Month, instant
from noc_tui.daemon.core import database_directory, log
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.core.instance import AlreadyRunning, Instance
from noc_tui.daemon.program import bootstrap
from noc_tui.demo_history.player import HistoryPlayer
from noc_tui.demo_history.script import story
from storage.errors import StorageError
from storage.times import micros


def main(words: Sequence[str]) -> int:
    """The exit code."""
    config, secrets = load_for_daemon(Path(words[0]))
    log.configure()
    i18n.use("fr" if words[1:] == ["fr"] else "en")
    database_directory.prepare(config.database)
    try:
        instance = Instance(config.database.path)
        try:
            asyncio.run(_play(config, secrets))
        finally:
            instance.release()
    except (AlreadyRunning, StorageError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


async def _play(config: Configuration, secrets: Secrets) -> None:
    """From the first of last month to the demo's present."""
    now = bootstrap.clock_of(config).now()
    begins = instant(Month.of(micros(now)).previous.span.start)
    clock = SteppedClock(begins)
    async with bootstrap.open_context(config, secrets, clock) as context:
        async with context.writer.change(itself()) as change:
            await bootstrap.begin_run(clock, change)
        stage = await HistoryPlayer.set(context, clock)
        for act in story(stage.tenants, now):
            clock.at = act.at
            await act.happens(stage)
        clock.at = now
        await stage.look()
        await stage.end()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
