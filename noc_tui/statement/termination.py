"""The termination file: what a lead needs before writing the termination letter (R22), in
Markdown.

The facts, the days, the clauses with what proves their breach, the mails with the server's answers,
a draft of the letter, and every entry of the evidence log; in the language in use, in Paris time.
It ends nothing: the letter is a person's.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import msgspec

from noc_tui.api.suspension import CaseDocument
from noc_tui.contract.authority.kinds import load_order_kinds
from noc_tui.contract.reversibility import DeletionBar
from noc_tui.contract.suspension import facts as answers
from noc_tui.contract.suspension.approval import grounds_of
from noc_tui.contract.suspension.content import LOCATION
from noc_tui.contract.suspension.notice_facts import NoticeFacts, collect_notice_facts
from noc_tui.contract.terms import Requirement, Terms
from noc_tui.i18n import N_, _, language, ngettext
from noc_tui.labels.case_history import ACTS
from noc_tui.labels.cases import PURPOSES, RIGHTS, SCOPES
from noc_tui.labels.reversibility import BARS
from noc_tui.labels.states import CASE, COPY, DELIVERY, word_of
from noc_tui.letters.layout import lay_out
from noc_tui.letters.letter import LetterSender
from noc_tui.letters.measures import MeasureWords, word_access_left
from noc_tui.letters.termination import TerminationFacts, list_cautions, write_termination
from noc_tui.letters.writing import Writing
from noc_tui.queries.terms_archive import find_terms
from noc_tui.text import escape_markdown
from noc_tui.views.published_clock import clock_of
from storage import evidence, outbox, settings
from storage.connection import Readable
from storage.data_copies import DataCopy, copies_of
from storage.outbox import Message
from storage.register import TENANTS

LIMIT = 100_000
_STEPS = {
    "suspension.step.done": N_("measure carried out"),
    "suspension.step.undone": N_("measure undone"),
    "suspension.time-passed": N_("time passed"),
    "mail.retry": N_("mail to be sent again"),
    "mail.unknown": N_("mail, outcome unknown"),
    "mail.not-queued": N_("mail not queued"),
}
"""Entries that are the program's own steps, beside those of `ACTS`."""
_PROOFS = {
    "text": N_("finding"),
    "file": N_("file"),
    "task": N_("task"),
    "log": N_("log"),
    "report": N_("a third party's report"),
}
_ANSWERS = {
    "yes": N_("yes"),
    "none": N_("none"),
    "detection": N_("automated detection"),
    "own": N_("our own observations"),
    "third-party": N_("a third party's report"),
    "authority": N_("a report by a public authority"),
    "client": N_("the client"),
    "guest-user": N_("a guest user"),
}
"""Answers that are codes."""
_REPORTED = {
    "kind": N_("Kind of report"),
    "legal_basis": N_("Legal basis of the report"),
    "received_at": N_("Report received on"),
    "scope_verbatim": N_("What the authority reports"),
}
"""What the answers about an order are called where an authority only reported something."""
_SEARCH = ("insolvency_check_on", "insolvency_judgment_on")
_EXTRA = {
    "amount": N_("Amount of the invoice"),
    "also_articles": N_("Articles cited beside"),
    "announced_at": N_("Announced on"),
    "automated_means": N_("Automated means"),
    "breach_by": N_("Whose breach it is"),
    "court_time_check": N_("Time granted by a court"),
    "data_access": N_("Access to the data"),
    "dispute_check": N_("Dispute"),
    "dispute_answer": N_("Answer to the dispute"),
    "dispute_raised_on": N_("Disputed on"),
    "due_by": N_("To be carried out by"),
    "expected_end": N_("Expected end"),
    "formal_notice_at": N_("Formal notice to pay sent on"),
    "formal_notice_until": N_("Payment asked for by"),
    "history": N_("Earlier breaches read"),
    "informed_at": N_("When we were informed"),
    "milder": N_("Why a milder measure is not enough"),
    "observed": N_("What was found"),
    "observed_at": N_("Date of the facts"),
    "order_days": N_("The authority's own delay, in days"),
    "order_redress": N_("Remedies stated"),
    "order_reasons": N_("Reasons given in the order"),
    "order_territory": N_("Territorial scope of the order"),
    "order_until": N_("The authority's own end"),
    "remedy": N_("What the client must do"),
    "remedy_by": N_("By when the client must act"),
    "source": N_("Origin"),
    "unpaid_part": N_("Part still unpaid"),
}


