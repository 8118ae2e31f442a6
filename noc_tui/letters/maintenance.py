"""Letters about a maintenance window: that it comes (article 6, R35), and that it does not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from noc_tui.i18n import Language
from noc_tui.letters.letter import Blocks, ClientLetter
from noc_tui.letters.writing import Writing


@dataclass(frozen=True, slots=True)
class MaintenanceFacts:
    """A window as one tenant is told of it; `guests` are the names of its VMs."""

    number: int
    tenant: str
    title: str
    reason: str
    start: datetime
    end: datetime
    guests: Sequence[str] = ()


def write_maintenance(facts: MaintenanceFacts, language: Language) -> ClientLetter:
    """Return the announcement of a window."""
    writing = Writing(language)
    _, field = writing.translate, writing.field
    blocks = Blocks()
    blocks.say(
        _(
            "Maintenance work on our platform will interrupt your services (article 6 of the"
            " specific terms of sale). No fault is alleged against you."
        )
    )
    blocks.rows(
        [
            field(_("Nature of the work"), facts.title),
            field(_("Start of the work"), writing.instant(facts.start)),
            field(_("End of the work"), writing.instant(facts.end)),
            field(_("Duration"), writing.duration(int((facts.end - facts.start).total_seconds()))),
            field(_("Reason"), facts.reason) if facts.reason.strip() else "",
            field(_("VMs concerned"), ", ".join(facts.guests) or _("all your VMs")),
        ]
    )
    blocks.say(_("You have nothing to do. The services are restored at the end of the work."))
    subject = _("Maintenance on {day}: {title}").format(
        day=writing.short_day(writing.local(facts.start)), title=facts.title
    )
    return replace(_letter(facts, language, subject, blocks), contested="measure")


def write_calling_off(facts: MaintenanceFacts, language: Language) -> ClientLetter:
    """Return the letter that an announced window does not take place."""
    writing = Writing(language)
    _, field = writing.translate, writing.field
    blocks = Blocks()
    blocks.say(
        _(
            "The maintenance that we announced will not take place. It will not interrupt your"
            " services."
        )
    )
    blocks.rows(
        [
            field(_("Nature of the work"), facts.title),
            field(_("Start announced"), writing.instant(facts.start)),
            field(_("End announced"), writing.instant(facts.end)),
        ]
    )
    subject = _("Maintenance called off: {title}").format(title=facts.title)
    return _letter(facts, language, subject, blocks)


def _letter(
    facts: MaintenanceFacts, language: Language, subject: str, blocks: Blocks
) -> ClientLetter:
    _ = Writing(language).translate
    reference = _("maintenance {number}").format(number=facts.number)
    return ClientLetter(language, subject, facts.tenant, reference, blocks.text())
