"""The letter that says that services are restored (R21)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from noc_tui.contract.suspension.values import BARRIER, PlannedGuest
from noc_tui.contract.terms import Effect
from noc_tui.i18n import N_, Language
from noc_tui.letters.letter import Blocks, ClientLetter
from noc_tui.letters.writing import Writing

_UNDONE: Mapping[Effect, str] = {
    "filter": N_("The traffic that was blocked passes again as before the measure."),
    "public": N_("Traffic to and from public addresses passes again as before the measure."),
    "network": N_("The network interfaces are connected again as they were before the measure."),
    "stop": N_(
        "What ran before the measure runs again; a VM that was stopped then is still stopped."
    ),
    BARRIER: N_("Access to the platform is again what it was before the measure."),
}
"""What undoing a measure brings back, by its effect."""
_ENDS: Mapping[str, str] = {
    "maintenance": N_("Work completed on"),
    "late-payment": N_("Payment received on"),
    "emergency": N_("Emergency over since"),
    "authority-request": N_("Decision ending the measure noted on"),
}
"""What ends the cause, by the ground, where nobody remedies it."""


@dataclass(frozen=True, slots=True)
class RestorationFacts:
    """Which guests came back when, what was found, and what was suspended since when.

    `held` are the guests that stay suspended. `remedied_at` is when the cause was found remedied:
    from then on the time counts (R23); None where nobody said so. `effects` are those of the
    measures that are undone; `ground` the id of the suspension's. `ends_term` is true where the
    notice spoke of article 16.1, which this restoration ends. `restricts_only` is true where the
    measure limited the services without suspending them.
    """

    case: str
    tenant: str
    guests: tuple[PlannedGuest, ...]
    held: tuple[PlannedGuest, ...]
    found: str
    since: datetime | None
    at: datetime
    ends_term: bool
    restricts_only: bool = False
    remedied_at: datetime | None = None
    effects: frozenset[Effect] = frozenset()
    ground: str = ""


def write_restoration(facts: RestorationFacts, language: Language) -> ClientLetter:
    """Return the letter."""
    writing = Writing(language)
    _, field = writing.translate, writing.field
    blocks = Blocks()
    blocks.say(_opening(facts, writing))
    rows = [
        field(
            writing.ngettext("VM restored", "VMs restored", len(facts.guests)),
            _names(facts.guests, writing),
        ),
        field(_("Restored on"), writing.instant(facts.at)),
    ]
    if facts.since is not None:
        rows.append(field(_("Measure in force since"), writing.instant(facts.since)))
    if facts.found.strip():
        rows.append(field(_("Our finding"), facts.found.strip()))
    if facts.remedied_at is not None:
        rows.append(_end_of_cause(facts.ground, writing, facts.remedied_at))
    if facts.held:
        label = writing.ngettext(
            "VM still under the measure", "VMs still under the measure", len(facts.held)
        )
        rows.append(field(label, _names(facts.held, writing)))
    blocks.rows(rows)
    blocks.say(*_state(facts, writing))
    if facts.held:
        blocks.say(
            writing.ngettext(
                "For the VM still under the measure, our notice continues to apply: the measure"
                " ends as it says, and you may contest it as it says.",
                "For the VMs still under the measure, our notice continues to apply: the measure"
                " ends as it says, and you may contest it as it says.",
                len(facts.held),
            )
        )
    if facts.ends_term and not facts.held:
        blocks.say(_("As the measure has ended, article 16.1 can no longer be relied on for it."))
    blocks.say(_("If something does not work as before, tell us."))
    subject = field(_subject(facts, writing).format(case=facts.case), facts.tenant)
    return ClientLetter(language, subject, facts.tenant, facts.case, blocks.text())


def _end_of_cause(ground: str, writing: Writing, at: datetime) -> str:
    """When the cause was gone: what a breach's end is called fits neither work nor a payment."""
    _, instant = writing.translate, writing.instant(at)
    if ground in _ENDS:
        return writing.field(_(_ENDS[ground]), instant)
    text = _("{at}, as our operations centre found")
    return writing.field(_("Cause remedied on"), text.format(at=instant))


def _opening(facts: RestorationFacts, writing: Writing) -> str:
    _ = writing.translate
    if facts.restricts_only:
        return (
            _("The restriction has been lifted for some of your virtual machines (VMs).")
            if facts.held
            else _("The restriction has been lifted.")
        )
    return (
        _("Some of your services have been restored.")
        if facts.held
        else _("Your services have been restored.")
    )


def _state(facts: RestorationFacts, writing: Writing) -> Iterator[str]:
    """What is as before, measure by measure: of what was not touched nothing is said."""
    _ = writing.translate
    yield from (_(words) for effect, words in _UNDONE.items() if effect in facts.effects)
    if facts.held:
        yield writing.ngettext(
            "This holds for the VM restored alone.",
            "This holds for the VMs restored alone.",
            len(facts.guests),
        )


def _subject(facts: RestorationFacts, writing: Writing) -> str:
    _ = writing.translate
    if facts.restricts_only:
        return (
            _("Restriction partly lifted, case {case}")
            if facts.held
            else _("Restriction lifted, case {case}")
        )
    return (
        _("Services partly restored, case {case}")
        if facts.held
        else _("Services restored, case {case}")
    )


def word_judgment(day: date, language: Language) -> str:
    """Return the finding that a judgment ends a suspension for an earlier debt (R20)."""
    writing = Writing(language)
    _ = writing.translate
    text = _(
        "a judgment of {day} opened insolvency proceedings; a debt from before it is no ground for"
        " a suspension (article L. 622-13 of the French commercial code)"
    )
    return text.format(day=writing.short_day(day))


def _names(guests: Sequence[PlannedGuest], writing: Writing) -> str:
    _ = writing.translate
    return ", ".join(
        _("{name} (VM {vmid}, cluster {cluster})").format(
            name=guest.name, vmid=guest.ref.vmid, cluster=guest.ref.cluster
        )
        for guest in guests
    )
