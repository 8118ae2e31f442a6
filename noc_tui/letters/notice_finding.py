"""The facts of a notice: what was found, the debt, an authority's order, the work (R16)."""

from collections.abc import Iterable
from datetime import timedelta

from noc_tui.contract.authority.kinds import load_order_kinds
from noc_tui.contract.suspension.facts import an_instant
from noc_tui.contract.suspension.late_payment import late_from
from noc_tui.contract.suspension.notice_facts import NoticeFinding, Proof
from noc_tui.i18n import N_
from noc_tui.letters.letter import Blocks
from noc_tui.letters.notice_part import BLANK, NoticePart
from noc_tui.text_language import guess_language

_SOURCES = {
    "own": N_("our own observations"),
    "third-party": N_("a report by a third party, whose identity is not disclosed"),
    "authority": N_("a report by a public authority"),
    "client": N_("your own report"),
}
_AUTOMATED = {
    "none": N_("No automated means were used to find these facts."),
    "detection": N_("These facts were found by automated means of detection."),
}
_PROOFS = {
    "text": N_("our finding: {text}"),
    "log": N_("extract of a log: {text}"),
    "task": N_("record of a task of the platform: {text}"),
    "file": N_("file: {text}"),
    "report": N_("report by a third party: exhibit no. {number} of the case, not reproduced here"),
}


class FactsPart(NoticePart):
    """The facts, by the ground."""

    __slots__ = ()

    def write(self, blocks: Blocks) -> None:
        """Add what was observed, or what takes its place."""
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
            field(self.concerned(), self.names()),
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
        """Whether automated means found it; and that a person decided, whatever carries it out."""
        _ = self.writing.translate
        found = _(_AUTOMATED[seen.automated]) if seen.automated in _AUTOMATED else ""
        if seen.automated == "told":
            words = self.writing.field(
                _("Automated means that found these facts"), seen.automated_words.rstrip(".")
            )
            found = f"{words}."
        return " ".join(part for part in (found, self._decided()) if part)

    def _decided(self) -> str:
        _, term = self.writing.translate, self.facts.term
        if term.unpaid_by is None and term.unanswered_by is None:
            return _("The measure was decided by a person, without automated means.")
        if self.facts.moment != "before":
            return _(
                "A person decided the measure; our system applied it at the time set in the case."
                " The condition that would have avoided it could not be announced to you: we lift"
                " the measure as soon as you meet it."
            )
        return _(
            "A person decided the measure; our system applies it at the planned time unless the"
            " condition in section 4 is met."
        )

    def _proofs(self, blocks: Blocks) -> None:
        _ = self.writing.translate
        lines = [self._proof(proof) for proof in self.facts.observation.proofs]
        if lines:
            blocks.say(_("These facts are shown by the following, which we keep with the case:"))
            blocks.rows(lines)

    def _proof(self, proof: Proof) -> str:
        _ = self.writing.translate
        shown = proof.evidence
        text = _(_PROOFS[shown.kind]).format(
            text=self.writing.quote(shown.text.strip()), number=shown.number
        )
        return text + (f" (SHA-256 {shown.sha256})" if shown.sha256 else "")

    def _debt(self, blocks: Blocks) -> None:
        _, field, debt = self.writing.translate, self.writing.field, self.facts.invoice
        issued = BLANK if debt.issued is None else self.writing.short_day(debt.issued)
        presented = BLANK if debt.presented is None else self.writing.short_day(debt.presented)
        unpaid = debt.due
        due = BLANK if unpaid is None else self.writing.euros(unpaid)
        rows = [field(_("Invoice"), debt.reference or BLANK), field(_("Issued on"), issued)]
        if debt.issued is not None:
            last = late_from(debt.issued) - timedelta(days=1)
            rows.append(field(_("Due by"), self.writing.short_day(last)))
        if debt.amount is not None and debt.amount != unpaid:
            amount = self.writing.euros(debt.amount)
            rows.append(field(_("Amount of the invoice (including VAT)"), amount))
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
        if dispute := self.facts.told.get("dispute_check", "").strip():
            rows.append(field(_("Dispute of the invoice"), dispute))
        if self.sender.payment:
            text = _("{how}, reference {invoice}")
            paid = text.format(how=self.sender.payment, invoice=debt.reference or BLANK)
            rows.append(field(_("How to pay"), paid))
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
            rows.append(field(_("What it prescribes"), self._prescribed(answer)))
        rows += self._reasoned()
        for key, label in (
            ("received_at", _("Received by us on")),
            ("due_by", _("To be carried out by")),
        ):
            if (at := an_instant(told.get(key, "").strip())) is not None:
                rows.append(field(label, self.writing.instant(at)))
        rows.append(field(self.concerned(), self.names()))
        blocks.say(
            _(
                "We have been ordered to do what follows; the measures in section 3 are those that"
                " we chose in order to comply."
            )
        )
        blocks.rows(rows)

    def _reasoned(self) -> Iterable[str]:
        """Why it was ordered, against what content, for which territory: as far as it says so
        (Regulation (EU) 2022/2065, article 9).
        """
        _, field, told = self.writing.translate, self.writing.field, self.facts.told
        reasons = told.get("order_reasons", "").strip()
        yield field(_("Reasons given in the order"), reasons or _("not disclosed to us"))
        if place := told.get("content_location", "").strip():
            yield field(_("Content concerned"), place)
            reach = told.get("order_territory", "").strip()
            yield field(_("Territorial scope of the order"), reach or _("not stated"))

    def _prescribed(self, text: str) -> str:
        """The order's own words. A French authority writes French: English ones are ours."""
        _, quoted = self.writing.translate, self.writing.quote(text)
        translated = self.writing.language == "en" and guess_language(text) == "en"
        return f"{quoted} {_('(our translation)')}" if translated else quoted

    def _work(self, blocks: Blocks) -> None:
        _, field = self.writing.translate, self.writing.field
        what = self.facts.observation.what
        blocks.rows(
            [
                field(_("Nature of the work"), what or _("maintenance of our platform")),
                field(self.concerned(), self.names()),
            ]
        )
