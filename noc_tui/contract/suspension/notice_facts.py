"""The facts of a suspension's notice (R16): everything that the letter says, and no phrase of it.

They are taken from the case, its terms and the moment; whoever writes the letter adds words alone.
An answer that nobody gave is empty, and the letter then does not speak of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

import msgspec

from noc_tui.contract.suspension import facts as answers
from noc_tui.contract.suspension.approval import grounds_of
from noc_tui.contract.suspension.clock import wall_clock_after
from noc_tui.contract.suspension.content import content_answers
from noc_tui.contract.suspension.countdown import Right, right_of
from noc_tui.contract.suspension.late_payment import (
    FORMAL_NOTICE_PROOF,
    GROUND,
    FormalNotice,
    formal_notice_of,
)
from noc_tui.contract.suspension.maturity import least_delay_of
from noc_tui.contract.suspension.notice import Moment
from noc_tui.contract.suspension.ports import ports_of
from noc_tui.contract.suspension.proofs import CHILD_ABUSE, is_abuse
from noc_tui.contract.suspension.proportion import BEYOND_MILDEST, list_ticked
from noc_tui.contract.suspension.schedule import deadline_of, planned_start
from noc_tui.contract.suspension.values import (
    BARRIER,
    Case,
    ConditionKind,
    PlannedGuest,
    TickEvidence,
)
from noc_tui.contract.terms import Article, BilingualText, Clause, Effect, Ground, LeastDelay, Terms

ANSWERS = frozenset(
    (
        "observed",
        "observed_at",
        "source",
        "informed_at",
        "automated_means",
        "breach_by",
        "remedy_by",
        "expected_end",
        "order_redress",
        "order_reasons",
        "order_territory",
        "also_articles",
    )
)
"""Answers that only the notice asks for; without them it says less, and nothing untrue."""

Source = Literal["own", "third-party", "authority", "client", ""]
Automated = Literal["none", "detection", "told", ""]
_SOURCES: Mapping[str, Source] = {"own": "own", "third-party": "third-party", "client": "client"}
_RELATED: Mapping[str, tuple[str, ...]] = {
    "charte-breach": ("annexe 1",),
    "late-payment": ("7",),
}


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of the plan: its effect on a guest, and what is filtered.

    `effect` is that of the terms, or `barrier` for the withdrawal of `accounts`; `ports` holds
    `direction:protocol:port`.
    """

    effect: Effect
    label: BilingualText | None = None
    ports: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ConfiguredMeasure:
    """A measure that was configured on these guests, and not seen to work yet."""

    label: BilingualText
    guests: tuple[PlannedGuest, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """What shows a fact: of which clause, if it is a clause's, and the evidence itself."""

    clause: Clause | None
    evidence: TickEvidence


@dataclass(frozen=True, slots=True)
class NoticeFinding:
    """What was seen. `at` is None where nobody said when: then it was before `opened_at`.

    `informed_at` is when somebody else told the hoster; `automated` says whether automated means
    found it, `told` meaning in the words of `automated_words`.
    """

    what: str
    at: datetime | None
    opened_at: datetime
    source: Source
    informed_at: datetime | None
    automated: Automated
    automated_words: str
    proofs: tuple[Proof, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """From when to when: `start` and `end` are None while they are not settled or not known.

    `unpaid_by` and `unanswered_by` are by when the client keeps the measure from being taken;
    `announced` is another start, of which the client was told before;
    `least` is how long after its notice it is taken at the earliest, where no start is planned, and
    `short_notice` why that is less than the ground gives. `days` is an authority's own delay;
    `right` what article 16.1 gives after `limit` days, which are over at `deadline` once the start
    is known (R22).
    """

    start: datetime | None
    end: datetime | None
    days: int | None
    right: Right
    limit: int
    deadline: datetime | None
    unpaid_by: datetime | None = None
    unanswered_by: datetime | None = None
    announced: datetime | None = None
    least: LeastDelay = field(default_factory=LeastDelay)
    short_notice: str = ""


@dataclass(frozen=True, slots=True)
class Invoice:
    """The debt of a late payment (R20); `dispute_days` after its issue it can be disputed.

    `unpaid` is what is left of `amount`, `notice` the formal notice to pay that is proven.
    """

    reference: str
    issued: date | None
    amount: Decimal | None
    unpaid: Decimal | None
    presented: date | None
    dispute_days: int
    notice: FormalNotice | None

    @property
    def due(self) -> Decimal | None:
        """What is left to pay; None where no amount was entered."""
        return self.amount if self.unpaid is None else self.unpaid


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """All facts of one notice.

    `article` is the ground's; `breached` and `related` are articles in the order in which they are
    cited; `unknown_breached` what was entered of the article breached and is no article of the
    terms. `untold_because` is why the client was not told beforehand, where the ground asks for it.
    `aspects` are which rules of its article were breached, where it has several. `told`
    holds the answers that the letter quotes as they are.
    """

    case: str
    tenant: str
    moment: Moment
    ground: Ground
    article: Article
    related: tuple[Article, ...]
    breached: tuple[Article, ...]
    unknown_breached: str
    by_guest_user: bool
    clauses: tuple[Clause, ...]
    aspects: tuple[str, ...]
    whole: bool
    guests: tuple[PlannedGuest, ...]
    measures: tuple[Measure, ...]
    configured: tuple[ConfiguredMeasure, ...]
    observation: NoticeFinding
    invoice: Invoice
    term: Term
    remedy: str
    remedy_by: str
    remedy_waived: bool
    data_access: str
    untold_because: str
    told: Mapping[str, str]

    @property
    def restricts_only(self) -> bool:
        """Return whether the plan leaves its guests running and on the network."""
        return all(one.effect in ("filter", "public", "none", BARRIER) for one in self.measures)

    @property
    def speaks_of_termination(self) -> bool:
        """Return whether the notice tells what article 16.1 gives after its time: not where no
        right is proposed, nor where nothing is done to a guest.
        """
        return self.term.right != "not-proposed" and not self.asks_only

    @property
    def leaves_open_connections(self) -> bool:
        """Return whether connections that are open already may go on: a filter lets them end, and
        nothing else of the plan cuts them.
        """
        effects = {one.effect for one in self.measures}
        return bool(effects & {"filter", "public"}) and not effects & {"network", "stop"}

    @property
    def beyond_mildest(self) -> bool:
        """Return whether the plan does more than ask, filter or withdraw an access: then the client
        is told why less was not enough.
        """
        return any(one.effect in BEYOND_MILDEST for one in self.measures)

    @property
    def asks_only(self) -> bool:
        """Return whether nothing is done to a guest: the client is asked to act."""
        return bool(self.measures) and all(one.effect == "none" for one in self.measures)


def collect_notice_facts(case: Case, terms: Terms, moment: Moment) -> NoticeFacts:
    """Return the facts of the notice of a case, as they are at that moment."""
    case = _without_other_grounds(case, terms)
    ground = terms.ground(case.ground)
    known = {row.id: row for row in terms.articles}
    breached, unknown = _breached(case, known)
    by_guest_user = case.fact("breach_by") == "guest-user"
    return NoticeFacts(
        case=case.id,
        tenant=case.tenant_name,
        moment=moment,
        ground=ground,
        article=terms.article(ground.article),
        related=_related(case, terms, by_guest_user),
        breached=breached,
        unknown_breached=unknown,
        by_guest_user=by_guest_user,
        clauses=tuple(terms.clause(key) for key in list_ticked(case, terms)),
        aspects=tuple(key for key in ground.aspects if key in case.aspects),
        whole=case.plan.scope == "tenant",
        guests=case.plan.guests,
        measures=tuple(_measures(case, terms)),
        configured=tuple(_configured(case, terms)),
        observation=_observation(case, terms),
        invoice=_invoice(case, terms),
        term=_term(case, terms),
        remedy=case.fact("remedy"),
        remedy_by=case.fact("remedy_by"),
        remedy_waived=case.waiver("remedy") is not None,
        data_access=case.fact("data_access"),
        untold_because=case.notice.reason.strip() if case.notice.mode == "waived" else "",
        told=dict(case.facts),
    )


def _without_other_grounds(case: Case, terms: Terms) -> Case:
    """The case without answers and evidence that other grounds ask for."""
    mine = {key for ground in grounds_of(case, terms) for key in ground.requires}
    mine |= {FORMAL_NOTICE_PROOF} if case.ground == GROUND else set()
    mine |= {*content_answers(case.ground)}
    others = {row.id for row in terms.requirements} - mine - ANSWERS
    facts = {key: answer for key, answer in case.facts.items() if key not in others}
    ticks = tuple(tick for tick in case.ticks if tick.target not in others)
    return msgspec.structs.replace(case, facts=facts, ticks=ticks)


def _related(case: Case, terms: Terms, by_guest_user: bool) -> tuple[Article, ...]:
    """The articles that the ground rests on besides its own, those of grounds cited beside, and
    those that somebody names beside: of these what is no article of the terms is left out.
    """
    related = _RELATED.get(case.ground, ())
    if list_ticked(case, terms):
        related += ("annexe 1",)
    if by_guest_user:
        related += ("5.2",)
    beside = tuple(terms.ground(key).article for key in case.cites)
    known = {row.id for row in terms.articles}
    given = tuple(part.strip() for part in case.fact("also_articles").split(","))
    beside += tuple(part for part in given if part in known)
    own = terms.ground(case.ground).article
    return tuple(terms.article(key) for key in dict.fromkeys(related + beside) if key != own)


def _breached(case: Case, known: Mapping[str, Article]) -> tuple[tuple[Article, ...], str]:
    given = [part.strip() for part in case.fact("article_breached").split(",") if part.strip()]
    if given and all(part in known for part in given):
        return tuple(known[part] for part in given), ""
    return (), ", ".join(given)


def _measures(case: Case, terms: Terms) -> Iterable[Measure]:
    """The measures in the order in which they are applied: access is withdrawn first."""
    if BARRIER in case.plan.means:
        yield Measure(BARRIER, accounts=case.plan.barrier)
    for key in case.plan.means:
        means = terms.means_of(key)
        if means.effect == BARRIER:
            continue
        ports = ports_of(case.plan, means) if means.effect == "filter" else ()
        yield Measure(means.effect, means.label, ports)


def _configured(case: Case, terms: Terms) -> Iterable[ConfiguredMeasure]:
    doubts = [doubt for doubt in case.unproven if doubt.kind == "configured"]
    for key in dict.fromkeys(doubt.means for doubt in doubts):
        refs = {doubt.guest for doubt in doubts if doubt.means == key}
        guests = tuple(guest for guest in case.plan.guests if guest.ref in refs)
        yield ConfiguredMeasure(terms.means_of(key).label, guests)


def _observation(case: Case, terms: Terms) -> NoticeFinding:
    given = case.fact("automated_means")
    automated: Automated = "none" if given == "none" else "told" if given else ""
    if given == "detection":
        automated = "detection"
    return NoticeFinding(
        what=case.fact("observed") or case.fact("usage") or case.fact("protective_reason"),
        at=answers.an_instant(case.fact("observed_at")),
        opened_at=case.opened_at,
        source=_source(case),
        informed_at=answers.an_instant(case.fact("informed_at")),
        automated=automated,
        automated_words=given if automated == "told" else "",
        proofs=tuple(_proofs(case, terms)),
    )


def _source(case: Case) -> Source:
    given, told_by = case.fact("source"), case.fact("who_informed_us")
    if given in _SOURCES and not (given == "own" and told_by):
        return _SOURCES[given]
    if case.ground == "authority-report" or given == "authority":
        return "authority"
    return "third-party" if told_by else ""


def _proofs(case: Case, terms: Terms) -> Iterable[Proof]:
    if is_abuse(case.fact(CHILD_ABUSE)):
        return  # nothing of it is copied on, not even to who published it (R37)
    clauses = {row.id: row for row in terms.charte}
    for tick in case.ticks:
        for evidence in tick.evidence:
            yield Proof(clauses.get(tick.target), evidence)


def _invoice(case: Case, terms: Terms) -> Invoice:
    return Invoice(
        reference=case.fact("invoice_ref"),
        issued=answers.a_date(case.fact("issue_date")),
        amount=answers.an_amount(case.fact("amount")),
        unpaid=answers.an_amount(case.fact("unpaid_part")),
        presented=answers.a_date(case.fact("debit_presented_on")),
        dispute_days=terms.suspension.dispute_days,
        notice=formal_notice_of(case),
    )


def _term(case: Case, terms: Terms) -> Term:
    # Carried out and not seen to work yet: it began when it was ordered, or when its time had come.
    begun = case.begun_at if case.carried_out else None
    start = case.started_at or begun or planned_start(case)
    given = case.fact("order_days")
    days = int(given) if given.isdecimal() and int(given) > 0 else None
    limit = days or terms.suspension.termination_days
    end = _end(case)
    deadline = None if case.started_at is None else wall_clock_after(case.started_at, limit)
    return Term(
        start=start,
        end=end,
        days=days,
        right=right_of(case, terms),
        limit=limit,
        deadline=deadline,
        unpaid_by=_deadline(case, "unpaid"),
        unanswered_by=_deadline(case, "unanswered"),
        announced=_announced(case),
        least=least_delay_of(case, terms),
        short_notice=case.plan.schedule.short_notice.strip(),
    )


def _announced(case: Case) -> datetime | None:
    """The start that the client was told of before the order was moved, where it is another."""
    known = None if case.moved is None else case.moved.announced
    return None if known == planned_start(case) else known


def _deadline(case: Case, kind: ConditionKind) -> datetime | None:
    """By when the client keeps the measure from being taken in that way, if it can."""
    mine = [one for one in case.plan.schedule.conditions if one.kind == kind]
    return deadline_of(case, mine[0]) if mine else None


def _end(case: Case) -> datetime | None:
    keys: Sequence[str] = ("expected_end",)
    if case.ground == "maintenance":
        keys = ("window_end", "expected_end")
    elif case.ground == "authority-request":
        keys = ("order_until",)
    found = (answers.an_instant(case.fact(key)) for key in keys)
    return next((at for at in found if at is not None), None)
