"""Words what a tenant's promises are like now, each figure with its age."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from noc_tui.console.screens.promises.data import PromiseData
from noc_tui.i18n import _
from noc_tui.labels import formats
from noc_tui.labels.promises import AGENTS, EDGES, MEASURES
from noc_tui.labels.states import EDGE, label_text
from noc_tui.text import visible
from storage.resources import GuestInside

Fact = tuple[str, str]


def describe_present(data: PromiseData, now: datetime) -> list[Fact]:
    """Strains, endpoints and disks as they were last seen; a line each."""
    strains = [
        (
            visible(one.name or f"{one.cluster}/{one.vmid}"),
            _("{measure} {percent} ≥ {limit} since {day}, seen {age} ago").format(
                measure=_(MEASURES[one.measure]),
                percent=formats.percent(one.percent),
                limit=formats.percent(one.threshold),
                day=formats.instant(one.since),
                age=formats.age(now - one.seen_at),
            ),
        )
        for one in data.strains
    ]
    edges = [
        (
            f"{_(EDGES[one.kind])} {visible(one.target)}",
            _("{state} since {day}, probed {age} ago").format(
                state=label_text(EDGE, one.state),
                day=formats.instant(one.since),
                age=formats.age(now - one.checked_at),
            ),
        )
        for one in data.edges
    ]
    return [
        *(strains or [(_("At a limit"), _("no guest"))]),
        *edges,
        *_disk_lines(data.insides, now),
    ]


def _disk_lines(insides: Sequence[GuestInside], now: datetime) -> Iterator[Fact]:
    """The fullest disks of virtual machines, and who tells of none."""
    told = [one for one in insides if one.agent == "answers" and one.disk_percent is not None]
    for one in sorted(told, key=lambda one: -(one.disk_percent or 0))[:3]:
        age = _("{age} ago").format(age=formats.age(now - (one.read_at or one.asked_at)))
        yield (
            _("Disk of {guest}").format(guest=f"{one.cluster}/{one.vmid}"),
            visible(f"{formats.percent(one.disk_percent)} · {one.mount} · {age}"),
        )
    silent = [one for one in insides if one not in told]
    if silent:
        named = [f"{one.cluster}/{one.vmid} ({_(AGENTS[one.agent])})" for one in silent]
        yield _("Disk not known"), visible(", ".join(named))
