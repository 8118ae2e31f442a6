"""Words the promises of annexe 2: a tenant's month as sections of label and value.

Values are plain text; what is foreign in them was made visible.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from noc_tui.contract.calendar import micros, paris_day
from noc_tui.i18n import N_, _
from noc_tui.labels import formats
from noc_tui.labels.states import EDGE, label_text
from noc_tui.text import visible
from noc_tui.views.promise_sheet import (
    BackupSheet,
    EdgeMonth,
    GuestMonth,
    LicenceSheet,
    NightFinding,
    PresentPromises,
    PromiseSheet,
    ResourceSheet,
)
from storage.backup_nights import RestoreTest
from storage.licences import Licence, LicenceAudit
from storage.resources import GuestInside

NONE = "—"
MEASURES = {"cpu": N_("CPU"), "memory": N_("memory"), "disk": N_("disk")}
EDGES = {"vpn": N_("VPN"), "firewall": N_("firewall")}
AGENTS = {
    "answers": N_("tells no size"),
    "off": N_("no agent"),
    "silent": N_("agent silent"),
    "stopped": N_("stopped"),
    "refused": N_("token may not ask"),
    "failed": N_("not read"),
}
"""Why no agent tells how full a disk is."""
AUDITS = {"compliant": N_("nothing found"), "breach": N_("a breach found")}
PAYERS = {"hoster": N_("at our cost"), "client": N_("at the client’s cost")}
OUTCOMES = {"ok": N_("went well"), "failed": N_("did not go well")}


class SheetSection(NamedTuple):
    """A heading and its lines: (label, value)."""

    heading: str
    lines: Sequence[tuple[str, str]]


def list_sections(sheet: PromiseSheet) -> list[SheetSection]:
    """A tenant's month, section by section, in the reader's language."""
    return [
        SheetSection(
            _("Backups (annexe 2, seven rolling days)"), backup_lines(sheet.backups, sheet.until)
        ),
        SheetSection(_("Guests’ CPU, memory, disk (annexe 2)"), resource_lines(sheet.resources)),
        SheetSection(
            _("Licences of systems (annexe 2, art. 13.2), today"), licence_lines(sheet.licences)
        ),
        SheetSection(_("Cloud VPN and firewall (annexe 2)"), edge_lines(sheet.edges)),
    ]


def licence_lines(sheet: LicenceSheet) -> list[tuple[str, str]]:
    """The lines about licences: what is needed, what was supplied, and audits."""
    found = sheet.inventory
    families = ", ".join(formats.label_line(one.family, str(one.guests)) for one in found.families)
    return [
        (_("Need one"), visible(families) or NONE),
        (_("Without one on record"), list_places(found.uncovered)),
        (_("System not known"), list_places(found.unread)),
        *((_("Supplied"), describe_licence(one)) for one in found.supplied),
        *([(_("Unused"), formats.count(found.idle))] if found.idle else []),
        *((_("Audit"), _describe_audit(one)) for one in sheet.audits),
    ]


def edge_lines(edges: Sequence[EdgeMonth]) -> list[tuple[str, str]]:
    """A line an endpoint: for how long it answered, of the time that was known."""
    if not edges:
        return [(_("Watched"), _("no endpoint is known: nothing is seen of them"))]
    return [(f"{_(EDGES[one.kind])} {visible(one.target)}", _describe_edge(one)) for one in edges]


def describe_licence(one: Licence) -> str:
    """A licence in a line."""
    until = "" if one.ended_on is None else f" → {formats.day(one.ended_on)}"
    text = " · ".join(
        (
            _("No. {number}").format(number=one.id),
            f"{one.quantity} × {one.product}",
            one.guest or _("any guest"),
            f"{formats.day(one.supplied_from)}{until}",
        )
    )
    return visible(f"{text} · {one.note}" if one.note else text)


def _describe_audit(one: LicenceAudit) -> str:
    counted = _("{supplied} of {needing} licensed, {unread} not known")
    return visible(
        " · ".join(
            (
                formats.instant(one.held_at),
                _(AUDITS[one.outcome]),
                counted.format(supplied=one.supplied, needing=one.needing, unread=one.unread),
                _(PAYERS[one.cost_borne_by]),
                one.account,
                one.findings,
            )
        )
    )


def _describe_edge(one: EdgeMonth) -> str:
    silent = formats.age(timedelta(seconds=one.silent)) if one.silent else NONE
    unknown = formats.age(timedelta(seconds=one.unknown)) if one.unknown else NONE
    return _("answered {share}, silent {silent}, not known {unknown}").format(
        share=_describe_part(one.known - one.silent, one.known), silent=silent, unknown=unknown
    )


def resource_lines(sheet: ResourceSheet) -> list[tuple[str, str]]:
    """The lines about guests' CPU, memory and disk."""
    unknown = [
        f"{_(MEASURES[one])} {formats.percent(share)}"
        for one, share in sheet.unknown.items()
        if share
    ]
    return [
        (_("Watched"), _describe_part(sheet.looked, sheet.elapsed)),
        (_("Not known, of guests’ running time"), ", ".join(unknown) or NONE),
        *((_("At its limit"), _describe_strain(one)) for one in sheet.strained),
    ]