@dataclass(frozen=True, slots=True)
class TerminationFile:
    """`case` is as `nocd` answers it; beside it its terms (None where they are not kept), who would
    sign, the mails, and the entries from the oldest on; `at` is when it is drawn, `address` the
    client's by post, empty where the register has none, `contract_from` since when the contract
    runs, None where it does not say.
    """

    case: CaseDocument
    terms: Terms | None
    sender: LetterSender
    mails: list[Message]
    entries: list[evidence.Entry]
    at: datetime
    copies: Sequence[DataCopy] = ()
    address: str = ""
    contract_from: date | None = None

    def lines(self) -> Iterator[str]:
        """Yield the file, line by line."""
        case, writing = self.case, Writing(language())
        yield f"# {_('Termination file')} · {case.id} · {escape_markdown(case.tenant_name)}"
        yield from _titled("", _fields(self._summary(writing), writing))
        yield from _titled(_("Facts of the case"), _fields(self._answers(writing), writing))
        yield from _titled(_("Measures and VMs"), self._measures(writing))
        yield from _titled(_("Clauses and proofs"), self._ticks(writing))
        yield from _titled(_("Mails"), _mails(self.mails, writing))
        yield from _titled(_("Draft of the letter"), self._letter(writing))
        if self.copies:
            yield from _titled(_("Copy at the end (art. 16.2)"), self._copies(writing))
        yield from _titled(_("Evidence"), _entries(self.entries, writing))

    def document(self) -> dict[str, Any]:
        """The same for scripts: the case, its mails without their bytes, its entries."""
        return {
            "case": msgspec.to_builtins(self.case),
            "messages": [
                {"id": one.id, "purpose": one.purpose, "state": one.state, "answer": one.answer}
                for one in self.mails
            ],
            "evidence": msgspec.to_builtins(self.entries),
        }

    def _summary(self, writing: Writing) -> Mapping[str, str]:
        case, count = self.case, self.case.countdown
        days = ""
        if count is not None:
            days = str(count.day)
        if count is not None and count.days:
            text = ngettext("{day} (limit: {days} day)", "{day} (limit: {days} days)", count.days)
            days = text.format(day=count.day, days=count.days)
        return {
            _("Client"): case.tenant_name,
            _("Postal address"): self.address or _("not in the register"),
            _("Ground"): self._ground(),
            _("Version of the terms"): case.terms_version,
            _("State"): self._state(),
            _("Scope"): _(SCOPES[case.plan.scope]),
            _("Opened on"): _at(case.opened_at, writing),
            _("Opened by"): case.opened_by.name,
            _("Approved by"): case.approval.by.name if case.approval else "",
            _("Ordered by"): case.ordered_by.name if case.ordered_by else "",
            _("In force since"): _at(case.started_at, writing),
            _("Day of the suspension"): days,
            _("Deadline"): _at(count.deadline if count else None, writing),
            _("Article 16.1"): _(RIGHTS[count.right]) if count else "",
            _("Formal notices that quote article 16.1"): self._quoted(writing),
            self._passed_label(): _at(case.termination_open_at, writing),
            _("Remedied"): case.remedy.found if case.remedy else "",
            _("Letter posted"): case.letter.reference if case.letter else "",
        }

    @property
    def _plain_right(self) -> bool:
        """Whether articles 6 and 16.1 plainly give the right to terminate (R22)."""
        return self.case.countdown is not None and self.case.countdown.right == "settled"

    def _state(self) -> str:
        if self.case.state == "termination-open" and not self._plain_right:
            return _("period passed, right to be assessed")
        return word_of(CASE, self.case.state)

    def _passed_label(self) -> str:
        if self._plain_right:
            return _("Right open since")
        return _("Period passed since")

    def _quoted(self, writing: Writing) -> str:
        """The days of the notices on which the letter may rely (C. civ. 1225)."""
        days = [writing.local(at) for at in self._noticed_at()]
        return writing.short_days(days) if days else ""

    def _ground(self) -> str:
        if self.terms is None:
            return self.case.ground
        ground = self.terms.ground(self.case.ground)
        article = _("article {number}").format(number=ground.article)
        return f"{ground.label.in_(language())} ({article})"

    def _answers(self, writing: Writing) -> Mapping[str, str]:
        """The answers, each under its label; an unknown key keeps its name."""
        known = {} if self.terms is None else {row.id: row for row in self.terms.requirements}
        said = {
            self._fact_label(key, known): self._fact(key, answer, known, writing)
            for key, answer in self.case.facts.items()
            if key not in _SEARCH
        }
        return {**said, **self._insolvency(writing)}

    def _fact_label(self, key: str, known: Mapping[str, Requirement]) -> str:
        """A report asks for nothing: it has no prescription and no request."""
        kind = load_order_kinds().of(self.case.fact("kind"))
        if kind is not None and kind.report and key in _REPORTED:
            return _(_REPORTED[key])
        return _label(key, known)

    def _fact(
        self, key: str, answer: str, known: Mapping[str, Requirement], writing: Writing
    ) -> str:
        """An answer; of the access to the data also what the measures leave, as the notice says."""
        text = _value(key, answer, known, writing)
        if key != "data_access" or self.terms is None:
            return text
        facts = collect_notice_facts(self.case, self.terms, "after")
        left = word_access_left(facts.measures, writing)
        return text if not left or left == text else _("; ").join((left, text))

    def _insolvency(self, writing: Writing) -> Mapping[str, str]:
        """What the search for insolvency proceedings found, not only that it was made (R20)."""
        day = answers.a_date(self.case.fact("insolvency_check_on"))
        judged = answers.a_date(self.case.fact("insolvency_judgment_on"))
        if judged is not None:
            text = _("judgment of {day}")
            return {_("Insolvency proceedings"): text.format(day=writing.short_day(judged))}
        if day is None:
            return {}
        text = _("no judgment found in the BODACC on {day}")
        return {_("Insolvency proceedings"): text.format(day=writing.short_day(day))}

    def _measures(self, writing: Writing) -> Iterator[str]:
        if self.terms is None:
            measures = list(self.case.plan.means)
        else:
            facts = collect_notice_facts(self.case, self.terms, "after")
            measures = MeasureWords(writing).lines(facts.measures)
        yield from (f"- {escape_markdown(line)}" for line in measures)
        text = _("{name} (VM {vmid}, cluster {cluster})")
        for guest in self.case.plan.guests:
            name, ref = escape_markdown(guest.name), guest.ref
            yield f"- {text.format(name=name, vmid=ref.vmid, cluster=ref.cluster)}"

    def _ticks(self, writing: Writing) -> Iterator[str]:
        known = {} if self.terms is None else {row.id: row for row in self.terms.requirements}
        clauses = {} if self.terms is None else {row.id: row for row in self.terms.charte}
        if not self.case.ticks:
            yield _("No clause was ticked and no proof was added.")
        for tick in self.case.ticks:
            clause = clauses.get(tick.target)
            name = _label(tick.target, known)
            if clause is not None:
                name = writing.field(_("Rule of the Charte"), clause.label.in_(language()))
            yield f"- {escape_markdown(name)}"
            for proof in tick.evidence:
                yield f"  - {escape_markdown(writing.field(_(_PROOFS[proof.kind]), proof.text))}"
                if proof.sha256:
                    yield f"    SHA-256 {escape_markdown(proof.sha256)}"

    def _copies(self, writing: Writing) -> Iterator[str]:
        """The copies that the client asked for; while one is open nothing may be deleted."""
        if any(one.is_open for one in self.copies):
            yield f"- ▲ {_(BARS[DeletionBar.COPY_OPEN])}"
        for one in self.copies:
            number = _("No. {number}").format(number=one.id)
            asked = f"{writing.instant(one.requested_at)} · {escape_markdown(one.requested_by)}"
            yield f"- {number} · {word_of(COPY, one.state)} · {asked}"
            if one.digest:
                yield f"  SHA-256 {one.digest}"

    def _letter(self, writing: Writing) -> Iterator[str]:
        """What is still to be settled, then the draft."""
        count = self.case.countdown
        if self.terms is None or count is None or count.right == "not-proposed":
            yield _("None: there is no right to terminate that could be proposed.")
            return
        if self.case.remedy is not None:
            yield _("None: the cause is gone, and article 16.1 gives no right any more.")
            return
        facts = self._letter_facts(self.terms)
        yield from (f"- ▲ {escape_markdown(one)}" for one in list_cautions(facts, language()))
        if not facts.under_article_6:
            return
        yield ""
        letter = lay_out(write_termination(facts, language()), self.sender, self.at)
        yield from (f"> {escape_markdown(line)}".rstrip() for line in letter.plain.splitlines())

    def _letter_facts(self, terms: Terms) -> TerminationFacts:
        case, count = self.case, self.case.countdown
        ground = terms.ground(case.ground)
        told = collect_notice_facts(case, terms, "after")
        return TerminationFacts(
            case=case.id,
            tenant=case.tenant_name,
            cause=_cause(told, Writing(language())),
            cause_at=_cause_at(case, told),
            demanded=_demanded(told, Writing(language())),
            whole=case.plan.scope == "tenant",
            guests=case.plan.guests,
            ground=ground,
            aspects=case.aspects,
            article=terms.article(ground.article),
            beside=tuple((one, terms.article(one.article)) for one in grounds_of(case, terms)[1:]),
            since=case.started_at,
            days=None if count is None else count.days,
            deadline=None if count is None else count.deadline,
            noticed_at=self._noticed_at(),
            settled=count is not None and count.right == "settled",
            under_article_6=any(one.article == "6" for one in grounds_of(case, terms)),
            restricts_only=told.restricts_only,
            by_order=ground.termination == "order",
            copy_days=terms.life.copy_days,
            insolvency_checked=answers.a_date(case.fact("insolvency_check_on")),
            drawn_at=self.at,
            address=self.address,
            contract_from=self.contract_from,
            about_content=bool(case.fact(LOCATION)),
        )

    def _noticed_at(self) -> list[datetime]:
        """When formal notices that quote article 16.1 were taken by the mail server, oldest first.

        Where the right is not plain the notice did not rely on it, and is none.
        """
        if self.case.countdown is None or self.case.countdown.right != "settled":
            return []
        return sorted(
            mail.changed_at
            for mail in self.mails
            if mail.purpose in ("notice", "formal-notice")
            and mail.state == "accepted"
            and b"16.1" in mail.raw.replace(b"=\r\n", b"")
        )


