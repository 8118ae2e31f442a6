"""Counts the features of a ticket: concepts by the role of their clause, and words."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

from noc_tui.contract.annexe2.clauses import ClauseRole, TicketClause
from noc_tui.contract.annexe2.composites import load_composites
from noc_tui.contract.annexe2.leanings import clear_leanings
from noc_tui.contract.annexe2.lexicon import Hit

STEM = 6
_NEAR = 4
_PEOPLE = frozenset(
    {
        "je", "j", "nous", "on", "vous", "tu", "moi", "toi", "we", "i", "you", "me", "us", "please",
        "pls", "svp", "stp", "merci", "thanks", "bonjour", "bonsoir", "bjr", "hello", "hi", "salut",
        "slt", "pouvez", "peux", "pourriez", "could", "can",
    }
)  # fmt: skip
_FIRST = frozenset({"1", "i", "a", "primo"})
_SECOND = frozenset({"2", "ii", "b", "secundo"})
_SIDES = {"cue.ours": "O", "cue.yours": "Y"}
# What is said of the whole ticket: two of these in a sentence say no more than each.
_UNPAIRED = frozenset({"?ours", "?yours", "?says", "?alert", "?several", "?thanks"})
_ALERTING = 2
_VOTERS = {
    "R": (ClauseRole.request,),
    "T": (ClauseRole.request, ClauseRole.trouble),
    "N": (ClauseRole.request, ClauseRole.trouble, ClauseRole.other),
}
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
    shown.update((name, []) for name in _forms(found, concepts))
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
        yield from _owned(clause)
        for name, place in _concepts(clause):
            if clause.role is ClauseRole.known:
                continue
            if name not in _UNPAIRED:
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


def _owned(clause: TicketClause) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield the concepts that are said to be the client's (`O`) or the hoster's (`Y`), and what is
    asked for or said to be fine on each side.
    """
    sides = [hit for hit in clause.hits if hit.name in _SIDES]
    if not sides:
        return
    for side in {_SIDES[hit.name] for hit in sides}:
        yield f"side|{side}{clause.role.value}", _place(clause, sides[0])
    known = "k" if clause.role is ClauseRole.known else ""
    for hit in clause.hits:
        kind, _, name = hit.name.partition(".")
        if kind != "concept":
            continue
        near = min(sides, key=lambda side: _apart(side, hit))
        if _apart(near, hit) <= _NEAR:
            yield f"{_SIDES[near.name]}|{known}{name}", _place(clause, hit)


def _apart(one: Hit, other: Hit) -> int:
    """How many words stand between two terms; nothing where they overlap."""
    return max(other.first - one.last, one.first - other.last, 0)


def _place(clause: TicketClause, hit: Hit) -> tuple[int, int]:
    return clause.row[hit.first].start, clause.row[hit.last].end


def _forms(found: Sequence[TicketClause], concepts: set[str]) -> Iterator[str]:
    """Yield what kind of text it is: monitoring's own, thanks, a quarrel, a list of requests."""
    roles = {clause.role for clause in found}
    cues = Counter(hit.name for clause in found for hit in clause.hits)
    if _PEOPLE.isdisjoint(token.word for clause in found for token in clause.row):
        kind = "alert" if cues["cue.alert"] >= _ALERTING else "nobody"
        yield f"form|{kind}"
        yield from (f"{kind[0]}|{name}" for name in concepts if name[0] not in "!?")
    asks, fails = ClauseRole.request in roles, ClauseRole.trouble in roles
    if cues["cue.thanks"]:
        yield f"form|thanks{'R' * asks}{'T' * fails}"
    elif not asks and not fails:
        yield "form|told"
    if cues["cue.says"]:
        sides = "".join(mark for name, mark in _SIDES.items() if cues[name])
        yield f"form|says{min(cues['cue.says'], 2)}{sides}"
    edges = {clause.row[end].word for clause in found for end in (0, -1)}
    listed = not _FIRST.isdisjoint(edges) and not _SECOND.isdisjoint(edges)
    if listed:
        yield "form|listed"
    yield from _votes(found, several=listed or bool(cues["cue.several"]))


def _votes(found: Sequence[TicketClause], *, several: bool) -> Iterator[str]:
    """Yield for which verdicts the concepts speak that are asked for, that are asked for or fail,
    and all that are not said to be fine; apart where several things are asked for.
    """
    leaning = clear_leanings()
    for mark, roles in _VOTERS.items():
        spoken = {
            leaning[hit.name]
            for clause in found
            if clause.role in roles
            for hit in clause.hits
            if hit.name in leaning
        }
        yield f"votes|{mark}{'+' * several}{','.join(sorted(spoken))}"


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
