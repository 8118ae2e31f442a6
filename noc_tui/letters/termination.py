"""The draft of a termination letter (articles 6 and 16.1, R22), which a person signs and posts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from noc_tui.contract.suspension.values import PlannedGuest
from noc_tui.contract.terms import Article, Ground
from noc_tui.i18n import Language
from noc_tui.letters.grounds import ground_words
from noc_tui.letters.letter import Blocks, ClientLetter
from noc_tui.letters.notice_part import BLANK
from noc_tui.letters.writing import Writing


@dataclass(frozen=True, slots=True)
class TerminationFacts:
    """What the letter rests on.

    `whole` is whether all services were suspended: else only those of `guests` end.
    `cause_at` is when the cause was last seen to be so, None where it is a decision that does not
    age; `demanded` what the notices asked to be paid, empty where they asked for something else.
    `noticed_at` are the instants at which the mail server took a notice to the client; `settled` is
    false where articles 6 and 16.1 do not plainly give the right. `deadline` is the end of the
    `days` (None: of an authority's own time), None where nothing took effect; the letter is drawn
    at `drawn_at`, which may be before; `beside` are the other grounds that are cited;
    `under_article_6` is whether a ground of article 6 is cited; `restricts_only` whether the
    measure limited the services without suspending them; `insolvency_checked` the day on which no
    judgment was found, as it was written down; `address` the client's by post, empty where the
    register has none; `about_content` whether content is the cause; `contract_from`
    since when the contract runs, None where the register does not say.
    """

    case: str
    tenant: str
    cause: str
    cause_at: datetime | None
    demanded: str
    whole: bool
    guests: Sequence[PlannedGuest]
    ground: Ground
    aspects: Sequence[str]
    article: Article
    beside: Sequence[tuple[Ground, Article]]
    since: datetime | None
    days: int | None
    deadline: datetime | None
    noticed_at: Sequence[datetime]
    settled: bool
    under_article_6: bool
    restricts_only: bool
    by_order: bool
    copy_days: int
    insolvency_checked: date | None
    drawn_at: datetime
    address: str = ""
    about_content: bool = False
    contract_from: date | None = None


def write_termination(facts: TerminationFacts, language: Language) -> ClientLetter:
    """Return the draft."""
    writing = Writing(language)
    _, blocks = writing.translate, Blocks()
    blocks.say(_object(facts, writing))
    blocks.rows(_grounds(facts, writing))
    blocks.say(
        _right(facts, writing),
        _("This termination is not on account of any fault of yours.") if facts.by_order else "",
    )
    if not facts.by_order:
        blocks.say(_formal_notice(facts, writing))
    blocks.say(
        _(
            "Under article 16.1, termination takes effect when the suspension ends, and not before"
            " you receive this letter; under article 4, once you confirm that you have your data."
        ),
        _(
            "We delete nothing before you confirm, nor before the period of article 16.2 is over."
            " The deletion then covers the backups, and we confirm it to you."
        ),
    )
    blocks.say(_copy(facts, writing))
    if facts.whole:
        subject = _("Termination of the contract, case {case}")
    elif facts.restricts_only:
        subject = _("Termination of services, case {case}")
    else:
        subject = _("Termination of suspended services, case {case}")
    return ClientLetter(
        language,
        subject.format(case=facts.case),
        facts.tenant,
        facts.case,
        blocks.text(),
        channel=_("Registered letter with acknowledgement of receipt"),
        contested="termination",
        address=facts.address,
        warning=_warning(facts, writing),
    )


def _copy(facts: TerminationFacts, writing: Writing) -> str:
    """The copy of article 16.2, in the order of its words: they give us the days to hand it over,
    and do not plainly give the client no longer to ask. Of content that is the cause, no copy is
    promised that the law or an order forbids (R23).
    """
    _ = writing.translate
    if facts.whole:
        text = _(
            "Within {span} after termination we will provide you, on request, with a full copy of"
            " your VMs (article 16.2)."
        )
    else:
        text = writing.ngettext(
            "Within {span} after termination we will provide you, on request, with a full copy of"
            " this VM (article 16.2).",
            "Within {span} after termination we will provide you, on request, with a full copy of"
            " these VMs (article 16.2).",
            len(facts.guests),
        )
    said = text.format(span=writing.delay(facts.copy_days, 0))
    if not facts.about_content:
        return said
    return f"{said} " + _(
        "It does not include content that the law or an order forbids us to hand over."
    )


def _warning(facts: TerminationFacts, writing: Writing) -> str:
    """What stands above the draft, so that nobody posts it as it is."""
    _ = writing.translate
    if _is_early(facts):
        if facts.deadline is None:
            return _("DRAFT. NOT TO BE SENT: the measure is not in force.")
        return _(
            "DRAFT. NOT TO BE SENT before {deadline}: article 16.1 gives no right yet."
        ).format(deadline=writing.instant(facts.deadline))
    return _(
        "DRAFT. NOT TO BE SENT as it is: settle each point marked ▲ first, then delete this line."
    )


def _is_early(facts: TerminationFacts) -> bool:
    """Whether the time of article 16.1 is not over when the letter is drawn."""
    return facts.deadline is None or facts.drawn_at <= facts.deadline


def _object(facts: TerminationFacts, writing: Writing) -> str:
    """What is terminated: the contract, or the services that were suspended and no others."""
    _ = writing.translate
    if facts.whole and facts.contract_from is not None:
        text = _("We hereby terminate the contract of {day} between us, on the following grounds.")
        return text.format(day=writing.short_day(facts.contract_from))
    if facts.whole:
        return _("We hereby terminate the contract between us, on the following grounds.")
    return writing.ngettext(
        "We hereby terminate the services of the VM named below, on the following grounds. Your"
        " other services continue.",
        "We hereby terminate the services of the VMs named below, on the following grounds. Your"
        " other services continue.",
        len(facts.guests),
    )


def _grounds(facts: TerminationFacts, writing: Writing) -> Iterator[str]:
    _, field = writing.translate, writing.field
    if facts.cause:
        yield _cause(facts, writing)
    names = ", ".join(
        _("{name} (VM {vmid}, cluster {cluster})").format(
            name=guest.name, vmid=guest.ref.vmid, cluster=guest.ref.cluster
        )
        for guest in facts.guests
    )
    yield field(writing.ngettext("VM concerned", "VMs concerned", len(facts.guests)), names)
    since = BLANK if facts.since is None else writing.instant(facts.since)
    label = _("Measure in force since") if facts.restricts_only else _("Suspended since")
    yield field(label, since)
    clause = _clause(facts.ground, facts.article, writing, facts.aspects)
    yield field(_("Clause applied"), clause)
    for ground, article in facts.beside:
        yield field(_("Also"), _clause(ground, article, writing))
    deadline = BLANK if facts.deadline is None else writing.instant(facts.deadline)
    yield field(_("End of the period of article 16.1"), deadline)


def _clause(ground: Ground, article: Article, writing: Writing, aspects: Sequence[str] = ()) -> str:
    _ = writing.translate
    named = _("article {number} ({title}) of the specific terms of sale").format(
        number=article.id, title=article.title.in_(writing.language)
    )
    return _("{article}, for the following ground: {ground}").format(
        article=named, ground=ground_words(ground, writing, aspects)
    )


def _cause(facts: TerminationFacts, writing: Writing) -> str:
    """The cause as it was found then: what it is on the day of the letter nobody looked at yet."""
    _ = writing.translate
    if facts.cause_at is None:
        return writing.field(_("Cause"), facts.cause)
    text = _("Cause, as found on {at}") if facts.demanded else _("Cause, facts of {at}")
    label = text.format(at=writing.instant(facts.cause_at))
    return writing.field(label, writing.quote(facts.cause))


def _right(facts: TerminationFacts, writing: Writing) -> str:
    """Which right is relied on; where the text does not plainly give it, that it is our reading."""
    _ = writing.translate
    lasted = _lasted(facts, writing)
    if facts.settled:
        return f"{lasted} " + _(
            "Article 16.1 (termination as of right) therefore allows us to terminate the services"
            " as of right, by post."
        )
    if facts.restricts_only:
        return f"{lasted} " + _(
            "Article 16.1 refers to a suspension of the services under article 6. We rely on it for"
            " the services that the measure concerns."
        )
    return f"{lasted} " + _(
        "Article 16.1 refers to a suspension of the services under article 6. We rely on it for the"
        " services that this suspension concerns."
    )


def _lasted(facts: TerminationFacts, writing: Writing) -> str:
    """How long the measure has lasted, by its own name."""
    _ = writing.translate
    if not facts.days:
        return (
            _("The measure has lasted longer than the time that the authority set.")
            if facts.restricts_only
            else _("The suspension has lasted longer than the time that the authority set.")
        )
    if facts.by_order and facts.restricts_only:
        text = writing.ngettext(
            "The measure has lasted more than {days} day, and the order of the authority is still"
            " in force.",
            "The measure has lasted more than {days} days, and the order of the authority is still"
            " in force.",
            facts.days,
        )
    elif facts.by_order:
        text = writing.ngettext(
            "The suspension has lasted more than {days} day, and the order of the authority is"
            " still in force.",
            "The suspension has lasted more than {days} days, and the order of the authority is"
            " still in force.",
            facts.days,
        )
    elif facts.restricts_only:
        text = writing.ngettext(
            "The measure has lasted more than {days} day and its cause has not been remedied.",
            "The measure has lasted more than {days} days and its cause has not been remedied.",
            facts.days,
        )
    else:
        text = writing.ngettext(
            "The suspension has lasted more than {days} day and its cause has not been remedied.",
            "The suspension has lasted more than {days} days and its cause has not been remedied.",
            facts.days,
        )
    return text.format(days=facts.days)


def list_cautions(facts: TerminationFacts, language: Language) -> list[str]:
    """What whoever signs must settle first; empty where nothing is open."""
    writing = Writing(language)
    _ = writing.translate
    if not facts.under_article_6:
        return [*_unsettled(facts, writing)]
    found = [
        _("Complete the name and the capacity of who signs.")
        if facts.address
        else _("Complete the client's postal address, the name and the capacity of who signs."),
        _("Set the date of effect: it cannot precede receipt."),
    ]
    if _is_early(facts):
        found.append(
            _("The time of article 16.1 is not over: this letter may not be sent before it is.")
        )
    found += _remaining(facts, writing)
    if not facts.settled:
        found += _unsettled(facts, writing)
    if not facts.by_order:
        found.append(_proof_of_notice(facts, writing))
    found += _data_duties(facts, writing)
    if facts.insolvency_checked is None:
        found.append(_("Check the insolvency register (BODACC) on the day of the letter."))
    else:
        day = writing.short_day(facts.insolvency_checked)
        text = _("Insolvency was last checked on {day}: check it again on the day of the letter.")
        found.append(text.format(day=day))
    return found


def _remaining(facts: TerminationFacts, writing: Writing) -> Iterator[str]:
    """What has to be so still on the day of the letter (R22): nobody has looked since."""
    _ = writing.translate
    if facts.by_order and facts.days is None:
        yield _(
            "The time set by the authority is over: check first whether its order is still in"
            " force, and lift the measure if it is not."
        )
    elif facts.by_order:
        yield _(
            "Check on the day of the letter that the order is still in force; lift the measure if"
            " it is not."
        )
    else:
        yield _(
            "Check on the day of the letter that the cause remains (sum still due, facts not"
            " corrected)."
        )


def _proof_of_notice(facts: TerminationFacts, writing: Writing) -> str:
    """The server's acceptance of a mail does not prove that it was received."""
    _ = writing.translate
    if facts.noticed_at:
        return _(
            "The formal notice went by email only: prove that it was received, or repeat it by"
            " registered letter."
        )
    return _(
        "No formal notice that relies on article 16.1 was accepted by the mail server: send one"
        " first (C. civ. 1225 and 1226), that is our advice, or let the letter say that there was"
        " none."
    )


def _data_duties(facts: TerminationFacts, writing: Writing) -> Iterator[str]:
    """What bears on the client's data after the end (R37, R41)."""
    _ = writing.translate
    yield _(
        "Regulation (EU) 2023/2854, article 25, may ask for thirty days to retrieve the data;"
        " article 16.2 has {span}: to be assessed."
    ).format(span=writing.delay(facts.copy_days, 0))
    if facts.by_order:
        yield _("Check whether data must be preserved for the authority before any deletion.")


def _unsettled(facts: TerminationFacts, writing: Writing) -> Iterator[str]:
    """Why articles 6 and 16.1 do not plainly give the right: each reason that holds."""
    _ = writing.translate
    if not facts.under_article_6:
        yield _(
            "Right to be assessed: article 16.1 refers to a suspension of the services under"
            " article 6; this case rests on article {number} alone. No draft is made until a ground"
            " of article 6 is cited."
        ).format(number=facts.article.id)
    if not facts.whole:
        yield _(
            "Right to be assessed: article 16.1 refers to a suspension of the services under"
            " article 6; this one concerns chosen VMs."
        )
    if facts.restricts_only:
        yield _(
            "The measure restricts the services without suspending them: assess first whether"
            " article 16.1 covers it."
        )


def _formal_notice(facts: TerminationFacts, writing: Writing) -> str:
    _ = writing.translate
    if not facts.noticed_at:
        return _("This letter does not rest on an earlier formal notice.")
    days = [writing.local(at) for at in facts.noticed_at]
    if facts.demanded:
        text = writing.ngettext(
            "Our formal notice of {days}, which cited article 16.1 and asked you to pay {amount},"
            " has had no effect.",
            "Our formal notices of {days}, which cited article 16.1 and asked you to pay {amount},"
            " have had no effect.",
            len(days),
        )
    else:
        text = writing.ngettext(
            "Our formal notice of {days}, which cited article 16.1 and asked you to remedy the"
            " cause, has had no effect.",
            "Our formal notices of {days}, which cited article 16.1 and asked you to remedy the"
            " cause, have had no effect.",
            len(days),
        )
    return text.format(days=writing.short_days(days), amount=facts.demanded)
