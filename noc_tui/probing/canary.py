"""The canary: independent targets that show whether this machine reaches the network."""

import asyncio
from collections.abc import Sequence

from noc_tui.probing.checks import check
from noc_tui.probing.target import Target


class Canary:
    """Asks its targets after a probe has failed; without targets it never confirms.

    Those who ask while it is listening share one answer, which takes at most `timeout` seconds.
    """

    def __init__(self, targets: Sequence[Target], timeout: float) -> None:
        self._targets = targets
        self.timeout = timeout
        self._listening: asyncio.Task[bool] | None = None

    async def sings(self) -> bool:
        """Return whether at least one target answers, so that a failed probe means that the other
        side is down.
        """
        if self._listening is None or self._listening.done():
            self._listening = asyncio.create_task(self._listen())
        return await asyncio.shield(self._listening)

    async def _listen(self) -> bool:
        # The first answer is told at once: by the time that others have failed it may be false.
        asked = [asyncio.create_task(check(one, self.timeout)) for one in self._targets]
        try:
            for each in asyncio.as_completed(asked):
                if (await each).good:
                    return True
            return False
        finally:
            for one in asked:
                one.cancel()
