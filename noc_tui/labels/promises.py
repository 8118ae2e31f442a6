"""Words the promises of annexe 2: a tenant's month as sections of label and value.

Values are plain text; what is foreign in them was made visible.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from noc_tui.contract.calendar import micros, paris_day
from noc_tui.i18n import N_, _
from noc_tui.labels import formats
from noc_tui.text import visible
from noc_tui.views.promise_sheet import (
    BackupSheet,
    GuestMonth,
    NightFinding,
    PromiseSheet,
    ResourceSheet,
)
from storage.backup_nights import RestoreTest

NONE = "—"
MEASURES = {"cpu": N_("CPU"), "memory": N_("memory"), "disk": N_("disk")}
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
    ]


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
