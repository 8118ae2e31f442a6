"""The results of the hourly examination; each is kept until its topic is examined again."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from noc_tui.api.doctor import Expiry, Finding
from noc_tui.daemon.core.context import Context
from noc_tui.daemon.doctor.examination import examine
from noc_tui.i18n import _

EXAMINE_SECONDS = 3600.0


@dataclass(slots=True)
class ExaminationResults:
    """The last result of each topic; empty before the first examination."""

    context: Context
    _found: list[Finding] = field(default_factory=list)
    _seen: set[str] = field(default_factory=set)
    _expiries: dict[tuple[str, str], tuple[str, Expiry]] = field(default_factory=dict)

    async def run(self) -> None:
        """Each hour, by itself: it waits for clusters and backup servers."""
        context = self.context
        while True:
            await context.clock.sleep(EXAMINE_SECONDS)
            found = await examine(context.config, context.secrets, context.clock)
            # A date that was not seen this time is as it was; one that was seen has its own rules.
            for one in found:
                if one.expiry is not None:
                    self._expiries[one.expiry.rule, one.expiry.name] = (one.topic, one.expiry)
            self._take([one for one in found if one.expiry is None])

    def _take(self, found: list[Finding]) -> None:
        """What was found wrong stands, where nothing could be seen this time."""
        unreached = {one.topic for one in found if _seen_otherwise(one, self.context)}
        self._seen = {one.topic for one in found} - unreached
        self._found = [one for one in found if one.topic in self._seen]

    @property
    def found(self) -> list[tuple[str, str, str, str]]:
        """Return topic, key, level and text of each finding."""
        return [(one.topic, one.key, one.level, one.text) for one in self._found]

    @property
    def unseen(self) -> list[str]:
        """Return the topics that could not be examined."""
        return [name for name in topics(self.context) if name not in self._seen]

    @property
    def expiring(self) -> list[tuple[str, str, str, datetime, int]]:
        """Return topic, rule, name, end and days left of each known date of expiry."""
        return [
            (topic, one.rule, one.name, one.at, one.days)
            for topic, one in self._expiries.values()
            if one.at is not None and one.days is not None
        ]


def topics(context: Context) -> Iterator[str]:
    """Yield the topics of an examination."""
    yield from (cluster.name for cluster in context.config.clusters)
    yield from (server.name for server in context.config.backup_servers)
    yield _("probes")


def _seen_otherwise(finding: Finding, context: Context) -> bool:
    """Return what cannot be reached is an alert of its source already."""
    return (
        finding.level == "bad"
        and finding.topic
        in {
            *context.gateways,
            *(server.name for server in context.config.backup_servers),
        }
        and finding.key.endswith((".endpoints", ".url"))
    )
