"""Tells `nocd` that this console is open, and which case it shows."""

import os
from collections.abc import Coroutine
from contextlib import suppress

from noc_tui.console.nocd.client import NocdError
from noc_tui.console.session import Session


class PresenceReporter:
    """Remembers what was reported last in `told`: None before the first report."""

    def __init__(self, session: Session) -> None:
        self.told: str | None = None
        self._session = session

    def tell(self, subject: str) -> Coroutine[None, None, None]:
        """Tell it; where `nocd` does not answer, the next time does."""
        self.told = subject
        return self._post(subject)

    async def _post(self, subject: str) -> None:
        from noc_tui.api.core import PRESENCE, Seen  # after the first frame

        with suppress(NocdError):
            await self._session.nocd.ask(PRESENCE(Seen(str(os.getpid()), subject)))
