"""Letters to who reported content: that the report was received, and what was decided of it
(Regulation (EU) 2022/2065, article 16; R39).

Who reported it is told what is theirs to know: not whose the content is, nor which VM serves it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from noc_tui.i18n import Language
from noc_tui.letters.letter import Blocks, ClientLetter, LetterSender
from noc_tui.letters.notice_part import BLANK
from noc_tui.letters.writing import Writing


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """A report of content: who sent it and when, the place of the content as it was reported.

    Of the decision `measures` are the words of what was done since `since`, none where nothing was;
    `law` and `why` its reasons; `automated` what automated means had a part in it, empty where none
    had.
    """

    reference: str
    notifier: str
    received: datetime | None
    location: str
    measures: Sequence[str] = ()
    since: datetime | None = None
    law: str = ""
    why: str = ""
    automated: str = ""


def write_report_receipt(facts: ReportFacts, language: Language) -> ClientLetter:
    """Return the confirmation that the report was received (article 16(4))."""
    writing = Writing(language)
    _, blocks = writing.translate, Blocks()
    blocks.say(_received(facts, writing))
    blocks.rows([writing.field(_("Content reported"), facts.location or BLANK)])
    blocks.say(
        _(
            "A person examines it and decides on it with due diligence. We will notify you of the"
            " decision, with its reasons and the remedies against it, without undue delay."
        ),
        _("Your identity is not disclosed to our client unless that is strictly necessary."),
    )
    subject = _("Receipt of your report of content")
    return ClientLetter(language, subject, facts.notifier, facts.reference, blocks.text())


def write_report_decision(
    facts: ReportFacts, sender: LetterSender, language: Language
) -> ClientLetter:
    """Return what was decided, why, and where it is contested (article 16(5) and (6))."""
    writing = Writing(language)
    _, blocks = writing.translate, Blocks()
    blocks.say(_received(facts, writing), _("We have examined it and decided as follows."))
    blocks.rows(_decision(facts, writing))
    blocks.say(_automated(facts, writing))
    where = sender.complaints or sender.contact
    if where:
        text = _(
            "If you disagree, you may answer in writing, with your reasons, at the following"
            " address, quoting reference {reference}: {where}."
        )
    else:
        text = _(
            "If you disagree, you may answer this letter with your reasons, quoting reference"
            " {reference}."
        )
    blocks.say(
        text.format(reference=facts.reference, where=where),
        _(
            "You may also bring the matter before the competent courts, or report a suspected"
            " offence to the authorities."
        ),
    )
    subject = _("Your report of content, decision")
    return ClientLetter(language, subject, facts.notifier, facts.reference, blocks.text())


def _received(facts: ReportFacts, writing: Writing) -> str:
    _ = writing.translate
    at = BLANK if facts.received is None else writing.instant(facts.received)
    return _("We received your report on {at}.").format(at=at)


def _decision(facts: ReportFacts, writing: Writing) -> Sequence[str]:
    _, field = writing.translate, writing.field
    rows = [field(_("Content reported"), facts.location or BLANK)]
    if facts.measures:
        label = _("Measure taken against it")
        rows += [field(label, measure) for measure in facts.measures]
        since = BLANK if facts.since is None else writing.instant(facts.since)
        rows.append(field(_("In force since"), since))
    else:
        rows.append(field(_("Decision"), _("no measure is taken")))
    if facts.law:
        rows.append(field(_("Legal provision"), facts.law))
    return [*rows, field(_("Reason"), facts.why or BLANK)]


def _automated(facts: ReportFacts, writing: Writing) -> str:
    _ = writing.translate
    if facts.automated:
        return writing.field(_("Automated means used"), facts.automated) + "."
    return _("A person decided; no automated means were used.")
