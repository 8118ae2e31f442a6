"""What time that does not count must rest on, and what it may not contradict (R10, R38).

One set of rules for an exclusion and for an attribution that leads to one. A reason is a text that
the client reads on its statement. What cannot be shown counts: the hoster proves, not the client.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from noc_tui.contract.availability import Account
from noc_tui.contract.sla_document import Basis
from noc_tui.contract.spans import Span, common, cut_spans, minus


def N_(text: str) -> str:  # noqa: N802 -- gettext's own name; the catalogue check looks for it
    """Mark a text for later translation."""
    return text


ATTACK_EVIDENCE = ("file", "flow", "provider")
"""How evidence of an attack begins: a file, flow data, what a provider says (`flow:…`)."""

LEAST_WORDS = 3
"""A reason that the client reads says more than a word or two (our stand)."""

SHORT_REASON = N_("the client reads this reason on its statement: say it in a sentence")
NO_CASE = N_("name the suspension of this client that took effect in this time (article 6)")
NO_QUOTA_ENTRY = N_(
    "name the entry of the evidence log that says that this client reached a quota before the time"
    " ended (article 5.1)"
)
NO_LINK = N_("say how reaching the quota led to the outage (article 5.1)")
OWN_EQUIPMENT = N_(
    "an emergency never covers the provider's own equipment (article 10.1), which failed then:"
    " {what}"
)
NO_EMERGENCY = N_("say what the emergency was, and why it was no equipment of the provider's")
NO_ATTACK = N_(
    "an attack needs evidence of it (article 9): a file, flow data or a provider's word, as file:…,"
    " flow:… or provider:…"
)
NOT_A_LEAD = N_("only a lead decides that it was force majeure")
NO_FORCE = N_("say why the event was irresistible and unforeseeable (article 15)")
NO_EVIDENCE = N_("say what shows that the provider was not the cause: a task, an entry, a message")
CONTRADICTS = N_(
    "outage {number} is attributed otherwise: attribute it again, or leave its time alone"
)
EXCLUDED_OTHERWISE = N_(
    "exclusion {number} takes this time out on another basis: withdraw it, or attribute it so"
)


@dataclass(frozen=True, slots=True)
class DecisionProblem:
    """Why a decision is refused: a message id and its values. `forbidden` is a matter of role."""

    text: str
    values: dict[str, object] = field(default_factory=dict)
    forbidden: bool = False


@dataclass(frozen=True, slots=True)
class DowntimeDecision:
    """Time that shall not count, in microseconds. `grounds` are ids of tasks, numbers of entries,
    evidence; `link` says how the basis led to the outage. `lead`: a lead decides.
    """

    basis: Basis
    span: Span
    reason: str
    grounds: tuple[str, ...] = ()
    link: str = ""
    lead: bool = False


@dataclass(frozen=True, slots=True)
class OnRecord:
    """What the records hold of the tenant around a decision's time.

    `windows` were announced before they began. `case` is the time of the suspension that the
    decision names. `quota_entries` are those of its grounds that record a quota reached before the
    time ended, `failures` the hoster's own equipment that failed in it.
    """

    windows: Sequence[Span] = ()
    case: Span | None = None
    quota_entries: Sequence[str] = ()
    failures: Sequence[str] = ()


def list_problems(decision: DowntimeDecision, known: OnRecord) -> list[DecisionProblem]:
    """Return why the decision is refused; empty when it rests on what its basis asks for."""
    return [*_REQUIREMENTS[decision.basis](decision, known)]


def _maintenance(_decision: DowntimeDecision, _known: OnRecord) -> Iterator[DecisionProblem]:
    """Yield nothing: unannounced work is left out too, and marked (`is_contestable`)."""
    return iter(())


def _suspension(decision: DowntimeDecision, known: OnRecord) -> Iterator[DecisionProblem]:
    if known.case is None or not common([known.case], [decision.span]):
        yield DecisionProblem(NO_CASE)


def _quota(decision: DowntimeDecision, known: OnRecord) -> Iterator[DecisionProblem]:
    if not known.quota_entries:
        yield DecisionProblem(NO_QUOTA_ENTRY)
    if not decision.link.strip():
        yield DecisionProblem(NO_LINK)


def _emergency(decision: DowntimeDecision, known: OnRecord) -> Iterator[DecisionProblem]:
    if known.failures:
        yield DecisionProblem(OWN_EQUIPMENT, {"what": ", ".join(known.failures)})
    if not decision.link.strip():
        yield DecisionProblem(NO_EMERGENCY)


def _attack(decision: DowntimeDecision, _known: OnRecord) -> Iterator[DecisionProblem]:
    if not any(_is_attack_evidence(one) for one in decision.grounds):
        yield DecisionProblem(NO_ATTACK)


def _force_majeure(decision: DowntimeDecision, _known: OnRecord) -> Iterator[DecisionProblem]:
    if not decision.lead:
        yield DecisionProblem(NOT_A_LEAD, forbidden=True)
    if not decision.link.strip():
        yield DecisionProblem(NO_FORCE)


def _not_attributable(decision: DowntimeDecision, _known: OnRecord) -> Iterator[DecisionProblem]:
    if not any(one.strip() for one in decision.grounds):
        yield DecisionProblem(NO_EVIDENCE)


_REQUIREMENTS: dict[Basis, Callable[[DowntimeDecision, OnRecord], Iterator[DecisionProblem]]] = {
    "maintenance": _maintenance,
    "suspension": _suspension,
    "quota": _quota,
    "emergency": _emergency,
    "attack": _attack,
    "force_majeure": _force_majeure,
    "not_attributable": _not_attributable,
}


def reason_problems(reason: str) -> list[DecisionProblem]:
    """Return whether a reason that the client reads, where its figures are lowered, is none."""
    return [] if len(reason.split()) >= LEAST_WORDS else [DecisionProblem(SHORT_REASON)]


def _is_attack_evidence(ground: str) -> bool:
    kind, _colon, what = ground.partition(":")
    return kind in ATTACK_EVIDENCE and bool(what.strip())


def is_contestable(decision: DowntimeDecision, known: OnRecord) -> bool:
    """Return whether it is work of which the client was not told before it began, at least for a
    part of the time.
    """
    return decision.basis == "maintenance" and bool(minus([decision.span], known.windows))


def limit_span(decision: DowntimeDecision, known: OnRecord) -> Span:
    """Return the time that is left out: of a suspension, no more than the suspension lasted."""
    if decision.basis != "suspension" or known.case is None:
        return decision.span
    return Span(max(decision.span.start, known.case.start), min(decision.span.end, known.case.end))


@dataclass(frozen=True, slots=True)
class StandingDecision:
    """An attribution or an exclusion in force, by its outage's or its own number.

    `basis` is None for the hoster. `settled`: the exclusion follows from a case or an announced
    window, which may well begin or end within an outage that is somebody else's.
    """

    number: int
    span: Span
    basis: Basis | None
    settled: bool = False


_FAMILY: dict[Basis, Basis] = {"attack": "not_attributable", "force_majeure": "not_attributable"}


def _family(basis: Basis | None) -> Basis | None:
    return None if basis is None else _FAMILY.get(basis, basis)


def contradicts(exclusion: StandingDecision, attribution: StandingDecision) -> bool:
    """Return whether the two say different things of the same time (R38)."""
    if _family(exclusion.basis) == _family(attribution.basis):
        return False
    shared = common([exclusion.span], [attribution.span])
    if exclusion.settled:
        return shared == [attribution.span]
    return bool(shared)


class Protection(StrEnum):
    """Why a figure that a decision lowers is not one person's to lower."""

    REVIEWED = "reviewed"
    CLOSED = "closed"
    CLAIMED = "claimed"


def find_relieved(account: Account, after: Sequence[Span]) -> list[Span]:
    """Return the time that counts, or would in the worst case, and no longer does once `after` are
    the exclusions.
    """
    counts = cut_spans([*account.outages, *account.unmeasured], account.past)
    return minus(minus(counts, account.exclusions), minus(counts, after))


def find_protections(
    relieved: Iterable[Span], *, closed: bool, claimed: bool, reviewed: Sequence[Span]
) -> set[Protection]:
    """Return why a second person is needed for a month in which `relieved` would no longer count.

    A month is closed once it is over: its statement is final. `reviewed` are the outages of
    incidents that were reviewed.
    """
    spans = list(relieved)
    if not spans:
        return set()
    found = {Protection.CLOSED} if closed else set()
    if claimed:
        found.add(Protection.CLAIMED)
    if common(spans, reviewed):
        found.add(Protection.REVIEWED)
    return found
