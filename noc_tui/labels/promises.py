"""Words the promises of annexe 2: a tenant's month as sections of label and value.

Values are plain text; what is foreign in them was made visible.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from noc_tui.contract.calendar import micros, paris_day
from noc_tui.i18n import N_, _
from noc_tui.labels import formats
from noc_tui.text import visible
from noc_tui.views.promise_sheet import BackupSheet, NightFinding, PromiseSheet
from storage.backup_nights import RestoreTest

NONE = "—"
OUTCOMES = {"ok": N_("went well"), "failed": N_("did not go well")}


class SheetSection(NamedTuple):
    """A heading and its lines: (label, value)."""

    heading: str
    lines: Sequence[tuple[str, str]]


def list_sections(sheet: PromiseSheet) -> list[SheetSection]:
    """A tenant's month, section by section, in the reader's language."""
    backups = backup_lines(sheet.backups, sheet.until)
    return [SheetSection(_("Backups (annexe 2, seven rolling days)"), backups)]


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
