"""The notice of a suspension (R16): its facts written as a letter, for each ground and moment.

What only sending makes known stands as a mark between `⟦` and `⟧`, which `fill_marks` replaces; a
letter that still holds one does not leave.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from noc_tui.contract.authority.kinds import load_order_kinds
from noc_tui.contract.suspension.facts import an_instant
from noc_tui.contract.suspension.notice_facts import NoticeFacts, NoticeFinding, Proof
from noc_tui.contract.suspension.values import PlannedGuest
from noc_tui.contract.terms import Article
from noc_tui.i18n import N_, Language
from noc_tui.letters.grounds import ground_words
from noc_tui.letters.letter import Blocks, ClientLetter, LetterSender
from noc_tui.letters.measures import MeasureWords
from noc_tui.letters.remedies import list_outside_remedies, word_internal_remedy
from noc_tui.letters.writing import Writing

BLANK = "⟦…⟧"
"""Stands where an answer is still missing."""
MARKS = ("⟦", "⟧")
_START = {"fr": "⟦date et heure de début⟧", "en": "⟦start⟧"}
_DEADLINE = {"fr": "⟦échéance⟧", "en": "⟦deadline⟧"}

_CONDUCT = {
    "C3": N_("the VMs and the services may not be diverted from their purpose"),
    "C5": N_("no unlawful file and no unlawful link may be published from the VMs"),
    "C6": N_("no service that lifts the limits of file hosts may run"),
    "C7": N_(
        "no intrusion and no attempt of one may come from a VM: scanning, sniffing and spoofing"
        " among others"
    ),
    "C10": N_("anonymising proxies and card sharing are forbidden"),
    "C11": N_("no unsolicited mail may be sent"),
}
"""What a clause of the Charte asks of a client; the terms' labels also speak to operators."""
_SOURCES = {
    "own": N_("our own observations"),
    "third-party": N_("a report by a third party, whose identity is not disclosed"),
    "authority": N_("a report by a public authority"),
    "client": N_("your own report"),
}
_AUTOMATED = {
    "none": N_(
        "No automated means were used to find these facts. The measure was decided by a person."
    ),
    "detection": N_(
        "These facts were found by automated means of detection. The measure was decided by a"
        " person, without automated means."
    ),
    "": N_("The measure was decided by a person, without automated means."),
}
_ASPECTS = {
    "robots": N_("no access to the services that we host by means of a robot"),
    "fraudulent": N_("no fraudulent use of the services"),
    "abusive": N_("no abusive use of the services"),
    "excessive": N_("no excessive use of the services"),
    "third-party-rights": N_("no infringement of the rights of third parties"),
}
"""What article 5.1 asks of a client, by the aspects of the terms."""
_BLAMELESS = ("maintenance", "emergency")
_PROOFS = {
    "text": N_("our finding: {text}"),
    "log": N_("extract of a log: {text}"),
    "task": N_("record of a task of the platform: {text}"),
    "file": N_("file: {text}"),
}


def write_notice(
    facts: NoticeFacts, sender: LetterSender, language: Language, opening: str
) -> ClientLetter:
    """Return the letter; `opening` is the hoster's own first paragraph, empty for the usual one."""
    return _Notice(facts, sender, Writing(language)).letter(opening)


def fill_marks(text: str, facts: NoticeFacts, language: Language) -> str:
    """The text with all that has become known since it was drawn."""
    writing, term = Writing(language), facts.term
    for marks, at in ((_START, term.start), (_DEADLINE, term.deadline)):
        if at is not None:
            text = text.replace(marks[language], writing.instant(at))
    return text


