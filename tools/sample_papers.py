"""The samples that belong to no ground: a breach of personal data (R41), an order under secrecy
(R37), the letter of a month's statement, letters to who reported content (R39).

`tools/samples.py` writes them with the others; the words are in `sample_papers.toml`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
from msgspec.structs import replace as replace_case

from noc_tui.commands.suspension_text import case_lines
from noc_tui.config import Hoster
from noc_tui.contract.authority.case_facts import order_facts
from noc_tui.contract.authority.kinds import load_order_kinds
from noc_tui.contract.authority.machine import (
    AuthorityTold,
    CarriedOut,
    CaseOpened,
    ExecutionReviewed,
    Published,
    apply_order_event,
    check_new_order,
)
from noc_tui.contract.authority.values import AuthorityOrder
from noc_tui.contract.breaches import AUTHORITY, list_duties
from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension.approval import digest
from noc_tui.contract.suspension.machine import apply_event
from noc_tui.contract.suspension.values import (
    Case,
    GuestId,
    Person,
    Plan,
    PlannedGuest,
    Tick,
    TickEvidence,
)
from noc_tui.contract.terms import Terms
from noc_tui.daemon.authority.orders import document_of
from noc_tui.daemon.suspension.case_document import build_case_document
from noc_tui.i18n import Language
from noc_tui.labels.authority import order_lines
from noc_tui.letters.layout import PrintedLetter, lay_out
from noc_tui.letters.month_statement import StatementFacts, write_statement_letter
from noc_tui.letters.sender import sender_of
from noc_tui.queries.legal import BreachRecord
from noc_tui.statement.legal_pages import LegalRegister, draw_breach_notice, draw_breach_register
from noc_tui.statement.markdown import markdown
from noc_tui.statement.report_letters import ReportLetter, draw_report_letter
from storage.legal_registers import BreachNotice, DataBreach
from storage.register import Tenant

WORDS = Path(__file__).with_name("sample_papers.toml")
OMAR = Person(uid=1001, name="omar", role="operator")
LEA = Person(uid=1003, name="lea", role="lead")
TENANT = Tenant(
    id="atelier-armor", name="Atelier Armor", email="direction@atelier-armor.example.fr",
    contract_start=None, contract_end=None, pools=(), users=(), groups=(), guest_users=(),
    endpoints=(), support="none", support_billing="", support_perimeter=(),
)  # fmt: skip
FOUND = datetime(2026, 11, 28, 8, 40, tzinfo=UTC)
ORDERED = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
RECORDED = ORDERED + timedelta(minutes=12)
"""When the order was entered, once its genuineness was checked."""
REMOVED = datetime(2026, 12, 1, 14, 30, tzinfo=UTC)
"""When it is answered that reported content is no longer there."""
REMOVED_FROM = "https://www.atelier-armor.example.fr/affiches/"
OPENED = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Papers:
    """All of them, in one language."""

    terms: Terms
    hoster: Hoster
    address: str
    language: Language
    words: Mapping[str, str]

    @classmethod
    def of(cls, terms: Terms, hoster: Hoster, address: str, language: Language) -> "Papers":
        """The papers about a hoster's client at that address."""
        words = msgspec.toml.decode(WORDS.read_bytes(), type=dict[str, dict[str, str]])
        return cls(terms, hoster, address, language, words[language])

    def made(self, reported: Case) -> Iterator[tuple[str, str]]:
        """Yield the name and the text of each; `reported` is a case about content."""
        yield "data-breach.md", self._breach()
        yield "secret-order.md", self._secret_order()
        yield "month-statement.md", self._statement()
        yield "report-letters.md", self._to_notifier(reported)

    def _breach(self) -> str:
        words = self.words
        breach = DataBreach(
            id=1, role="processor", discovered_at=FOUND, began_at=FOUND - timedelta(hours=7),
            ended_at=FOUND + timedelta(minutes=25), tenants=(TENANT.id,), nature=words["nature"],
            data=words["data"], people=words["people"], consequences=words["consequences"],
            measures=words["measures"], risk="risk", risk_reason=words["risk_reason"],
            closed_at=None, closing="", account=LEA.name,
        )  # fmt: skip
        ours = msgspec.structs.replace(
            breach, id=2, role="controller", tenants=(), risk="high",
            data=words["own_data"], people=words["own_people"], risk_reason=words["own_risk"],
            measures=words["own_measures"], nature=words["own_nature"],
        )  # fmt: skip
        told = BreachNotice(
            breach=1, addressee=f"tenant:{TENANT.id}", told_at=FOUND + timedelta(hours=3),
            channel="email", reference="<1@example.fr>", delay_reason="", account=LEA.name,
        )  # fmt: skip
        records = [_record(breach, told), _record(ours)]
        register = LegalRegister(
            self.hoster, (), (TENANT,), (), records, FOUND + timedelta(hours=4)
        )
        (client,) = records[0].duties
        authority, persons = sorted(records[1].duties, key=lambda one: one.addressee != AUTHORITY)
        to_persons = draw_breach_notice(register, records[1], persons, words["advice"])
        parts = (
            ("to_client", markdown(draw_breach_notice(register, records[0], client))),
            ("to_authority", markdown(draw_breach_notice(register, records[1], authority))),
            ("to_persons", markdown(to_persons)),
            ("register", markdown(draw_breach_register(register))),
        )
        lines = [f"# {words['breach']}", ""]
        for name, text in parts:
            lines += [f"## {words[name]}", "", *_fenced(text, "markdown")]
        return _text(lines)

    def _secret_order(self) -> str:
        words, kinds = self.words, load_order_kinds()
        order = check_new_order(
            AuthorityOrder(
                id="A-0002", kind="criminal", authority=words["authority"],
                reference="JI CR 7/26", legal_basis=words["basis"], scope=words["scope"],
                authenticity=words["authenticity"], received_at=ORDERED, secrecy="forbidden",
                secrecy_basis=words["basis_secret"], tenant=TENANT.id, recorded_by=OMAR,
                recorded_at=RECORDED,
            ),
            kinds,
            RECORDED,
        )  # fmt: skip
        case = self._secret_case(order)
        for event in (
            CaseOpened(at=RECORDED, by=OMAR, case=case.id),
            CarriedOut(at=ORDERED + timedelta(minutes=50), by=OMAR, what=words["done"]),
            AuthorityTold(at=ORDERED + timedelta(hours=5), by=OMAR, how=words["told"]),
            ExecutionReviewed(at=ORDERED + timedelta(hours=6), by=LEA, finding=words["reviewed"]),
        ):
            order = apply_order_event(order, event, kinds)
        lifted = datetime(2027, 1, 13, 9, 0, tzinfo=UTC)
        public = Published(at=lifted, by=LEA, reason=words["lifted"], early=True)
        then = ORDERED + timedelta(days=1)
        after = apply_order_event(order, public, kinds)
        document = build_case_document(case, self.terms, 0, then)
        parts = (
            ("order_page", order_lines(document_of(order, then))),
            ("case_page", case_lines(document)),
            ("order_after", order_lines(document_of(after, lifted))),
        )
        lines = [f"# {words['secret']}", "", words["secret_note"], ""]
        for name, found in parts:
            lines += [f"## {words[name]}", "", *_fenced("\n".join(found))]
        return _text(lines)

    def _secret_case(self, order: AuthorityOrder) -> Case:
        """The case that carries the order out: its notice is withheld, and nobody is mailed."""
        words, at = self.words, ORDERED + timedelta(minutes=40)
        guest = PlannedGuest(ref=GuestId(cluster="rennes", vmid=102), kind="qemu", name="base")
        plan = Plan(
            scope="guests", guests=(guest,), means=("barrier", "vm_cut_network"),
            barrier=("atelier@pve", "invite@pve"),
        )  # fmt: skip
        said = TickEvidence(kind="text", text=words["basis_secret"])
        facts = {
            **order_facts(order, load_order_kinds()),
            "milder": words["scope"],
            "data_access": words["why_secret"],
        }
        case = Case(
            id="S-K7QX2M9P", tenant=TENANT.id, tenant_name=TENANT.name, ground="authority-request",
            terms_version=self.terms.version, opened_by=OMAR, opened_at=at,
        )  # fmt: skip
        why = words["why_secret"]
        for event in (
            ev.Edited(
                at=at, by=OMAR, plan=plan, facts=facts,
                ticks=(Tick(target="written_prohibition", evidence=(said,)),),
            ),
            ev.NoticeSetAside(at=at, by=OMAR, mode="withheld", reason=why),
            ev.Checked(at=at, by=OMAR),
        ):  # fmt: skip
            case = apply_event(case, event, self.terms)
        case = apply_event(case, ev.Approved(at=at, by=LEA, seen=digest(case)), self.terms)
        ordered = ev.Ordered(at=at, by=OMAR, typed_name=TENANT.name, seen=digest(case))
        started = at + timedelta(minutes=2)
        done = ev.Executed(at=started, suspended=(guest.ref,), failed=(), started_at=started)
        for last in (ordered, ev.ExecutionBegan(at=at), done):
            case = apply_event(case, last, self.terms)
        return case

    def _statement(self) -> str:
        lines = [f"# {self.words['statement']}", ""]
        closed = datetime(2026, 9, 3, 8, 0, tzinfo=UTC)
        corrected = closed + timedelta(days=7)
        first = StatementFacts(
            tenant=TENANT.name, month=date(2026, 8, 1), verdict=(self.words["verdict"],),
            digest="5f" * 32,
        )  # fmt: skip
        second = replace(
            first, verdict=(self.words["verdict_corrected"],), digest="a3" * 32,
            correction=1, replaced=closed, reason=self.words["corrected_because"],
        )  # fmt: skip
        for facts, at in ((first, closed + timedelta(hours=1)), (second, corrected)):
            letter = replace(write_statement_letter(facts, self.language), address=self.address)
            printed = lay_out(letter, sender_of(self.hoster), at)
            lines += [f"## {printed.subject}", "", *_fenced(printed.plain)]
        return _text(lines)

    def _to_notifier(self, case: Case) -> str:
        """What who reported the content of that case gets: received, restricted, left as it is."""
        opened = replace_case(case, state="draft", started_at=None, suspended=())
        at = case.started_at or OPENED
        told = {"content_location": REMOVED_FROM, "informed_at": "2026-12-01T09:20:00+01:00"}
        removed = replace_case(opened, id="S-0014", facts={**case.facts, **told})
        letters = (
            self._report_letter(opened, "receipt", "", OPENED),
            self._report_letter(case, "decision", "", at + timedelta(hours=1)),
            self._report_letter(removed, "decision", self.words["no_measure"], REMOVED),
        )
        lines = [f"# {self.words['notifier']}", ""]
        for letter in letters:
            lines += [f"## {letter.subject}", "", *_fenced(letter.plain)]
        return _text(lines)

    def _report_letter(
        self, case: Case, what: ReportLetter, reason: str, at: datetime
    ) -> PrintedLetter:
        return draw_report_letter(
            case, self.terms, sender_of(self.hoster), what=what,
            notifier=self.words["notifier_name"], reason=reason, language=self.language, at=at,
        )  # fmt: skip


def _record(breach: DataBreach, *told: BreachNotice) -> BreachRecord:
    duties = list_duties(breach.role, breach.risk, breach.tenants, breach.discovered_at)
    return BreachRecord(breach, list(duties), told)


def _fenced(text: str, kind: str = "text") -> list[str]:
    return [f"~~~{kind}", *(line.rstrip() for line in text.splitlines()), "~~~", ""]


def _text(lines: list[str]) -> str:
    return "\n".join(lines).rstrip() + "\n"
