"""The draft of a termination letter (articles 6 and 16.1, R22), which a person signs and posts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from noc_tui.contract.suspension.values import PlannedGuest
from noc_tui.contract.terms import Article, Ground
from noc_tui.i18n import Language
from noc_tui.letters.grounds import ground_words
from noc_tui.letters.letter import Blocks, ClientLetter
from noc_tui.letters.suspension_notice import BLANK
from noc_tui.letters.writing import Writing


@dataclass(frozen=True, slots=True)
class TerminationFacts:
    """What the letter rests on.

    `whole` is whether all services were suspended: else only those of `guests` end.
    `noticed_at` are the instants at which the mail server took a notice to the client; `settled` is
    false where articles 6 and 16.1 do not plainly give the right. `deadline` is the end of the
    `days` (None: of an authority's own time), None where nothing took effect; the letter is drawn
    at `drawn_at`, which may be before;
    `insolvency_checked` the day on which no judgment was found, as it was written down.
    """

    case: str
    tenant: str
    cause: str
    whole: bool
    guests: Sequence[PlannedGuest]
    ground: Ground
    article: Article
    since: datetime | None
    days: int | None
    deadline: datetime | None
    noticed_at: Sequence[datetime]
    settled: bool
    by_order: bool
    copy_days: int
    insolvency_checked: date | None
    drawn_at: datetime


def write_termination(facts: TerminationFacts, language: Language) -> ClientLetter:
    """Return the draft."""
    writing = Writing(language)
    _, blocks = writing.translate, Blocks()
    blocks.say(_object(facts, writing))
    blocks.rows(_grounds(facts, writing))
    blocks.say(
        _right(facts, writing),
        _("This termination is not for a fault of yours.") if facts.by_order else "",
    )
    if not facts.by_order:
        blocks.say(_formal_notice(facts, writing))
    deadline = BLANK if facts.deadline is None else writing.instant(facts.deadline)
    blocks.say(
        _(
            "Under article 16.1 termination takes effect when the time of the suspension is over,"
            " that is on {deadline}; under article 4, once you confirm that you have your data."
            " Until you confirm, we keep your data."
        ).format(deadline=deadline)
    )
    blocks.say(
        writing.ngettext(
            "On request within {days} day after termination we hand you a full copy of your VMs"
            " (article 16.2).",
            "On request within {days} days after termination we hand you a full copy of your VMs"
            " (article 16.2).",
            facts.copy_days,
        ).format(days=facts.copy_days)
    )
    subject = (
        _("Termination of the contract, case {case}")
        if facts.whole
        else _("Termination of suspended services, case {case}")
    )
    return ClientLetter(
        language,
        subject.format(case=facts.case),
        facts.tenant,
        facts.case,
        blocks.text(),
        channel=_("Registered letter with acknowledgement of receipt"),
        contested="termination",
    )


def _object(facts: TerminationFacts, writing: Writing) -> str:
    """What is terminated: the contract, or the services that were suspended and no others."""
    _ = writing.translate
    if facts.whole:
        return _("We terminate the contract between us, on the following grounds.")
    return writing.ngettext(
        "We terminate the service of the VM named below, on the following grounds. Your other"
        " services go on.",
        "We terminate the services of the VMs named below, on the following grounds. Your other"
        " services go on.",
        len(facts.guests),
    )


def _grounds(facts: TerminationFacts, writing: Writing) -> Iterator[str]:
    _, field = writing.translate, writing.field
    if facts.cause:
        yield field(_("Cause"), facts.cause)
    names = ", ".join(
        _("{name} (VM {vmid}, cluster {cluster})").format(
            name=guest.name, vmid=guest.ref.vmid, cluster=guest.ref.cluster
        )
        for guest in facts.guests
    )
    yield field(writing.ngettext("VM concerned", "VMs concerned", len(facts.guests)), names)
    since = BLANK if facts.since is None else writing.instant(facts.since)
    yield field(_("Suspended since"), since)
    article = _("article {number} ({title}) of your specific terms of sale").format(
        number=facts.article.id, title=facts.article.title.in_(writing.language)
    )
    clause = _("{article}, for the following ground: {ground}")
    yield field(
        _("Clause applied"),
        clause.format(article=article, ground=ground_words(facts.ground, writing)),
    )
    deadline = BLANK if facts.deadline is None else writing.instant(facts.deadline)
    yield field(_("End of the time of article 16.1"), deadline)


def _right(facts: TerminationFacts, writing: Writing) -> str:
    """Which right is relied on; where the text does not plainly give it, that it is our reading."""
    _ = writing.translate
    if facts.days and facts.by_order:
        lasted = writing.ngettext(
            "The suspension has lasted more than {days} day, and the order of the authority is"
            " still in force.",
            "The suspension has lasted more than {days} days, and the order of the authority is"
            " still in force.",
            facts.days,
        ).format(days=facts.days)
    elif facts.days:
        lasted = writing.ngettext(
            "The suspension has lasted more than {days} day and its cause has not been remedied.",
            "The suspension has lasted more than {days} days and its cause has not been remedied.",
            facts.days,
        ).format(days=facts.days)
    else:
        lasted = _("The suspension has lasted longer than the time that the authority set.")
    if facts.settled:
        return f"{lasted} " + _("Article 16.1 therefore allows the contract to be terminated.")
    return f"{lasted} " + _(
        "Article 16.1 speaks of a suspension of the services under article 6. We rely on it for the"
        " services that this suspension concerns."
    )


def list_cautions(facts: TerminationFacts, language: Language) -> list[str]:
    """What whoever signs must settle first; empty where nothing is open."""
    writing = Writing(language)
    _ = writing.translate
    found = [_("Complete the client's postal address, the name and the capacity of who signs.")]
    if facts.deadline is None or facts.drawn_at <= facts.deadline:
        found.append(
            _("The time of article 16.1 is not over: this letter may not be sent before it is.")
        )
    elif facts.by_order and facts.days is None:
        found.append(
            _(
                "The time set by the authority is over: check first whether its order is still in"
                " force, and lift the measure if it is not."
            )
        )
    if not facts.settled:
        found.append(
            _(
                "Right to be assessed: article 16.1 speaks of a suspension of the services under"
                " article 6; this one concerns chosen VMs, or rests on another article alone."
            )
        )
    if not facts.noticed_at and not facts.by_order:
        found.append(
            _(
                "No formal notice that relies on article 16.1 was accepted by the client's mail"
                " server: send one first (C. civ. 1225), or let the letter say that there was none."
            )
        )
    if facts.insolvency_checked is None:
        found.append(_("Check the insolvency register (BODACC) on the day of the letter."))
    else:
        day = writing.short_day(facts.insolvency_checked)
        text = _("Insolvency was last checked on {day}: check it again on the day of the letter.")
        found.append(text.format(day=day))
    return found


def _formal_notice(facts: TerminationFacts, writing: Writing) -> str:
    _ = writing.translate
    if not facts.noticed_at:
        return _("This letter does not rest on an earlier formal notice.")
    return _(
        "Our formal notice of {at}, which quoted article 16.1 and asked you to remedy the cause,"
        " has had no effect."
    ).format(at=writing.short_day(writing.local(facts.noticed_at[0])))
