"""The letter that says that an announced measure has begun (R16): the client learns from when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from noc_tui.contract.suspension.values import ConditionKind, PlannedGuest
from noc_tui.i18n import N_, Language
from noc_tui.letters.letter import Blocks, ClientLetter
from noc_tui.letters.writing import Writing

_UNMET: Mapping[ConditionKind, str] = {
    "unanswered": N_("No answer had reached us by then."),
    "unpaid": N_("According to our accounts, the sum due had not been paid."),
}
"""That what would have avoided the measure was not done."""


@dataclass(frozen=True, slots=True)
class EffectFacts:
    """Which guests the measure is in force on since when, as the notice of `noticed_at` announced.

    `deadline` is when the time of article 16.1 is over, None where no right to terminate is relied
    on; `end` when the measure is to end, None where that depends on the client. `maintenance` is
    whether it is the hoster's own work, `restricts_only` whether it limits the services without
    suspending them. `unmet` is the announced condition that would have avoided the measure, None
    where there was none.
    """

    case: str
    tenant: str
    guests: tuple[PlannedGuest, ...]
    since: datetime
    noticed_at: datetime
    deadline: datetime | None = None
    end: datetime | None = None
    maintenance: bool = False
    restricts_only: bool = False
    unmet: ConditionKind | None = None


def write_effect(facts: EffectFacts, language: Language) -> ClientLetter:
    """Return the letter."""
    writing = Writing(language)
    _, field = writing.translate, writing.field
    blocks = Blocks()
    blocks.say(
        _("The measure announced in our notice of {day} has been in force since {at}.").format(
            day=writing.short_day(writing.local(facts.noticed_at)), at=writing.instant(facts.since)
        ),
        "" if facts.maintenance else _("Periods that depend on it run from then."),
        _(_UNMET[facts.unmet]) if facts.unmet else "",
    )
    label = writing.ngettext("VM concerned", "VMs concerned", len(facts.guests))
    named = _("{name} (VM {vmid}, cluster {cluster})")
    names = ", ".join(
        named.format(name=one.name, vmid=one.ref.vmid, cluster=one.ref.cluster)
        for one in facts.guests
    )
    rows = [field(label, names)]
    if facts.end is not None:
        rows.append(field(_("Expected end"), writing.instant(facts.end)))
    if facts.deadline is not None:
        deadline = writing.instant(facts.deadline)
        rows.append(field(_("End of the period of article 16.1"), deadline))
    blocks.rows(rows)
    blocks.say(
        _(
            "Our notice continues to apply: it says what the measure is, why it was taken, what"
            " ends it and what your rights are."
        )
    )
    subject = field(_subject(facts, writing).format(case=facts.case), facts.tenant)
    return ClientLetter(
        language, subject, facts.tenant, facts.case, blocks.text(), contested="measure"
    )


def _subject(facts: EffectFacts, writing: Writing) -> str:
    _ = writing.translate
    if facts.maintenance:
        return _("Maintenance: your services are interrupted, case {case}")
    if facts.restricts_only:
        return _("Announced restriction in force, case {case}")
    return _("Announced suspension in force, case {case}")
