"""Time stamps over heads, from the authority that is configured; nothing is asked without one.

The newest head is stamped, and again when newer ones have come and `tsa_every` seconds have passed.
An authority that does not answer, or answers wrongly, is asked again, later each time.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx
import msgspec

from noc_tui.daemon.core.context import Context
from noc_tui.daemon.core.identity import itself
from noc_tui.daemon.core.rest import rest
from noc_tui.daemon.paging.webhook import client
from noc_tui.evidence import time_stamps
from noc_tui.evidence.time_stamps import STAMPED, BadTimeStampError, TimeStamp
from noc_tui.text import visible
from noc_tui.threads import in_thread
from storage import evidence, heads
from storage.evidence import Query
from storage.heads import Head
from storage.signing_rule import ABOUT_HEADS

FIRST_RETRY, LONGEST_RETRY = 30.0, 3600.0
TOLD_AFTER = 3
"""So many failures in a row raise the alert `time-stamp`."""
LONGEST_REST = 600.0
LONGEST_ANSWER = 256 * 1024
"""Bytes; a time stamp with its certificates has a few thousand."""


@dataclass(slots=True)
class TimeStamper:
    """Asks for time stamps, and keeps each as an entry."""

    context: Context
    _failures: int = 0
    _not_before: datetime | None = None

    async def run(self) -> None:
        """Until cancelled; nothing without an authority."""
        url = self.context.config.anchor.tsa_url
        while url is not None:
            after = self.context.bus.revision
            head = await self._unstamped()
            seconds = self._seconds_left()
            if head is not None and seconds <= 0:
                await self._stamp(url, head)
                continue
            waited = LONGEST_REST if head is None else seconds
            await rest(self.context.clock, self.context.bus, waited, after)

    async def _unstamped(self) -> Head | None:
        """The newest head, unless the newest time stamp is over it."""
        async with self.context.writer.snapshot() as db:
            head = await heads.last_head(db)
            found = await evidence.search(db, Query(kind=STAMPED, limit=1))
        if head is None or not found or found[0].payload is None:
            return head
        stamp = msgspec.json.decode(found[0].payload, type=TimeStamp)
        return None if stamp.head == head.line() else head

    def _seconds_left(self) -> float:
        """Until the authority may be asked again."""
        if self._not_before is None:
            return 0.0
        return (self._not_before - self.context.clock.now()).total_seconds()

    async def _stamp(self, url: str, head: Head) -> None:
        try:
            stamp = await self._ask(url, head.line())
        except (httpx.HTTPError, httpx.InvalidURL, BadTimeStampError, OSError, ValueError) as error:
            said = str(error) or repr(error)
            self.context.logger.error("head not time-stamped", error=said)
            wait = min(FIRST_RETRY * 2**self._failures, LONGEST_RETRY)
            self._failures = min(self._failures + 1, 16)
            if self._failures >= TOLD_AFTER:
                self.context.failures.unstamped = visible(said)[:200]
        else:
            async with self.context.writer.change(itself()) as change:
                subjects = [ABOUT_HEADS, f"head:{head.count}"]
                await change.record(STAMPED, subjects, msgspec.structs.asdict(stamp))
            wait, self._failures = self.context.config.anchor.tsa_every, 0
            self.context.failures.unstamped = ""
        self._not_before = self.context.clock.now() + timedelta(seconds=wait)

    async def _ask(self, url: str, line: str) -> TimeStamp:
        trusted: time_stamps.Certificates = ()
        if (file := self.context.config.anchor.tsa_ca_file) is not None:
            trusted = await in_thread(time_stamps.load_certificates, file)
        request = time_stamps.request_for(line)
        headers = {"Content-Type": "application/timestamp-query"}
        async with (
            client() as http,
            http.stream("POST", url, content=request.as_bytes(), headers=headers) as response,
        ):
            response.raise_for_status()
            answer = bytearray()
            async for part in response.aiter_bytes():
                answer += part
                if len(answer) > LONGEST_ANSWER:
                    raise BadTimeStampError(f"the answer is longer than {LONGEST_ANSWER} bytes")
        return time_stamps.take_answer(line, request, bytes(answer), trusted)
