"""The samples of `docs/samples/`: for each ground, in both languages, what a client and a lead get.

Each case is carried by the product's own state machine, on a clock of its own, with the facts of
`tools/samples.toml`; nothing is sent. A ground whose checklist asks for more than the facts answer
stops the run and says what is missing.

usage: samples.py [FOLDER]
"""

import hashlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace as dataclass_replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from noc_tui import i18n
from noc_tui.commands.suspension_text import case_lines, history_lines
from noc_tui.config import Hoster
from noc_tui.contract.authority.case_facts import order_facts
from noc_tui.contract.authority.kinds import load_order_kinds
from noc_tui.contract.authority.machine import (
    AuthorityTold,
    CarriedOut,
    CaseOpened,
    ExecutionReviewed,
    apply_order_event,
    check_new_order,
)
from noc_tui.contract.authority.values import AuthorityOrder
from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.approval import digest, rule_for
from noc_tui.contract.suspension.countdown import right_of
from noc_tui.contract.suspension.late_payment import GROUND, asks_formal_notice, last_day_to_pay
from noc_tui.contract.suspension.machine import apply_event
from noc_tui.contract.suspension.notice import (
    Moment,
    basis_of,
    draft_moment,
    notice_rule,
    send_moment,
)
from noc_tui.contract.suspension.schedule import planned_start
from noc_tui.contract.suspension.values import (
    BARRIER,
    Case,
    Condition,
    ConditionKind,
    DebtFacts,
    GuestId,
    Person,
    Plan,
    PlannedGuest,
    Schedule,
    Tick,
    TickEvidence,
)
from noc_tui.contract.terms import Terms, load_terms
from noc_tui.daemon.authority.orders import document_of
from noc_tui.daemon.suspension.case_document import build_case_document
from noc_tui.daemon.suspension.case_letters import CaseLetters
from noc_tui.i18n import LANGUAGES, Language
from noc_tui.labels.authority import order_lines
from noc_tui.letters.credit import (
    CreditFacts,
    MonthRates,
    write_grant,
    write_receipt,
    write_refusal,
)
from noc_tui.letters.layout import PrintedLetter, lay_out
from noc_tui.letters.letter import ClientLetter, LetterSender
from noc_tui.letters.maintenance import MaintenanceFacts, write_calling_off, write_maintenance
from noc_tui.letters.restoration import RestorationFacts, write_restoration
from noc_tui.letters.sender import sender_of
from noc_tui.letters.service_news import write_incident, write_service_change
from noc_tui.letters.withdrawal import WithdrawalFacts, write_withdrawal
from noc_tui.statement.termination import TerminationFile
from storage.outbox import Message

