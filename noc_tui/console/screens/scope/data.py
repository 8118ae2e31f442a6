"""A ticket, the look-up's answer to it, and what is decided on it (R26)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from msgspec.structs import replace
from textual.message import Message

from noc_tui.api import scope as api
from noc_tui.console.references import ScopeTicket
from noc_tui.contract.annexe2 import judge
from noc_tui.contract.annexe2.answer import Answer, ScopeVerdict
from noc_tui.contract.annexe2.infogerance import Coverage, SupportContract
from noc_tui.contract.annexe2.lexicon import VocabularyError
from noc_tui.contract.annexe2.own_cases import OwnCase
from noc_tui.contract.annexe2.questions import general
from noc_tui.contract.annexe2.reading import UnreadableTicketError
from noc_tui.contract.annexe2.reply import Language, reply
from noc_tui.contract.annexe2.support_coverage import contract_of, judge_coverage
from noc_tui.contract.terms import Row, Terms
from noc_tui.i18n import _
from noc_tui.text import visible
from noc_tui.threads import in_thread
from storage.register import Tenant


@dataclass(frozen=True, slots=True)
class ScopeStanding:
    """How answers are seen through a tenant's support contract; nothing of an unknown tenant."""

    terms: Terms
    tenant: Tenant | None

    @property
    def contract(self) -> SupportContract | None:
        """The support contract, where the tenant is known."""
        if self.tenant is None:
            return None
        return contract_of(
            self.tenant.support, self.tenant.support_billing, self.tenant.support_perimeter
        )

    def coverage(self, answer: Answer) -> Coverage:
        """Return what level-2 infogérance makes of the answer."""
        return judge_coverage(self.terms, answer.verdict, answer.row, self.contract)

    def reply(self, answer: Answer, row: str, language: Language) -> str:
        """Return what the client is told when `row` holds."""
        contract = self.contract
        covered = judge_coverage(self.terms, answer.verdict, row, contract)
        return reply(self.terms, answer, row, covered, language, known=contract is not None)


@dataclass(frozen=True, slots=True)
class ScopeGiven:
    """What a look-up needs of the database: the tenants, and the hoster's own cases."""

    tenants: Sequence[Tenant]
    cases: tuple[OwnCase, ...]


def origin_line(ticket: ScopeTicket, tenant: Tenant | None, *, proposed: bool = False) -> str:
    """Return whose ticket it is, its number and where it came from; a `proposed` tenant is the one
    that the text names.
    """
    name = visible(tenant.name) if tenant else _("(unknown)")
    told = [
        _("tenant: {name}").format(name=name)
        + (f" ({_('named in the ticket')})" if tenant and proposed else ""),
        _("ticket: {reference}").format(reference=visible(ticket.reference) or _("(none)")),
    ]
    if ticket.subject:
        told.append(_("from {subject}").format(subject=visible(ticket.subject)))
    return " · ".join(told)


class Judged(Message):
    """The look-up's answer to a text, or why there is none."""

    def __init__(self, text: str, answer: Answer | None, error: str = "") -> None:
        super().__init__()
        self.text = text
        self.answer = answer
        self.error = error


async def judge_ticket(
    terms: Terms, words: Path | None, cases: tuple[OwnCase, ...], text: str
) -> Judged:
    """Look `text` up in a thread with the vocabulary of the file `words` and the own cases.

    An empty text has no answer.
    """
    if not text.strip():
        return Judged(text, None)
    try:
        return Judged(text, await in_thread(_answer, terms, words, cases, text))
    except (UnreadableTicketError, VocabularyError) as error:
        return Judged(text, None, _(str(error)))


def _answer(terms: Terms, words: Path | None, cases: tuple[OwnCase, ...], text: str) -> Answer:
    rows = {row.id: row.verdict for row in terms.annexe2}
    return judge.load_judge(rows, words, cases).answer(text)


@dataclass(frozen=True, slots=True)
class DecisionDraft:
    """`answer` as it was decided; `row` is empty when none fits."""

    kind: Literal["accepted", "overridden", "asked"]
    answer: Answer
    row: str
    reason: str = ""

    def body(
        self, text: str, ticket: ScopeTicket, answered: str, language: Language
    ) -> api.Decision:
        """The decision as `nocd` is asked to record it; `answered` is what the client is told."""
        return api.Decision(
            text=text,
            kind=self.kind,
            verdict=self.answer.verdict,
            row=self.row,
            tenant=ticket.tenant,
            reference=ticket.reference,
            subject=ticket.subject,
            reason=self.reason,
            answered=answered,
            language=language,
        )


def accept(answer: Answer) -> DecisionDraft:
    """The decision that what is proposed holds."""
    return DecisionDraft("accepted", answer, answer.row)


def ask_client(answer: Answer) -> DecisionDraft:
    """The decision that the client is asked.

    It is asked in general terms where the row has no question of its own.
    """
    if not answer.question_fr:
        question = general()
        answer = replace(answer, question_fr=question.fr, question_en=question.en)
    return DecisionDraft("asked", replace(answer, verdict=ScopeVerdict.ambiguous), answer.row)


def override(answer: Answer, rows: Sequence[Row], row: str, reason: str) -> DecisionDraft:
    """The decision that another row of `rows` holds, or none of them."""
    verdicts = {one.id: ScopeVerdict(one.verdict) for one in rows}
    decided = replace(answer, verdict=verdicts.get(row, ScopeVerdict.ambiguous))
    return DecisionDraft("overridden", decided, row, reason)
