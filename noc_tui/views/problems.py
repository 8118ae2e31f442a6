"""What is wrong now, the worst first: pure findings over what the overview reads."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import msgspec

from noc_tui.i18n import _
from noc_tui.text import visible
from noc_tui.views.ages import is_stale
from storage.inventory import Cluster, Node, Source, Storage
from storage.oncall import Alert
from storage.register import Site
from storage.summaries import GuestCount

BAD, WARNING, UNKNOWN = "bad", "warning", "unknown"
_ORDER = (BAD, UNKNOWN, WARNING)
_SEVERITIES = {"critical": BAD, "warning": WARNING}
NOTICE = "notice"
"""The severity of alerts that want somebody one of these days: nothing is wrong yet."""
SEEN_HERE = frozenset(
    {"source", "quorum", "node", "storage-missing", "storage-full", "abroad", "backup"}
)
"""Rules of alerts whose findings are made here too, from the same rows, and with `nocd` down."""
FULL_PERCENT = 90
FRANCE = "FR"
_CAUSES = ("source", "quorum", "node", "storage")
"""What causes other things, and so stands above them where both are equally bad."""
GUEST_TROUBLE = ("io-error", "internal-error", "guest-panicked", "paused")


class Problem(msgspec.Struct, frozen=True):
    """One thing that is wrong; `key` stays the same while it lasts.

    `subject` is what it is about (`tenant:acme`), where the key does not say it.
    """

    key: str
    severity: str
    where: str
    text: str
    since: datetime | None = None
    subject: str = ""

    @property
    def rank(self) -> tuple[int, int, str]:
        """The worst first, and causes before what they lead to."""
        kind = self.key.partition(":")[0]
        cause = _CAUSES.index(kind) if kind in _CAUSES else len(_CAUSES)
        return _ORDER.index(self.severity), cause, self.key


def sources(found: Iterable[Source], now: datetime) -> Iterator[Problem]:
    """Sources that fail or are silent: what is shown of them is old."""
    for source in found:
        key, where = (
            f"source:{source.cluster}/{source.name}",
            visible(source.cluster or source.name),
        )
        if source.error is not None:
            text = _("cannot be read: {error}").format(error=visible(source.error))
            yield Problem(key, BAD, where, text, source.failing_since)
        elif is_stale(source, now):
            yield Problem(key, UNKNOWN, where, _("nothing seen for too long"), source.seen_at)


def clusters(found: Iterable[Cluster]) -> Iterator[Problem]:
    """Clusters without quorum."""
    for cluster in found:
        if cluster.quorate is False:
            text = _("no quorum: nothing can be changed there")
            yield Problem(f"quorum:{cluster.name}", BAD, visible(cluster.name), text)
        elif cluster.quorate is None:
            text = _("quorum is not known")
            yield Problem(f"quorum:{cluster.name}", UNKNOWN, visible(cluster.name), text)


def nodes(found: Iterable[Node]) -> Iterator[Problem]:
    """Nodes that are not online."""
    for node in found:
        if node.status == "online":
            continue
        severity = BAD if node.status == "offline" else UNKNOWN
        words = _("node {name} is offline") if severity == BAD else _("node {name}: state unknown")
        text = words.format(name=visible(node.name))
        yield Problem(f"node:{node.cluster}/{node.name}", severity, visible(node.cluster), text)


def storages(found: Iterable[Storage]) -> Iterator[Problem]:
    """Storages that are not there, not there for every node, or nearly full."""
    for storage in found:
        key = f"storage:{storage.cluster}/{storage.name}/{storage.node}"
        name = visible(storage.name if storage.shared else f"{storage.name} ({storage.node})")
        where = visible(storage.cluster)
        if storage.status != "available":
            yield Problem(key, UNKNOWN, where, _("storage {name} is not seen").format(name=name))
        elif storage.missing_on:
            text = _("storage {name} is missing on {nodes}")
            nodes_ = visible(", ".join(storage.missing_on))
            yield Problem(key, BAD, where, text.format(name=name, nodes=nodes_))
        elif (share := percent(storage.used, storage.total)) is not None and share >= FULL_PERCENT:
            text = _("storage {name} is {n} % full").format(name=name, n=share)
            yield Problem(key, WARNING, where, text)


def guests(found: Iterable[GuestCount]) -> Iterator[Problem]:
    """Guests in trouble, and guests that nobody can see, by cluster."""
    trouble: Counter[str] = Counter()
    unknown: Counter[str] = Counter()
    for count in found:
        if count.status in GUEST_TROUBLE:
            trouble[count.cluster] += count.number
        elif count.status == "unknown":
            unknown[count.cluster] += count.number
    for cluster, number in trouble.items():
        text = _("guests paused or in error: {n}").format(n=number)
        yield Problem(f"guests:{cluster}", BAD, visible(cluster), text)
    for cluster, number in unknown.items():
        text = _("guests whose state nobody knows: {n}").format(n=number)
        yield Problem(f"unknown:{cluster}", UNKNOWN, visible(cluster), text)


def backups(found: Iterable[tuple[str, str, int]]) -> Iterator[Problem]:
    """Backups of a cluster's guests that are not as R29 wants them."""
    words = {
        "missing": (BAD, _("guests without any backup on the second site: {n}")),
        "failed": (BAD, _("guests whose last backup failed: {n}")),
        "stale": (WARNING, _("guests whose backup is too old: {n}")),
        "unknown": (UNKNOWN, _("guests whose backup cannot be seen: {n}")),
    }
    for cluster, state, number in found:
        if state in words:
            severity, text = words[state]
            key = f"backup:{cluster}/{state}"
            yield Problem(key, severity, visible(cluster), text.format(n=number))


def sites(found: Iterable[Site], used: Sequence[Cluster]) -> Iterator[Problem]:
    """Clusters outside France, or on a site whose country nobody wrote down (R34)."""
    countries = {site.name: site.country for site in found}
    for cluster in used:
        country = countries.get(cluster.site, "")
        if country == FRANCE:
            continue
        text = (
            _("site {site} is outside France: {country}").format(
                site=visible(cluster.site), country=visible(country)
            )
            if country
            else _("the country of site {site} is not known").format(site=visible(cluster.site))
        )
        yield Problem(
            f"site:{cluster.name}", BAD if country else UNKNOWN, visible(cluster.name), text
        )


def alerts(found: Iterable[Alert]) -> Iterator[Problem]:
    """What `nocd` alerts of beyond that: outages, quotas, owed notices, itself."""
    from noc_tui.labels.alerts import text_of  # sentences are needed when there is an alert only

    for alert in found:
        if alert.rule not in SEEN_HERE and alert.severity != NOTICE:
            where = alert.tenant or alert.scope.partition(":")[2] or alert.scope
            severity = _SEVERITIES.get(alert.severity, WARNING)
            text = text_of(alert.rule, alert.words)
            yield Problem(
                alert.fingerprint, severity, visible(where), text, alert.since, alert.subject
            )


def percent(used: int | None, total: int | None) -> int | None:
    """The used share in whole percent, truncated; None when it is not known."""
    return None if used is None or not total else used * 100 // total