sys.path.insert(0, str(Path(__file__).parent.parent))  # run and loaded by its path alike
from tools.sample_papers import Papers

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "samples"
FACTS = Path(__file__).with_name("samples.toml")
LETTERS = Path(__file__).with_name("sample_letters.toml")
OPENED = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
DEMANDED = OPENED - timedelta(days=12)
"""When the formal notice to pay leaves, of the ground that needs one."""
ORDERED = OPENED + timedelta(hours=26)
TAKES_EFFECT = timedelta(minutes=2)
SEEN = timedelta(minutes=8)
"""How long after it an order is entered as carried out: its last connections have ended."""
FILE_BYTES = 4096
"""How large the files are that cases keep."""
LASTS = timedelta(days=1, hours=3)
WORK = timedelta(hours=3)
MENDED_BEFORE = timedelta(minutes=10)
"""How long before the restoration its cause was found remedied."""
WRITTEN = timedelta(days=1)
"""How long after the end of the time a termination letter is drawn."""
OMAR = Person(uid=1001, name="omar", role="operator")
LEA = Person(uid=1003, name="lea", role="lead")
CONTRACT_FROM = date(2025, 3, 1)
ADDRESS = "2 rue de l’Exemple, 35000 Rennes"
"""The client's, by post."""
HOSTER = Hoster(
    name="Hébergeur Exemple",
    contact="noc@example.fr",
    phone="+33 2 00 00 00 00",
    legal_name="Hébergeur Exemple",
    legal_form="SAS",
    capital="10\u202f000\u00a0€",
    registration="RCS Rennes 000 000 000",
    address="1 rue de l’Exemple, 35000 Rennes",
    complaints="reclamations@example.fr",
    authorities="autorites@example.fr",
    users="abuse@example.fr",
    signatory="Camille Exemple, directrice générale",
    payment="virement, IBAN FR00 0000 0000 0000 0000 0000 000",
)
HOSTERS: Mapping[Language, Hoster] = {
    "fr": HOSTER,
    "en": replace(
        HOSTER,
        capital="€10,000",
        signatory="Camille Exemple, managing director",
        payment="transfer, IBAN FR00 0000 0000 0000 0000 0000 000",
    ),
}
LATE: Mapping[Language, str] = {
    "fr": "votre serveur de courriel refusait nos messages depuis le 30 novembre 2026",
    "en": "your mail server had refused our messages since 30 November 2026",
}
"""Why a notice that was to come before comes later, at the moments that are not its own."""
URGENT: Mapping[str, Mapping[Language, str]] = {
    "contract-breach": {
        "fr": "la mesure ne pouvait attendre, car le relais restait ouvert à des tiers",
        "en": "the measure could not wait, for the relay remained open to third parties",
    },
    "charte-breach": {
        "fr": "la mesure ne pouvait attendre, car les envois non sollicités se poursuivaient",
        "en": "the measure could not wait, for unsolicited emails were still being sent",
    },
}
"""Why the measure was taken all the same, of the grounds where it was: never for a debt."""
ORDER: Mapping[Language, str] = {
    "fr": "Ordre ou signalement de l’autorité",
    "en": "The authority’s order or report",
}
IN_FORCE: Mapping[Language, str] = {"fr": "Prise d’effet", "en": "Measure in force"}
FORMAL_NOTICE: Mapping[Language, str] = {"fr": "Mise en demeure", "en": "Formal notice"}
MOMENTS: Mapping[Language, str] = {
    "fr": "La notification à d’autres moments",
    "en": "The notice at other moments",
}
MOMENT_WORDS: Mapping[Language, Mapping[Moment, str]] = {
    "fr": {"before": "avant", "at": "à la prise d’effet", "after": "après"},
    "en": {"before": "before", "at": "as it takes effect", "after": "after"},
}
OTHER_MOMENTS: Sequence[tuple[str, Moment]] = (
    ("attack", "before"),
    ("attack", "after"),
    ("contract-breach", "at"),
    ("contract-breach", "after"),
    ("charte-breach", "after"),
    ("maintenance", "at"),
    ("authority-request", "before"),
)
WORDS: Mapping[Language, tuple[str, str, str, str]] = {
    "fr": (
        "Notification",
        "Dossier",
        "Rétablissement (si la cause est remédiée)",
        "Dossier de résiliation (si elle ne l’est pas)",
    ),
    "en": (
        "Notice",
        "Case",
        "Restoration (if the cause is remedied)",
        "Termination file (if it is not)",
    ),
}


class OrderFacts(msgspec.Struct, frozen=True):
    """An authority's order or report, and what became of it."""

    kind: str
    authority: Any
    reference: str
    legal_basis: Any
    scope: Any
    authenticity: Any
    received_at: datetime
    done: Any
    told: Any
    reviewed: Any
    term: datetime | None = None


class GroundFacts(msgspec.Struct, frozen=True):
    """What happened: the scope, the guests' vmids, the means, the answers and the proofs; when it
    is to begin and on which conditions; when the case was opened and the services restored, where
    not at the usual hour; whose access is withdrawn; what is filtered.
    """

    scope: str
    guests: list[int]
    means: list[str]
    facts: dict[str, Any]
    ticks: dict[str, Any]
    found: dict[str, str]
    statement: dict[str, str] = {}
    start: datetime | None = None
    conditions: tuple[ConditionKind, ...] = ()
    opened: datetime = OPENED
    restored: datetime | None = None
    barrier: str = "atelier@pve"
    order: OrderFacts | None = None
    aspects: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()


def main(arguments: list[str]) -> int:
    folder = Path(arguments[0]) if arguments else FOLDER
    for name, text in made_samples():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


