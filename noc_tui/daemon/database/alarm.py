"""Tells those on call from memory that the database cannot be used, until each has taken it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import httpx
import structlog

from noc_tui.clock import Clock
from noc_tui.config import Configuration, Secrets
from noc_tui.config.values import Receiver
from noc_tui.daemon.core.failures import BRIEF
from noc_tui.daemon.paging import webhook
from noc_tui.daemon.paging.direct import page_directly
from noc_tui.daemon.paging.webhook import Telling
from noc_tui.i18n import _

TELL_AGAIN_SECONDS = 60.0


@dataclass(slots=True)
class DatabaseAlarm:
    """Pages past the database. `settings` gives the configuration and the secrets in force."""

    settings: Callable[[], tuple[Configuration, Secrets]]
    clock: Clock
    logger: structlog.typing.FilteringBoundLogger
    _telling: "asyncio.Task[None] | None" = None

    def sound(self, since: datetime, text: Callable[[], str]) -> None:
        """Begin to tell every receiver, once it has lasted long enough; `text` is asked for each
        time that a page is sent.
        """
        if self._telling is None and self.clock.now() - since >= BRIEF:
            self._telling = asyncio.create_task(self._tell(since, text), name="database alarm")

    async def stop(self) -> None:
        """It is over: who has not taken it is told no more."""
        if self._telling is not None:
            self._telling.cancel()
            await asyncio.gather(self._telling, return_exceptions=True)
            self._telling = None

    async def _tell(self, since: datetime, text: Callable[[], str]) -> None:
        config, _secrets = self.settings()
        async with webhook.client() as http, asyncio.TaskGroup() as loops:
            for to in config.oncall.receivers:
                loops.create_task(self._tell_one(http, to, since, text))

    async def _tell_one(
        self, http: httpx.AsyncClient, to: Receiver, since: datetime, text: Callable[[], str]
    ) -> None:
        """One receiver by itself, again until it has taken it."""
        while not await self._told(http, to, _telling(since, text())):
            await self.clock.sleep(TELL_AGAIN_SECONDS)

    async def _told(self, http: httpx.AsyncClient, to: Receiver, telling: Telling) -> bool:
        """Send it once; whether that is over for this receiver."""
        config, secrets = self.settings()
        try:
            answer = await page_directly(http, config, secrets, to, telling, self.clock.now())
        except Exception:  # what keeps one from being told keeps no other
            self.logger.exception("not reported", receiver=to.name)
            return False
        if not answer.taken:
            self.logger.warning("not reported", receiver=to.name, answer=answer.said)
        return answer.over


def _telling(since: datetime, text: str) -> Telling:
    return Telling(
        id=f"database-{int(since.timestamp())}",
        state="open",
        severity="critical",
        fingerprint="database:nocd",
        text=text,
        next_step=_(
            "Free space, stop the program that holds the file, put the file back, or repair the"
            " disk."
        ),
        subject="nocd",
        tenant="",
        since=since.isoformat(),
    )