def _describe_part(part: int, whole: int) -> str:
    """A part of a time, truncated, as a percentage of it; unknown where no time has passed."""
    if not whole:
        return formats.UNKNOWN
    return _("{percent} of {whole}").format(
        percent=formats.percent(min(100, part * 100 // whole)),
        whole=formats.age(timedelta(seconds=whole)),
    )


def _describe_strain(one: GuestMonth) -> str:
    text = _("{guest}: {measure} from {limit} for {time}, at most {peak} on {day}")
    return visible(
        text.format(
            guest=one.guest,
            measure=_(MEASURES[one.measure]),
            limit=formats.percent(one.threshold),
            time=formats.age(timedelta(seconds=one.bad)),
            peak=formats.percent(one.peak),
            day=formats.instant(one.peak_at),
        )
    )


def backup_lines(sheet: BackupSheet, until: datetime) -> list[tuple[str, str]]:
    """The lines about backups, verification and restore tests; `until` is when they were read."""
    copies = _("{part} of {whole}").format(part=sheet.kept, whole=sheet.owed)
    return [
        (
            _("Nights checked"),
            _("{part} of {whole}").format(part=sheet.checked, whole=sheet.nights),
        ),
        (_("Copies kept"), copies if sheet.checked else formats.UNKNOWN),
        *((_("No copy"), _name_guests(one)) for one in sheet.holes),
        *((_("Not known"), _name_guests(one)) for one in sheet.unseen),
        (_("No recent verification"), list_places(sheet.unverified)),
        *((_("Restore test"), _describe_test(one)) for one in sheet.tests),
        (_("Next restore test"), _describe_due(sheet.next_test, until)),
    ]


def list_places(guests: Sequence[str]) -> str:
    """Guests as a list; a dash for none."""
    return visible(", ".join(guests)) or NONE


def _name_guests(finding: NightFinding) -> str:
    return _("night of {day}: {guests}").format(
        day=formats.day(finding.night), guests=list_places(finding.guests)
    )


def _describe_test(test: RestoreTest) -> str:
    words = f"{formats.instant(test.tested_at)} · {test.cluster}/{test.vmid} · "
    words += f"{_(OUTCOMES.get(test.outcome, test.outcome))} · {test.account}"
    return visible(f"{words} · {test.note}" if test.note else words)


def _describe_due(due: datetime | None, until: datetime) -> str:
    if due is None:
        return NONE
    text = _("overdue since {day}") if due <= until else _("by {day}")
    return text.format(day=formats.day(paris_day(micros(due))))


def describe_present(present: PresentPromises, now: datetime) -> list[tuple[str, str]]:
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
        for one in present.strains
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
        for one in present.edges
    ]
    return [
        *(strains or [(_("At a limit"), _("no guest"))]),
        *edges,
        *_disk_lines(present.insides, now),
    ]


def _disk_lines(insides: Sequence[GuestInside], now: datetime) -> Iterator[tuple[str, str]]:
    """The fullest disks of virtual machines, and who tells of none."""
    machines = [one for one in insides if one.agent != "container"]
    told = [one for one in machines if one.agent == "answers" and one.disk_percent is not None]
    for one in sorted(told, key=lambda one: -(one.disk_percent or 0))[:3]:
        age = _("{age} ago").format(age=formats.age(now - (one.read_at or one.asked_at)))
        yield (
            _("Disk of {guest}").format(guest=f"{one.cluster}/{one.vmid}"),
            visible(f"{formats.percent(one.disk_percent)} · {one.mount} · {age}"),
        )
    silent = [one for one in machines if one not in told]
    if silent:
        named = [f"{one.cluster}/{one.vmid} ({_(AGENTS[one.agent])})" for one in silent]
        yield _("Disk not known"), visible(", ".join(named))
