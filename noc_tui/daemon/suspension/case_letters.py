"""Draws and prints the letters of a case, in the hoster's name."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from noc_tui.config import Configuration
from noc_tui.contract.suspension.clock import PARIS
from noc_tui.contract.suspension.late_payment import SHORTER, last_day_to_pay
from noc_tui.contract.suspension.maturity import matures_at
from noc_tui.contract.suspension.notice import Moment
from noc_tui.contract.suspension.notice_facts import collect_notice_facts
from noc_tui.contract.suspension.schedule import planned_start
from noc_tui.contract.suspension.values import Case, GuestId, NoticeText, PlannedGuest
from noc_tui.contract.terms import Terms
from noc_tui.daemon.suspension.own_openings import read_opening
from noc_tui.i18n import Language
from noc_tui.letters.effect import EffectFacts, write_effect
from noc_tui.letters.formal_notice import FormalNoticeFacts, write_formal_notice
from noc_tui.letters.layout import PrintedLetter, lay_out
from noc_tui.letters.letter import ClientLetter, LetterSender
from noc_tui.letters.restoration import RestorationFacts, write_restoration
from noc_tui.letters.sender import sender_of
from noc_tui.letters.suspension_notice import fill_marks, write_notice
from noc_tui.letters.withdrawal import WithdrawalFacts, write_withdrawal


@dataclass(frozen=True, slots=True)
class CaseLetters:
    """Writes letters about a case; `openings` is the hoster's folder of own first paragraphs,
    `address` the client's by post, empty where the register has none.
    """

    sender: LetterSender
    openings: Path | None = None
    address: str = ""

    @classmethod
    def configured(cls, config: Configuration) -> "CaseLetters":
        """Return the writer that the configuration describes."""
        return cls(sender_of(config.hoster), config.suspension.mail_templates)

    def draw_notice(
        self, case: Case, terms: Terms, language: Language, moment: Moment
    ) -> NoticeText:
        """Return the notice's text, drawn from the facts; `LetterError` for a bad own opening."""
        facts = collect_notice_facts(case, terms, moment)
        own = read_opening(self.openings, facts, self.sender, language)
        letter = write_notice(facts, self.sender, language, own.text)
        return NoticeText(
            language=language, subject=own.subject or letter.subject, body=letter.body
        )

    def print_notice(
        self, case: Case, terms: Terms, text: NoticeText, moment: Moment, at: datetime
    ) -> PrintedLetter:
        """Return a text of the notice as it is sent, with all that is known by then."""
        facts = collect_notice_facts(case, terms, moment)
        earliest = matures_at(case, terms, at)
        body = fill_marks(text.body, facts, text.language, earliest)
        letter = ClientLetter(text.language, text.subject, case.tenant_name, case.id, body)
        return self._print(letter, at)

    def print_formal_notice(
        self, case: Case, terms: Terms, language: Language, until: date, at: datetime
    ) -> PrintedLetter:
        """Return the formal notice to pay the debt of the case by that day."""
        debt = collect_notice_facts(case, terms, "before").invoice
        usual = last_day_to_pay(at.astimezone(PARIS).date(), terms.suspension.formal_notice_days)
        facts = FormalNoticeFacts(
            case=case.id,
            tenant=case.tenant_name,
            invoice=debt.reference,
            issued=debt.issued,
            amount=debt.amount,
            unpaid=debt.unpaid,
            presented=debt.presented,
            until=until,
            limit_days=terms.suspension.termination_days,
            shorter_because=case.fact(SHORTER) if until < usual else "",
        )
        return self._print(write_formal_notice(facts, self.sender, language), at)

    def print_effect(
        self, case: Case, terms: Terms, noticed_at: datetime, at: datetime
    ) -> PrintedLetter:
        """Return the letter that the measure of which the client was told beforehand has begun; the
        case has its `started_at`.
        """
        told = collect_notice_facts(case, terms, "at")
        facts = EffectFacts(
            case=case.id,
            tenant=case.tenant_name,
            guests=_named(case, case.suspended),
            since=case.started_at or at,
            noticed_at=noticed_at,
            deadline=told.term.deadline if told.term.right == "settled" else None,
            end=told.term.end,
            maintenance=case.ground == "maintenance",
            restricts_only=told.restricts_only,
            unmet=next((one.kind for one in case.plan.schedule.conditions), None),
        )
        return self._print(write_effect(facts, case.notice.text.language), at)

    def print_kept(self, case: Case, at: datetime) -> PrintedLetter:
        """Return the text that the case holds, where its terms are not kept to draw another."""
        text = case.notice.text
        letter = ClientLetter(text.language, text.subject, case.tenant_name, case.id, text.body)
        return self._print(letter, at)

    def print_restoration(
        self, case: Case, terms: Terms | None, refs: Sequence[GuestId], at: datetime
    ) -> PrintedLetter:
        """Return the letter that these guests of the case are restored."""
        told = None if terms is None else collect_notice_facts(case, terms, "after")
        facts = RestorationFacts(
            case=case.id,
            tenant=case.tenant_name,
            guests=_named(case, refs),
            held=_named(case, case.held),
            found=case.remedy.found if case.remedy else "",
            since=case.started_at,
            at=at,
            ends_term=told is not None and told.speaks_of_termination,
            ground=case.ground,
            restricts_only=told is not None and told.restricts_only and not told.asks_only,
            remedied_at=case.remedy.at if case.remedy else None,
            effects=frozenset(() if told is None else (one.effect for one in told.measures)),
        )
        return self._print(write_restoration(facts, case.notice.text.language), at)

    def print_withdrawal(self, case: Case, at: datetime) -> PrintedLetter:
        """Return the letter that the announced measure of the case is not taken."""
        facts = WithdrawalFacts(
            case=case.id,
            tenant=case.tenant_name,
            start=planned_start(case),
            fell=case.fell_away or None,
        )
        return self._print(write_withdrawal(facts, case.notice.text.language), at)

    def _print(self, letter: ClientLetter, at: datetime) -> PrintedLetter:
        """The letter as it is sent to the client's address."""
        return lay_out(replace(letter, address=self.address), self.sender, at)


def _named(case: Case, refs: Sequence[GuestId]) -> tuple[PlannedGuest, ...]:
    return tuple(guest for guest in case.plan.guests if guest.ref in refs)
