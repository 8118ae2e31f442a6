"""Counts the features of a ticket: concepts by the role of their clause, and words."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from noc_tui.contract.annexe2.clauses import ClauseRole, TicketClause
from noc_tui.contract.annexe2.composites import load_composites

STEM = 6
_MARKS = {"concept": "", "action": "!", "cue": "?"}


def features(found: Sequence[TicketClause]) -> dict[str, list[tuple[int, int]]]:
    """Return each feature with the places in the text that show it."""
    shown: dict[str, list[tuple[int, int]]] = {}
    for name, place in _all(found):
        shown.setdefault(name, []).append(place)
    size = sum(len(clause.row) for clause in found)
    for limit in (5, 10, 18, 35, 70):
        if size <= limit:
            shown[f"size<{limit}"] = []
    if not any(clause.role is ClauseRole.request for clause in found):
        shown["no-request"] = []
    concepts = {n[2:] for n in shown if n.startswith("A|")}
    shown.update((name, []) for name in _composites(concepts))
    for limit in (0, 1, 2, 4):
        if len(concepts) <= limit:
            shown[f"concepts<{limit}"] = []
    return shown


def _all(found: Sequence[TicketClause]) -> Iterator[tuple[str, tuple[int, int]]]:
    by_sentence: dict[int, set[str]] = {}
    places: dict[str, tuple[int, int]] = {}
    turn, last = _turn(found), _last_request(found)
    for number, clause in enumerate(found):
        for name, place in _concepts(clause):
            places[name] = place
            yield f"{clause.role.value}|{name}", place
            if clause.role is ClauseRole.known:
                continue
            by_sentence.setdefault(clause.sentence, set()).add(name)
            yield f"A|{name}", place
            if turn:
                yield f"{'V' if number >= turn else 'B'}|{name}", place
            if clause.sentence == last:
                yield f"L|{name}", place
        yield from _words(clause)
    for names in by_sentence.values():
        for one, two in combinations(sorted(names), 2):
            yield f"P|{one}+{two}", places[one]


def _composites(concepts: set[str]) -> Iterator[str]:
    """Yield the composites whose concepts are all there, and none of those that exclude it."""
    for composite in load_composites():
        excluded = not concepts.isdisjoint(composite.none)
        missing = composite.some and concepts.isdisjoint(composite.some)
        if concepts.issuperset(composite.every) and not missing and not excluded:
            yield f"X|{composite.name}"


def _turn(found: Sequence[TicketClause]) -> int:
    """The number of the clause in which the matter itself begins; 0 when none is set apart."""
    turns = (
        number
        for number, clause in enumerate(found)
        if number and any(hit.name == "cue.turn" for hit in clause.hits)
    )
    return max(turns, default=0)


def _last_request(found: Sequence[TicketClause]) -> int:
    """The sentence that asks last, or -1."""
    return max(
        (clause.sentence for clause in found if clause.role is ClauseRole.request), default=-1
    )


def _concepts(clause: TicketClause) -> Iterator[tuple[str, tuple[int, int]]]:
    for hit in clause.hits:
        kind, _, name = hit.name.partition(".")
        place = clause.row[hit.first].start, clause.row[hit.last].end
        yield f"{_MARKS[kind]}{name}", place


def _words(clause: TicketClause) -> Iterator[tuple[str, tuple[int, int]]]:
    mark = "k" if clause.role is ClauseRole.known else "w"
    last = ""
    for token in clause.row:
        stem = token.word[:STEM]
        place = token.start, token.end
        yield f"{mark}|{stem}", place
        if clause.role is ClauseRole.request:
            yield f"r|{stem}", place
        if mark == "w" and last:
            yield f"b|{last} {stem}", place
        last = stem