async def read_termination_file(
    db: Readable, case: CaseDocument, sender: LetterSender, at: datetime | None = None
) -> TerminationFile:
    """Return the termination file of a case, drawn at that instant or now."""
    subject = f"suspension:{case.id}"
    found = await evidence.search(db, evidence.Query(subject=subject, limit=LIMIT))
    tenant = await TENANTS.get(db, case.tenant)
    return TerminationFile(
        case=case,
        terms=await find_terms(db, case.terms_version),
        sender=sender,
        mails=await outbox.messages_about(db, subject),
        entries=found[::-1],
        at=at or clock_of(await settings.read_clock(db)).now(),
        copies=await copies_of(db, case.tenant),
        address="" if tenant is None else tenant.postal_address or "",
        contract_from=None if tenant is None else tenant.contract_start,
    )


def _titled(title: str, lines: Iterator[str]) -> Iterator[str]:
    yield ""
    if title:
        yield from (f"## {title}", "")
    yield from lines


def _fields(rows: Mapping[str, str], writing: Writing) -> Iterator[str]:
    for name, value in rows.items():
        if value:
            yield f"- {escape_markdown(writing.field(name, value))}"


def _at(at: datetime | None, writing: Writing) -> str:
    return "" if at is None else writing.instant(at)


def _label(key: str, known: Mapping[str, Requirement]) -> str:
    if key in _EXTRA:
        return _(_EXTRA[key])
    return known[key].label.in_(language()) if key in known else key