@dataclass(frozen=True, slots=True)
class _Notice:
    facts: NoticeFacts
    sender: LetterSender
    writing: Writing

    def letter(self, opening: str) -> ClientLetter:
        facts = self.facts
        blocks = Blocks()
        blocks.say(opening or self._opening())
        self._moved(blocks)
        if facts.ground.id in _BLAMELESS:
            _ = self.writing.translate
            blocks.say(
                _("This measure is taken on our own initiative: no fault is alleged against you.")
            )
        self._observed(blocks)
        self._grounds(blocks)
        self._measures(blocks)
        self._span(blocks)
        self._asked(blocks)
        self._remedies(blocks)
        self._consequences(blocks)
        return ClientLetter(
            self.writing.language, self._subject(), facts.tenant, facts.case, blocks.text()
        )

    def _subject(self) -> str:
        _, facts = self.writing.translate, self.facts
        before = facts.moment == "before"
        if facts.ground.id == "maintenance":
            text = _("Maintenance: interruption of your services, case {case}")
        elif facts.asks_only:
            text = _("Request to remove content, case {case}")
        elif facts.restricts_only:
            text = (
                _("Restriction to come, case {case}") if before else _("Restriction, case {case}")
            )
        else:
            text = (
                _("Suspension of services to come, case {case}")
                if before
                else _("Suspension of services, case {case}")
            )
        return self.writing.field(text.format(case=facts.case), facts.tenant)

    def _opening(self) -> str:
        _, facts = self.writing.translate, self.facts
        if facts.ground.id == "maintenance":
            if facts.moment == "before":
                return _(
                    "Maintenance work on our platform is going to interrupt the virtual machines"
                    " (VMs) named below."
                )
            return _(
                "Maintenance work on our platform is interrupting the virtual machines (VMs)"
                " named below."
            )
        if facts.asks_only:
            return _("We ask you to remove the content described below, which is hosted with us.")
        scope = _("all your services") if facts.whole else self._some()
        text = self._restriction() if facts.restricts_only else self._suspension()
        return " ".join(
            (
                text.format(scope=scope),
                _("The facts, the measures and your rights are set out below."),
            )
        )

    def _moved(self, blocks: Blocks) -> None:
        """Another start than the one that the client was told of (R16)."""
        _, term, at = self.writing.translate, self.facts.term, self.writing.instant
        if self.facts.moment != "before" or term.announced is None or term.start is None:
            return
        later = term.start > term.announced
        text = (
            _("We had announced this measure for {announced}. It is put off until {start}.")
            if later
            else _(
                "We had announced this measure for {announced}. It is brought forward to {start}."
            )
        )
        replaces = _("This letter replaces the one before.")
        said = text.format(announced=at(term.announced), start=at(term.start))
        blocks.say(f"{said} {replaces}")

    def _suspension(self) -> str:
        _ = self.writing.translate
        return {
            "before": _("We inform you that a suspension is going to be applied to {scope}."),
            "at": _("We inform you that a suspension has just been applied to {scope}."),
            "after": _("We inform you that a suspension has been applied to {scope}."),
        }[self.facts.moment]

    def _restriction(self) -> str:
        _ = self.writing.translate
        return {
            "before": _("We inform you that a restriction is going to be applied to {scope}."),
            "at": _("We inform you that a restriction has just been applied to {scope}."),
            "after": _("We inform you that a restriction has been applied to {scope}."),
        }[self.facts.moment]

    def _some(self) -> str:
        _ = self.writing.translate
        count = len(self.facts.guests)
        if count == 1:
            return _("one of your virtual machines (VMs), named below")
        return _("{n} of your virtual machines (VMs), those named below").format(n=count)

    # -- the facts ---------------------------------------------------------------------------------

    def _observed(self, blocks: Blocks) -> None:
        _, facts = self.writing.translate, self.facts
        blocks.heading(_("Work") if facts.ground.id == "maintenance" else _("Facts"))
        {
            "late-payment": self._debt,
            "authority-request": self._order,
            "maintenance": self._work,
        }.get(facts.ground.id, self._finding)(blocks)

    def _finding(self, blocks: Blocks) -> None:
        _, field = self.writing.translate, self.writing.field
        seen = self.facts.observation
        rows = [field(_("What was found"), seen.what)] if seen.what else []
        if place := self.facts.told.get("content_location", ""):
            rows.append(field(_("Where the content is"), place))
        rows += [
            field(_("Date of the facts"), self._when(seen)),
            field(self._concerned(), self._names()),
        ]
        if seen.source:
            rows.append(field(_("Origin"), self._source(seen)))
        rows += self._urgency(seen)
        blocks.rows(rows)
        blocks.say(self._automated(seen))
        self._proofs(blocks)

    def _urgency(self, seen: NoticeFinding) -> Iterable[str]:
        """What an emergency's measure protects, and why it could not wait."""
        _, field, told = self.writing.translate, self.writing.field, self.facts.told
        protects = told.get("protective_reason", "").strip()
        if protects and protects != seen.what:
            yield field(_("What the measure protects"), protects)
        if because := told.get("urgent_because", "").strip():
            yield field(_("Why the measure could not wait"), because)

    def _when(self, seen: NoticeFinding) -> str:
        _ = self.writing.translate
        if seen.at is not None:
            return self.writing.instant(seen.at)
        if seen.informed_at is not None:
            return _("reported to us on {at}").format(at=self.writing.instant(seen.informed_at))
        return _("at the latest on {at}, when the case was opened").format(
            at=self.writing.instant(seen.opened_at)
        )

    def _source(self, seen: NoticeFinding) -> str:
        _ = self.writing.translate
        text = _(_SOURCES[seen.source])
        if seen.source == "third-party" and self.facts.told.get("content_location", "").strip():
            text += f" ({_('Regulation (EU) 2022/2065, article 17')})"
        if seen.informed_at is None:
            return text
        return _("{source}, received on {at}").format(
            source=text, at=self.writing.instant(seen.informed_at)
        )

    def _automated(self, seen: NoticeFinding) -> str:
        _ = self.writing.translate
        if seen.automated == "told":
            words = self.writing.field(
                _("Automated means that found these facts"), seen.automated_words.rstrip(".")
            )
            return f"{words}. {_(_AUTOMATED[''])}"
        return _(_AUTOMATED[seen.automated])

    def _proofs(self, blocks: Blocks) -> None:
        _ = self.writing.translate
        lines = [self._proof(proof) for proof in self.facts.observation.proofs]
        if lines:
            blocks.say(_("These facts are shown by the following, which we keep with the case:"))
            blocks.rows(lines)

    def _proof(self, proof: Proof) -> str:
        _ = self.writing.translate
        shown = proof.evidence
        text = _(_PROOFS[shown.kind]).format(text=self.writing.quote(shown.text.strip()))
        return text + (f" (SHA-256 {shown.sha256})" if shown.sha256 else "")

    def _debt(self, blocks: Blocks) -> None:
        _, field, debt = self.writing.translate, self.writing.field, self.facts.invoice
        issued = BLANK if debt.issued is None else self.writing.short_day(debt.issued)
        presented = BLANK if debt.presented is None else self.writing.short_day(debt.presented)
        unpaid = debt.amount if debt.unpaid is None else debt.unpaid
        due = BLANK if unpaid is None else self.writing.euros(unpaid)
        rows = [field(_("Invoice"), debt.reference or BLANK), field(_("Issued on"), issued)]
        if debt.amount is not None and debt.amount != unpaid:
            rows.append(field(_("Amount of the invoice"), self.writing.euros(debt.amount)))
            if unpaid is not None:
                received = self.writing.euros(debt.amount - unpaid)
                rows.append(field(_("Received so far"), received))
        rows += [
            field(_("Amount due"), due),
            field(_("Direct debit presented on"), _("{day}, and rejected").format(day=presented)),
        ]
        if debt.notice is not None:
            text = _("sent on {day}, to pay by {until} at the latest").format(
                day=self.writing.short_day(debt.notice.sent),
                until=self.writing.short_day(debt.notice.until),
            )
            rows.append(field(_("Formal notice to pay"), text))
        blocks.rows(rows)
        blocks.say(
            _("According to our accounts this sum is still unpaid."),
            self._dispute(),
            self._automated(self.facts.observation),
        )
        self._proofs(blocks)

    def _dispute(self) -> str:
        """Until when the invoice could be disputed (article 7)."""
        _, issued = self.writing.translate, self.facts.invoice.issued
        if issued is None:
            return ""
        last = issued + timedelta(days=self.facts.invoice.dispute_days)
        days = self.facts.invoice.dispute_days
        return self.writing.ngettext(
            "Article 7 gives {days} day from the issue of the invoice to raise a disagreement, that"
            " is until {day}.",
            "Article 7 gives {days} days from the issue of the invoice to raise a disagreement,"
            " that is until {day}.",
            days,
        ).format(days=days, day=self.writing.short_day(last))

    def _order(self, blocks: Blocks) -> None:
        """Who ordered, under which reference; the facts themselves are the authority's."""
        _, field, told = self.writing.translate, self.writing.field, self.facts.told
        rows = [
            field(_("Authority"), told.get("authority", "").strip() or BLANK),
            field(_("Reference of the order"), told.get("reference", "").strip() or BLANK),
        ]
        kind = load_order_kinds().of(told.get("kind", "").strip())
        language = self.writing.language
        if kind is not None:
            rows.append(field(_("Kind of order"), kind.label.in_(language)))
        elif answer := told.get("kind", "").strip():
            rows.append(field(_("Kind of order"), answer))
        basis = told.get("legal_basis", "").strip()
        if kind is not None and basis == kind.basis.fr:
            basis = kind.basis.in_(language)
        if basis:
            rows.append(field(_("Legal basis"), basis))
        if answer := told.get("scope_verbatim", "").strip():
            rows.append(field(_("What it prescribes"), self.writing.quote(answer)))
        for key, label in (
            ("received_at", _("Received by us on")),
            ("due_by", _("To be carried out by")),
        ):
            if (at := an_instant(told.get(key, "").strip())) is not None:
                rows.append(field(label, self.writing.instant(at)))
        rows.append(field(self._concerned(), self._names()))
        blocks.say(_("We have been ordered to take the measures set out below."))
        blocks.rows(rows)

    def _work(self, blocks: Blocks) -> None:
        _, field = self.writing.translate, self.writing.field
        what = self.facts.observation.what
        blocks.rows(
            [
                field(_("Nature of the work"), what or _("maintenance of our platform")),
                field(self._concerned(), self._names()),
            ]
        )

    def _concerned(self) -> str:
        count = len(self.facts.guests)
        return self.writing.ngettext("VM concerned", "VMs concerned", count)

    def _names(self) -> str:
        return self._named(self.facts.guests) or BLANK

    def _named(self, guests: Iterable[PlannedGuest]) -> str:
        _ = self.writing.translate
        return ", ".join(
            _("{name} (VM {vmid}, cluster {cluster})").format(
                name=guest.name, vmid=guest.ref.vmid, cluster=guest.ref.cluster
            )
            for guest in guests
        )

    # -- grounds -----------------------------------------------------------------------------------

    def _grounds(self, blocks: Blocks) -> None:
        _, facts, field = self.writing.translate, self.facts, self.writing.field
        blocks.heading(_("Grounds"))
        rows = [
            field(
                _("Clause applied"),
                _("{article}, for the following ground: {ground}").format(
                    article=self._article(facts.article),
                    ground=ground_words(facts.ground, self.writing),
                ),
            )
        ]
        rows += [field(_("Article breached"), self._article(one)) for one in facts.breached]
        if facts.unknown_breached:
            rows.append(field(_("Obligation breached"), facts.unknown_breached))
        rows += [field(_("Rule breached"), _(_ASPECTS[one])) for one in facts.aspects]
        rows += [field(_("Also"), self._article(one)) for one in facts.related]
        for clause in facts.clauses:
            conduct = _CONDUCT.get(clause.id)
            label = clause.label.in_(self.writing.language)
            words = label if conduct is None else _(conduct)
            rows.append(field(_("Rule of the Charte"), words))
        rows += self._law()
        blocks.rows(rows)
        if facts.by_guest_user:
            blocks.say(
                _(
                    "The breach is that of one of your guest users (Invités), for whom you answer"
                    " under article 5.2."
                )
            )

    def _law(self) -> Iterable[str]:
        """The law where content is concerned, and why the content is against it."""
        _, field, told = self.writing.translate, self.writing.field, self.facts.told
        for key, label in (
            ("legal_provision", _("Legal provision")),
            ("why_unlawful", _("Why the content is unlawful")),
        ):
            if answer := told.get(key, "").strip():
                yield field(label, answer)

    def _article(self, article: Article) -> str:
        _ = self.writing.translate
        title = article.title.in_(self.writing.language)
        if article.id.startswith("annexe"):
            return _("annex {number} ({title}) of your specific terms of sale").format(
                number=article.id.removeprefix("annexe "), title=title
            )
        return _("article {number} ({title}) of your specific terms of sale").format(
            number=article.id, title=title
        )

    # -- measures and span -------------------------------------------------------------------------

    def _measures(self, blocks: Blocks) -> None:
        _, facts, field = self.writing.translate, self.facts, self.writing.field
        lines = MeasureWords(self.writing).lines(facts.measures)
        blocks.heading(_("Measures"))
        blocks.say(self._measures_title(len(lines)))
        blocks.rows(lines or [BLANK])
        if facts.leaves_open_connections:
            blocks.say(_("Connections that are already open may continue until they end."))
        if facts.configured and facts.moment != "before":
            blocks.say(
                _("Of these, the following are configured, and were not seen to take effect yet:")
            )
            language = self.writing.language
            blocks.rows(
                field(one.label.in_(language), self._named(one.guests)) for one in facts.configured
            )
        blocks.say(self._applied_to(len(lines)))
        if facts.told.get("content_location", "").strip():
            blocks.say(
                _(
                    "The measure has effect wherever the content is accessed from, without"
                    " territorial limit."
                )
            )
        if facts.data_access:
            blocks.say(field(_("Your access to your data during the measure"), facts.data_access))

    def _measures_title(self, count: int) -> str:
        if self.facts.moment == "before":
            return self.writing.ngettext(
                "Measure that is going to be taken:",
                "Measures that are going to be taken, in this order:",
                count,
            )
        return self.writing.ngettext("Measure taken:", "Measures taken, in this order:", count)

    def _applied_to(self, count: int) -> str:
        """To which VMs these measures apply; their number is that of the lines told."""
        ngettext, facts = self.writing.ngettext, self.facts
        if facts.whole:
            text = ngettext(
                "It applies to all your VMs: {names}.",
                "They apply to all your VMs: {names}.",
                count,
            )
        elif len(facts.guests) == 1:
            text = ngettext(
                "It applies to this VM only: {names}. Your other services are not affected.",
                "They apply to this VM only: {names}. Your other services are not affected.",
                count,
            )
        else:
            text = ngettext(
                "It applies to these VMs only: {names}. Your other services are not affected.",
                "They apply to these VMs only: {names}. Your other services are not affected.",
                count,
            )
        return text.format(names=self._names())

    def _span(self, blocks: Blocks) -> None:
        _, field, term = self.writing.translate, self.writing.field, self.facts.term
        blocks.heading(_("Start and end"))
        blocks.rows(
            [
                field(_("Start of the measure"), self._start()),
                field(_("End of the measure"), self._end()),
            ]
        )
        if self.facts.moment == "before":
            self._conditions(blocks)
        if term.short_notice and (term.least.hours or term.least.days):
            blocks.say(
                field(
                    _("This notice is shorter than the one that we usually give, because"),
                    term.short_notice,
                )
            )

    def _conditions(self, blocks: Blocks) -> None:
        """What keeps the measure from being taken (R16): it is then withdrawn by itself."""
        _, term = self.writing.translate, self.facts.term
        if term.unpaid_by is not None:
            blocks.say(
                _(
                    "The measure will not be taken if the sum due has been paid in full before. We"
                    " must have received it by {at}."
                ).format(at=self.writing.instant(term.unpaid_by))
            )
        if term.unanswered_by is not None:
            text = _(
                "The measure will not be taken if your answer to this letter reaches us by {at}."
            )
            blocks.say(text.format(at=self.writing.instant(term.unanswered_by)))

    def _start(self) -> str:
        _, term = self.writing.translate, self.facts.term
        if term.start is not None:
            return self.writing.instant(term.start)
        if self.facts.moment != "before":
            return _START[self.writing.language]
        least = term.least
        if term.short_notice or not (least.hours or least.days):
            return _("at any time once this notice has been sent, without further notice")
        span = self.writing.delay(least.days, least.hours)
        text = (
            _("at the earliest {span} after the formal notice, without further notice")
            if least.since == "formal-notice"
            else _("at the earliest {span} after this notice, without further notice")
        )
        return text.format(span=span)

    def _end(self) -> str:
        _, facts, term = self.writing.translate, self.facts, self.facts.term
        if facts.ground.id == "late-payment":
            return _("when the sum due is paid in full")
        if facts.ground.id == "maintenance":
            return self._window_end(term.start, term.end)
        if facts.ground.id == "authority-request":
            return self._order_end(term.end, term.days)
        until = (
            _("when the emergency is over; services are restored at once")
            if facts.ground.id == "emergency"
            else _("when the cause has been remedied; services are then restored without delay")
        )
        if term.end is None:
            return until
        return _("{until}. Expected at the latest: {at}").format(
            until=until, at=self.writing.instant(term.end)
        )

    def _window_end(self, start: datetime | None, end: datetime | None) -> str:
        _ = self.writing.translate
        if end is None:
            return _("when the work is finished; we tell you the time as soon as it is settled")
        if start is None or end <= start:
            return self.writing.instant(end)
        return _("{at}, that is {span}").format(
            at=self.writing.instant(end),
            span=self.writing.duration(int((end - start).total_seconds())),
        )

    def _order_end(self, end: datetime | None, days: int | None) -> str:
        _ = self.writing.translate
        if end is not None:
            return _("{at}, as the authority ordered").format(at=self.writing.instant(end))
        if days is not None:
            return self.writing.ngettext(
                "after {n} day, as the authority ordered",
                "after {n} days, as the authority ordered",
                days,
            ).format(n=days)
        return _("when the authority lifts its order")

    # -- what the client does, and its rights ------------------------------------------------------

    def _asked(self, blocks: Blocks) -> None:
        _, facts, field = self.writing.translate, self.facts, self.writing.field
        if facts.ground.id == "authority-request":
            return
        blocks.heading(_("What we ask of you"))
        if facts.ground.id == "maintenance":
            blocks.say(_("You have nothing to do."))
            return
        if not facts.remedy and facts.remedy_waived:
            blocks.say(_("We tell you what is needed to restore the services once we know it."))
            return
        rows = [field(_("Action"), facts.remedy or BLANK)]
        if facts.remedy_by or facts.ground.id != "emergency":
            rows.append(field(_("By when"), self._by()))
        blocks.rows(rows)
        if facts.ground.id not in ("emergency", "late-payment"):
            blocks.say(self._once_done())

    def _once_done(self) -> str:
        """What follows when the client has acted: there is nothing to restore before a measure."""
        _ = self.writing.translate
        if self.facts.asks_only:
            return _("Tell us when it is done: we check it.")
        if self.facts.moment == "before":
            return _(
                "Tell us when it is done: we will check it, and the measure will no longer"
                " be needed."
            )
        return _("Tell us when it is done: we check it and restore the services.")

    def _by(self) -> str:
        """By when: as it was written, unless that was over when the measure was taken; else before
        the measure would be taken, or at once.
        """
        _, term = self.writing.translate, self.facts.term
        asked = an_instant(self.facts.remedy_by)
        begun = None if self.facts.moment == "before" else term.start
        if asked is not None and (begun is None or asked > begun):
            return self.writing.instant(asked)
        if asked is None and self.facts.remedy_by and self.facts.moment == "before":
            return self.facts.remedy_by  # of a case from before this was an instant
        if self.facts.moment == "before" and (by := term.unpaid_by or term.start) is not None:
            return self.writing.instant(by)
        return _("as soon as you receive this letter")

    def _remedies(self, blocks: Blocks) -> None:
        _, facts = self.writing.translate, self.facts
        blocks.heading(_("Your observations and remedies"))
        blocks.say(word_internal_remedy("measure", facts.case, self.sender, self.writing))
        if facts.ground.id == "authority-request":
            redress = facts.told.get("order_redress", "").strip()
            blocks.say(
                _(
                    "The order itself is contested by the remedies and within the time that it"
                    " states."
                ),
                f"{self.writing.field(_('Remedies stated'), redress.rstrip('.'))}."
                if redress
                else "",
            )
            return
        for text in list_outside_remedies(self.sender, self.writing):
            blocks.say(text)

    def _consequences(self, blocks: Blocks) -> None:
        _, facts, term = self.writing.translate, self.facts, self.facts.term
        if facts.ground.id in _BLAMELESS or facts.asks_only:
            return
        blocks.heading(_("What follows"))
        if facts.ground.id == "authority-request":
            blocks.say(self._after_order())
        elif term.right == "settled":
            blocks.say(self._after_limit())
        else:
            blocks.say(
                self.writing.ngettext(
                    "Article 16.1 provides for termination after more than {days} day of"
                    " suspension of the services under article 6. We do not rely on it in this"
                    " letter, and we reserve our rights.",
                    "Article 16.1 provides for termination after more than {days} days of"
                    " suspension of the services under article 6. We do not rely on it in this"
                    " letter, and we reserve our rights.",
                    term.limit,
                ).format(days=term.limit)
            )

    def _after_limit(self) -> str:
        _, term = self.writing.translate, self.facts.term
        deadline = self._deadline()
        return " ".join(
            (
                self.writing.ngettext(
                    "If the suspension lasts more than {days} day and its cause has not been"
                    " remedied, article 16.1 of your specific terms of sale allows us to terminate"
                    " the contract by post.",
                    "If the suspension lasts more than {days} days and its cause has not been"
                    " remedied, article 16.1 of your specific terms of sale allows us to terminate"
                    " the contract by post.",
                    term.limit,
                ).format(days=term.limit),
                _("That period ends on {at}.").format(at=deadline)
                if deadline
                else _("That period runs from the start of the suspension."),
                _("This letter is a formal notice to remedy the cause before then."),
            )
        )

    def _after_order(self) -> str:
        _, term = self.writing.translate, self.facts.term
        if term.right != "settled":
            return " ".join(
                (
                    self.writing.ngettext(
                        "Article 16.1 provides for termination where a suspension of the services"
                        " lasts longer than the time set by the authority, or than {days} day"
                        " where it sets none. We do not rely on it in this letter, and we reserve"
                        " our rights.",
                        "Article 16.1 provides for termination where a suspension of the services"
                        " lasts longer than the time set by the authority, or than {days} days"
                        " where it sets none. We do not rely on it in this letter, and we reserve"
                        " our rights.",
                        term.limit,
                    ).format(days=term.limit),
                    _("Such a termination would not be on account of any fault of yours."),
                )
            )
        return " ".join(
            (
                self.writing.ngettext(
                    "If the measure lasts longer than the time set by the authority, or than {days}"
                    " day where it sets none, article 16.1 of your specific terms of sale allows"
                    " the contract to be terminated by post.",
                    "If the measure lasts longer than the time set by the authority, or than {days}"
                    " days where it sets none, article 16.1 of your specific terms of sale allows"
                    " the contract to be terminated by post.",
                    term.limit,
                ).format(days=term.limit),
                _("Such a termination would not be on account of any fault of yours."),
            )
        )

    def _deadline(self) -> str:
        if self.facts.term.deadline is not None:
            return self.writing.instant(self.facts.term.deadline)
        return "" if self.facts.moment == "before" else _DEADLINE[self.writing.language]
