"""The part of a long ticket that carries its matter, for what reads a few hundred characters."""

from noc_tui.contract.annexe2.clauses import ClauseRole, TicketClause
from noc_tui.contract.annexe2.reading import Reading

LONGEST = 360
_WORTH = {ClauseRole.request: 3, ClauseRole.trouble: 2, ClauseRole.other: 1, ClauseRole.known: 0}


def gist(reading: Reading) -> str:
    """Return a short ticket whole; of a longer one the sentences that ask or complain, in order."""
    if len(reading.text) <= LONGEST:
        return reading.text
    sentences: dict[int, list[TicketClause]] = {}
    for clause in reading.clauses:
        sentences.setdefault(clause.sentence, []).append(clause)
    worth = {
        number: (
            max(_WORTH[clause.role] for clause in clauses),
            sum(len(clause.hits) for clause in clauses),
        )
        for number, clauses in sentences.items()
    }
    kept: dict[int, str] = {}
    room = LONGEST
    for number in sorted(worth, key=lambda one: worth[one], reverse=True):
        said = reading.text[
            sentences[number][0].row[0].start : sentences[number][-1].row[-1].end
        ].strip()
        if room <= 0:
            break
        kept[number] = said[:room]
        room -= len(said)
    return ". ".join(kept[number] for number in sorted(kept))