def made_samples() -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each sample."""
    terms = load_terms()
    known = msgspec.toml.decode(FACTS.read_bytes(), type=dict[str, GroundFacts])
    for language in LANGUAGES:
        samples: dict[str, _Sample] = {}
        with i18n.speak_language(language):
            for number, ground in enumerate(terms.grounds, 1):
                sample = _Sample(terms, language, ground.id, known[ground.id], number)
                yield f"{language}/{ground.id}.md", sample.text()
                samples[ground.id] = sample
                if ground.id == "regulation-breach-5-1":
                    yield f"{language}/{ground.id}.html", sample.notice.html
            yield f"{language}/moments.md", moments_text(samples, language)
            yield f"{language}/letters.md", letters_text(samples["attack"], language)
            papers = Papers.of(terms, HOSTERS[language], ADDRESS, language)
            for name, text in papers.made(samples["regulation-breach-5-1"].case):
                yield f"{language}/{name}", text


def moments_text(samples: Mapping[str, "_Sample"], language: Language) -> str:
    """The notice of some grounds at the moments that are not their own."""
    lines = [f"# {MOMENTS[language]}", ""]
    for ground, moment in OTHER_MOMENTS:
        sample = samples[ground]
        label = sample.terms.ground(ground).label.in_(language)
        lines += [f"## {label} · {MOMENT_WORDS[language][moment]}", ""]
        lines += _fenced(_printed(sample.notice_at(moment)))
    return "\n".join(lines).rstrip() + "\n"


def letters_text(sample: "_Sample", language: Language) -> str:
    """The letters that are no notice of a suspension."""
    words = msgspec.toml.decode(LETTERS.read_bytes(), type=dict[str, dict[str, str]])[language]
    sender, tenant = sender_of(HOSTERS[language]), sample.case.tenant_name
    window = MaintenanceFacts(
        number=12,
        tenant=tenant,
        title=words["maintenance"],
        reason=words["reason"],
        start=OPENED + timedelta(hours=36),
        end=OPENED + timedelta(hours=40),
        guests=("web", "base", "courriel"),
    )
    claim = CreditFacts(
        tenant=tenant,
        month=date(2026, 10, 1),
        rates=MonthRates("99.8791", "99.8791", "99.9888", "99.8679", proven=True),
        tier=10,
        sent=datetime(2026, 11, 26, 8, 12, tzinfo=UTC),
        received=datetime(2026, 11, 26, 8, 14, tzinfo=UTC),
        channel=words["channel"],
        reference="AA-2026-31",
        deadline=date(2026, 11, 30),
        in_time=True,
        monthly=Decimal("2516.90"),
    )
    above = MonthRates("99.9402", "99.8522", "99.9888", "99.9290", proven=True)
    refused = dataclass_replace(
        claim,
        month=date(2026, 9, 1),
        rates=above,
        reference="AA-2026-34",
        deadline=date(2026, 10, 30),
        sent=datetime(2026, 10, 20, 7, 41, tzinfo=UTC),
        received=datetime(2026, 10, 20, 7, 43, tzinfo=UTC),
    )
    back = RestorationFacts(
        case="S-0021",
        tenant=tenant,
        guests=(_guest(101),),
        held=(_guest(102),),
        found=words["found"],
        since=OPENED,
        at=OPENED + LASTS,
        ends_term=False,
        remedied_at=OPENED + LASTS - MENDED_BEFORE,
        effects=frozenset((BARRIER, "network")),
    )
    begins = OPENED + timedelta(days=2)
    answered = WithdrawalFacts("S-0022", tenant, begins, "unanswered")
    paid = WithdrawalFacts("S-0023", tenant, begins, "unpaid")
    letters = (
        write_maintenance(window, language),
        write_calling_off(window, language),
        write_service_change(71, tenant, words["change_subject"], words["change"], language),
        write_incident(9, tenant, words["incident_subject"], words["incident"], language),
        write_receipt(claim, language),
        write_grant(claim, Decimal("251.69"), language),
        write_refusal(refused, words["refused"], language),
        write_withdrawal(answered, language),
        write_withdrawal(paid, language),
        write_restoration(back, language),
    )
    lines = [f"# {words['title']}", ""]
    written = {letters[-3]: begins, letters[-2]: begins, letters[-1]: back.at}
    for letter in letters:
        at = written.get(letter, OPENED)
        lines += [f"## {letter.subject}", "", *_fenced(_lay_out(letter, sender, at).plain)]
    return "\n".join(lines).rstrip() + "\n"


def _lay_out(letter: ClientLetter, sender: LetterSender, at: datetime) -> PrintedLetter:
    return lay_out(dataclass_replace(letter, address=ADDRESS), sender, at)


def _printed(letter: PrintedLetter) -> str:
    return f"{letter.subject}\n\n{letter.plain}"


class _Sample:
    """One ground in one language, from draft to restoration, and to the draft of a termination."""

    def __init__(
        self, terms: Terms, language: Language, ground: str, given: GroundFacts, number: int
    ) -> None:
        self.terms, self.language, self.given = terms, language, given
        self.letters = CaseLetters(sender_of(HOSTERS[language]), address=ADDRESS)
        opened = Case(
            id=f"S-{number:04}",
            tenant="atelier-armor",
            tenant_name="Atelier Armor",
            ground=ground,
            terms_version=terms.version,
            opened_by=OMAR,
            opened_at=DEMANDED if ground == GROUND else given.opened,
        )
        self.demand: PrintedLetter | None = None
        self.order = None if given.order is None else self._order(given.order, opened)
        self.checked = self._prepared(opened)
        self.notice, self.case = self._suspended(self.checked)

    def text(self) -> str:
        notice, case, restored, file = WORDS[self.language]
        ground = self.terms.ground(self.case.ground)
        lines = [f"# {ground.label.in_(self.language)}", ""]
        if self.demand is not None:
            demand = f"{self.demand.subject}\n\n{self.demand.plain}"
            lines += [f"## {FORMAL_NOTICE[self.language]}", "", *_fenced(demand)]
        if self.order is not None:
            lines += [f"## {ORDER[self.language]}", "", *_fenced("\n".join(self._order_page()))]
        lines += [f"## {notice}", ""]
        lines += _fenced(_printed(self.notice))
        if self.begun is not None:
            lines += [f"## {IN_FORCE[self.language]}", "", *_fenced(_printed(self.begun))]
        lines += [f"## {case}", "", *_fenced("\n".join(self._page()))]
        lines += [f"## {restored}", "", *_fenced(_printed(self._restored()))]
        if right_of(self.case, self.terms) != "not-proposed":
            lines += [f"## {file}", "", *_fenced("\n".join(self._file()), "markdown")]
        return "\n".join(lines).rstrip() + "\n"

    def _order(self, given: OrderFacts, case: Case) -> AuthorityOrder:
        """The order as it was recorded, the case being opened from it."""
        said, at = partial(_said, language=self.language), given.received_at
        kinds = load_order_kinds()
        order = AuthorityOrder(
            id="A-0001",
            kind=given.kind,
            authority=said(given.authority),
            reference=given.reference,
            legal_basis=said(given.legal_basis),
            scope=said(given.scope),
            authenticity=said(given.authenticity),
            received_at=at,
            term=given.term,
            secrecy="allowed",
            tenant=case.tenant,
            recorded_by=OMAR,
            recorded_at=at,
        )
        order = check_new_order(order, kinds, at)
        return apply_order_event(order, CaseOpened(at=at, by=OMAR, case=case.id), kinds)

    def _order_page(self) -> Iterator[str]:
        """The order once it was carried out, confirmed and looked at by a second person."""
        given, order, kinds = self.given.order, self.order, load_order_kinds()
        if given is None or order is None:
            return
        said, at = partial(_said, language=self.language), self.started
        for event in (
            CarriedOut(at=at + SEEN, by=OMAR, what=said(given.done)),
            AuthorityTold(at=at + timedelta(minutes=30), by=OMAR, how=said(given.told)),
            ExecutionReviewed(at=at + timedelta(hours=3), by=LEA, finding=said(given.reviewed)),
        ):
            order = apply_order_event(order, event, kinds)
        yield from order_lines(document_of(order, at + timedelta(hours=4)))

    def notice_at(self, moment: Moment) -> PrintedLetter:
        """The notice as it would be at that moment."""
        case, at = self.case, self.started
        if moment == "before":
            case, at = self.checked, self.given.opened
        elif notice_rule(case, self.terms).when == "before":
            reasons = [LATE[self.language]]
            if urgent := URGENT.get(case.ground):
                reasons.append(urgent[self.language])
            separator = "\u202f; " if self.language == "fr" else "; "
            late = replace(case.notice, mode="waived", reason=separator.join(reasons))
            case = replace(case, notice=late)
        if moment == "after":
            at += timedelta(hours=5)
        text = self.letters.draw_notice(case, self.terms, self.language, moment)
        return self.letters.print_notice(case, self.terms, text, moment, at)

    def _prepared(self, case: Case) -> Case:
        given, language, opened = self.given, self.language, self.given.opened
        plan = Plan(
            scope="tenant" if given.scope == "tenant" else "guests",
            guests=tuple(_guest(vmid) for vmid in given.guests),
            means=tuple(given.means),
            barrier=(given.barrier,),
            ports=given.ports,
            statement=given.statement.get(language, ""),
            schedule=Schedule(
                start=given.start,
                conditions=tuple(Condition(kind=kind) for kind in given.conditions),
            ),
        )
        ticks = tuple(
            Tick(target=key, evidence=tuple(_proofs(answer, language)))
            for key, answer in given.ticks.items()
        )
        known = {} if self.order is None else order_facts(self.order, load_order_kinds())
        facts = known | {key: _said(answer, language) for key, answer in given.facts.items()}
        case = apply_event(
            case,
            ev.Edited(
                at=opened, by=OMAR, plan=plan, facts=facts, ticks=ticks, aspects=given.aspects
            ),
            self.terms,
        )
        if asks_formal_notice(case, self.terms):
            case = self._demanded(case)
        moment = draft_moment(case, self.terms)
        text = self.letters.draw_notice(case, self.terms, language, moment)
        drawn = ev.Edited(at=opened, by=OMAR, text=text, drawn=text, basis=basis_of(case, moment))
        case = apply_event(case, drawn, self.terms)
        case = apply_event(case, ev.Checked(at=opened, by=OMAR), self.terms)
        if rule_for(case, self.terms) == "none":
            return case
        # an approval holds for half a day
        at = max(opened, ORDERED - timedelta(hours=1))
        agreed = ev.Approved(at=at, by=LEA, seen=digest(case))
        return apply_event(case, agreed, self.terms)

    def _demanded(self, case: Case) -> Case:
        """The case with its formal notice to pay, as it was sent and taken."""
        then = replace(case, facts={**case.facts, "insolvency_check_on": str(DEMANDED.date())})
        days = self.terms.suspension.formal_notice_days
        until = last_day_to_pay(DEMANDED.date(), days)
        self.demand = self.letters.print_formal_notice(
            then, self.terms, self.language, until, DEMANDED
        )
        name = "<demand@example.fr>"
        queued = ev.FormalNoticeQueued(at=DEMANDED, by=OMAR, until=until, message_id=name)
        then = apply_event(then, queued, self.terms)
        done = ev.FormalNoticeDelivered(at=DEMANDED, delivery="accepted", message_id=name)
        then = apply_event(then, done, self.terms)
        checked = {"insolvency_check_on": case.facts["insolvency_check_on"]}
        return replace(then, facts={**then.facts, **checked})

    def _suspended(self, case: Case) -> tuple[PrintedLetter, Case]:
        rule = notice_rule(case, self.terms)
        after = rule.when == "after" and not rule.prefer_before
        if after:
            aside = ev.NoticeSetAside(at=self.given.opened, by=OMAR, mode="after")
            case = apply_event(case, aside, self.terms)
        else:
            letter = self._letter(case, OPENED)
            self.noticed = OPENED
            case = self._delivered(case, OPENED)
        self.begun: PrintedLetter | None = None
        order = ev.Ordered(at=ORDERED, by=OMAR, typed_name=case.tenant_name, seen=digest(case))
        case = apply_event(case, order, self.terms)
        case = self._begun(case)
        started = self.started
        done = ev.Executed(
            at=started,
            suspended=tuple(guest.ref for guest in case.plan.guests),
            failed=(),
            started_at=started,
        )
        case = apply_event(case, done, self.terms)
        if not after:
            self.begun = self.letters.print_effect(case, self.terms, OPENED, started)
        else:
            letter = self._letter(case, started)
            self.noticed = started
            case = self._delivered(case, started)
        return letter, case

    def _begun(self, case: Case) -> Case:
        """The case when its time has come: what it rests on was looked at two hours before."""
        begins = planned_start(case) or ORDERED
        self.started = begins + TAKES_EFFECT
        if case.state == "scheduled":
            debt = DebtFacts(paid=False, as_of=begins - timedelta(hours=2))
            case = apply_event(case, ev.StartReleased(at=begins, debt=debt), self.terms)
        return apply_event(case, ev.ExecutionBegan(at=begins), self.terms)

    def _letter(self, case: Case, at: datetime) -> PrintedLetter:
        moment = send_moment(case, at)
        text = self.letters.draw_notice(case, self.terms, self.language, moment)
        return self.letters.print_notice(case, self.terms, text, moment, at)

    def _delivered(self, case: Case, at: datetime) -> Case:
        queued = ev.NoticeQueued(at=at, by=OMAR, message_id="<notice@example.fr>")
        case = apply_event(case, queued, self.terms)
        return apply_event(case, ev.NoticeDelivered(at=at, delivery="accepted"), self.terms)

    def _page(self) -> Iterator[str]:
        document = build_case_document(self.case, self.terms, 0, self.started + timedelta(hours=1))
        yield from case_lines(document)
        known = {
            evidence.sha256: FILE_BYTES for tick in self.case.ticks for evidence in tick.evidence
        }
        yield from history_lines(document, known, self._mails(), ())

    def _restored(self) -> PrintedLetter:
        found = self.given.found[self.language]
        lasts = WORK if self.case.ground == "maintenance" else LASTS
        at = self.given.restored or self.started + lasts
        mended = ev.Remedied(at=at - MENDED_BEFORE, by=OMAR, found=found)
        case = apply_event(self.case, mended, self.terms)
        refs = tuple(guest.ref for guest in case.plan.guests)
        return self.letters.print_restoration(replace(case, restored=refs), self.terms, refs, at)

    def _file(self) -> Iterator[str]:
        count = build_case_document(self.case, self.terms, 0, self.started).countdown
        if count is None or count.deadline is None:
            raise SystemExit(f"{self.case.ground}: a termination file needs a deadline")
        passed = ev.TimePassed(at=count.deadline + timedelta(minutes=1))
        case = apply_event(self.case, passed, self.terms)
        expired = count.deadline + WRITTEN
        document = build_case_document(case, self.terms, 0, expired)
        return TerminationFile(
            document,
            self.terms,
            sender_of(HOSTERS[self.language]),
            list(self._mails()),
            [],
            expired,
            address=ADDRESS,
            contract_from=CONTRACT_FROM,
        ).lines()

    def _mails(self) -> Iterator[Message]:
        if self.demand is not None:
            yield self._mail("formal-notice", "<demand@example.fr>", self.demand, DEMANDED)
        yield self._mail("notice", "<notice@example.fr>", self.notice, self.noticed)
        if self.begun is not None:
            yield self._mail("in-force", "<begun@example.fr>", self.begun, self.started)

    def _mail(self, purpose: str, name: str, letter: PrintedLetter, at: datetime) -> Message:
        return Message(
            id=name,
            kind="mail",
            about=f"suspension:{self.case.id}",
            purpose=purpose,
            recipient="direction@atelier-armor.example.fr",
            copy="",
            subject=letter.subject,
            raw=letter.plain.encode(),
            uid=OMAR.uid,
            account=OMAR.name,
            state="accepted",
            attempts=1,
            next_at=None,
            answer="250 2.0.0 queued",
            queued_at=at,
            changed_at=at,
        )


def _guest(vmid: int) -> PlannedGuest:
    names = {101: "web", 102: "base", 103: "courriel"}
    return PlannedGuest(ref=GuestId(cluster="rennes", vmid=vmid), kind="qemu", name=names[vmid])


def _said(answer: Any, language: Language) -> str:
    return str(answer[language]) if isinstance(answer, dict) else str(answer)


def _proofs(answers: Any, language: Language) -> Iterator[TickEvidence]:
    """The evidence of a tick; a file is kept under the SHA-256 of its content, here its name."""
    for answer in answers if isinstance(answers, list) else [answers]:
        kind, text = answer.get("kind", "log"), str(answer[language])
        content = hashlib.sha256(text.encode()).hexdigest() if kind == "file" else ""
        yield TickEvidence(kind=kind, text=text, sha256=content)


def _fenced(text: str, kind: str = "text") -> list[str]:
    return [f"~~~{kind}", *text.rstrip().splitlines(), "~~~", ""]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