def _value(key: str, answer: str, known: Mapping[str, Requirement], writing: Writing) -> str:
    """An answer as a letter would write it: days, instants and amounts in words, codes by name."""
    text = answer.strip()
    if (day := answers.a_date(text)) is not None:
        return writing.short_day(day)
    if (at := answers.an_instant(text)) is not None:
        return writing.instant(at)
    if key == "kind" and (kind := load_order_kinds().of(text)) is not None:
        return kind.label.in_(writing.language)
    amount = answers.an_amount(text) if key in known and known[key].kind == "amount" else None
    if amount is not None:
        return writing.euros(amount)
    return _(_ANSWERS[text]) if text in _ANSWERS else text


def _cause(facts: NoticeFacts, writing: Writing) -> str:
    """What was not remedied, in a line: the debt, or what was found."""
    told = facts.told
    if facts.ground.id == "authority-request" and told.get("authority", "").strip():
        text = _("order of the following authority: {authority}, {reference}")
        return text.format(authority=told["authority"], reference=told.get("reference", ""))
    debt, due = facts.invoice, facts.invoice.due
    if not debt.reference or due is None:
        return facts.observation.what
    return _("invoice {reference}, of which {amount} is due").format(
        reference=debt.reference, amount=writing.euros(due)
    )


def _cause_at(case: CaseDocument, facts: NoticeFacts) -> datetime | None:
    """When the cause was last seen to be so; None for an order, which holds until it is lifted."""
    if facts.ground.id == "authority-request":
        return None
    if not facts.invoice.reference or facts.invoice.due is None:
        return facts.observation.at or case.opened_at
    seen = [
        None if case.invoice is None else case.invoice.as_of,
        None if case.debt is None else case.debt.debt.as_of,
    ]
    entered = case.checked.at if case.checked else case.opened_at
    return max((at for at in seen if at is not None), default=entered)


def _demanded(facts: NoticeFacts, writing: Writing) -> str:
    """What the notices asked to be paid, empty where they asked for something else."""
    due = facts.invoice.due
    return writing.euros(due) if facts.invoice.reference and due is not None else ""


def _mails(mails: list[Message], writing: Writing) -> Iterator[str]:
    for mail in mails:
        purpose = _(PURPOSES.get(mail.purpose, mail.purpose))
        state = word_of(DELIVERY, mail.state)
        yield f"- {writing.instant(mail.queued_at)} · {escape_markdown(purpose)} · {state}"
        yield f"  {escape_markdown(mail.subject)}"
        yield f"  {escape_markdown(mail.recipient)} · {escape_markdown(mail.answer)}"
        yield f"  Message-ID {escape_markdown(mail.id)}"


def _entries(entries: list[evidence.Entry], writing: Writing) -> Iterator[str]:
    for entry in entries:
        words = ACTS.get(entry.kind) or _STEPS.get(entry.kind)
        kind = entry.kind if words is None else _(words)
        account = escape_markdown(entry.account)
        yield f"- {entry.seq} · {writing.instant(entry.at)} · {account} · {escape_markdown(kind)}"
        yield f"  SHA-256 {entry.hash}"
