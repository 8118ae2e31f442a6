"""The proofs of a case: added and withdrawn one by one, never replaced in silence (R19)."""

from collections.abc import Iterator
from datetime import datetime
from itertools import count

from msgspec.structs import replace

from noc_tui.contract.suspension import events as ev
from noc_tui.contract.suspension import reasons
from noc_tui.contract.suspension.reasons import Reason
from noc_tui.contract.suspension.values import Case, Person, Tick, TickEvidence, WithdrawnProof
from noc_tui.contract.terms import Terms

CHILD_ABUSE = "child_abuse"
"""The fact that says of what kind the content is: answered yes, nothing of it is copied (R37)."""


def add_proofs(case: Case, event: ev.Edited) -> tuple[Tick, ...]:
    """The ticks of the case with those of the event added to them.

    A proof that says what one there already says is not added again.
    """
    ticks = {tick.target: tick for tick in _numbered(case)}
    number = _last_number(case)
    for asked in event.ticks or ():
        known = ticks.get(asked.target, Tick(target=asked.target, evidence=()))
        for proof in asked.evidence:
            if any(proof.says_as(one) for one in known.evidence):
                continue
            number += 1
            added = replace(proof, number=number, by=event.by, at=event.at)
            known = replace(known, evidence=(*known.evidence, added))
        ticks[asked.target] = known
    return tuple(ticks.values())


def find_proof(case: Case, number: int) -> tuple[str, TickEvidence] | None:
    """The target and the proof of that number, where it stands."""
    return next(((to, one) for to, one in standing_proofs(case) if one.number == number), None)


def standing_proofs(case: Case) -> Iterator[tuple[str, TickEvidence]]:
    """Each proof that supports a tick, with its number and the tick's target."""
    for tick in _numbered(case):
        for proof in tick.evidence:
            yield tick.target, proof


def without_proof(case: Case, number: int, by: Person, at: datetime, reason: str) -> Case:
    """The case without that proof, which it remembers as withdrawn. A tick ends with its last.

    The case is as it was where no proof of that number stands.
    """
    found = find_proof(case, number)
    if found is None:
        return case
    target, proof = found
    rest = (
        replace(tick, evidence=tuple(one for one in tick.evidence if one.number != number))
        for tick in _numbered(case)
    )
    gone = WithdrawnProof(target=target, evidence=proof, by=by, at=at, reason=reason.strip())
    return replace(
        case,
        ticks=tuple(tick for tick in rest if tick.evidence),
        withdrawn=(*case.withdrawn, gone),
    )


def odd_tick(tick: Tick, terms: Terms) -> list[Reason]:
    """What is wrong with a tick: no such clause or requirement, or nothing that proves it."""
    known = {row.id for row in terms.requirements if row.kind == "evidence"}
    known |= {row.id for row in terms.charte if row.tickable or row.invocable}
    if tick.target not in known:
        return [Reason("R19", reasons.UNKNOWN_CLAUSE, {"clause": tick.target})]
    if not tick.evidence or not all(proof.text.strip() for proof in tick.evidence):
        return [Reason("R19", reasons.EVIDENCE_MISSING, {"target": tick.target})]
    return []


def file_problems(case: Case, event: ev.Edited) -> list[Reason]:
    """Why the edit may not bring files, or not say that the content is of a kind that is not kept.

    Suspected child abuse content is never copied on (R37).
    """
    facts = {**case.facts, **(event.facts or {})}
    if not is_abuse(facts.get(CHILD_ABUSE, "")):
        return []
    brought = [one for tick in event.ticks or () for one in tick.evidence if one.has_file]
    if brought:
        return [Reason("R37", reasons.NO_FILES)]
    if any(one.has_file for _target, one in standing_proofs(case)):
        return [Reason("R37", reasons.FILES_STAND)]
    return []


def is_abuse(answer: str) -> bool:
    """Return whether the fact `child_abuse` is answered with yes."""
    return answer.strip().casefold() == "yes"


def answer_problems(case: Case, event: ev.ClientAnswered) -> list[Reason]:
    """What is wrong with a client's answer as it was entered."""
    problems = []
    if not event.text.strip() and not event.file:
        problems.append(Reason("R16", reasons.ANSWER_EMPTY))
    if event.received_at > event.at:
        problems.append(Reason("R16", reasons.ANSWER_IN_FUTURE))
    if event.file and is_abuse(case.fact(CHILD_ABUSE)):
        problems.append(Reason("R37", reasons.NO_FILES))
    return problems


def _last_number(case: Case) -> int:
    """The highest number that a proof of the case ever had."""
    numbers = [proof.number for _target, proof in standing_proofs(case)]
    return max([*numbers, *(gone.evidence.number for gone in case.withdrawn)], default=0)


def _numbered(case: Case) -> tuple[Tick, ...]:
    """The ticks; proofs from before these had numbers get theirs in their order."""
    if all(proof.number for tick in case.ticks for proof in tick.evidence):
        return case.ticks
    numbers = count(1)
    return tuple(
        replace(
            tick,
            evidence=tuple(replace(proof, number=next(numbers)) for proof in tick.evidence),
        )
        for tick in case.ticks
    )
