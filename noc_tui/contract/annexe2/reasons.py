"""The words of a ticket that led to a row, and the concept that each stood for.

Words that carry no matter of their own ("la", "c'est", "vous") are never a reason.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources

from noc_tui.contract.annexe2.reading import Reading
from noc_tui.contract.annexe2.tokens import fold, tokens

Place = tuple[int, int]
_SHOWN = 5
_LEAST_LETTERS = 3


@cache
def stop_words() -> frozenset[str]:
    """The words that are never a reason, without accents."""
    source = resources.files("noc_tui.contract.annexe2") / "data" / "stopwords.txt"
    return frozenset(fold(source.read_text(encoding="utf-8")).split())


class Reasons:
    """Names the words that spoke for a row, and their concepts, for one ticket."""

    def __init__(self, reading: Reading) -> None:
        self._text = reading.text
        self._named = _named_places(reading)

    def of(self, gains: Mapping[Place, float]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The words at the places that gained most, in the order of the text, and beside each the
        concept that it stands for, empty where it stands for none.
        """
        content: dict[Place, float] = {}
        for place, gain in gains.items():
            kept = self._content(place)
            if kept is not None:
                content[kept] = content.get(kept, 0.0) + gain
        best = sorted((place for place in content if content[place] > 0), key=content.__getitem__)
        told: dict[str, str] = {}
        for place in sorted(_apart(best[::-1])):
            told.setdefault(self._text[slice(*place)], self._concept(place))
        return tuple(told), tuple(told.values())

    def _content(self, place: Place) -> Place | None:
        """The place without stop words at its ends; None where nothing is left.

        A term of the vocabulary stays whole as long as it has a word of content.
        """
        words = tokens(self._text[slice(*place)], place[0])
        named = place in self._named
        kept = [one for one in words if _is_content(one.word, 2 if named else _LEAST_LETTERS)]
        if not kept:
            return None
        return place if named else (kept[0].start, kept[-1].end)

    def _concept(self, place: Place) -> str:
        """The concept whose words overlap the place most; a concept before an action."""
        overlaps = (
            (min(place[1], end) - max(place[0], start), kind == "concept", name)
            for (start, end), (kind, name) in self._named.items()
        )
        best = max(overlaps, default=(0, False, ""))
        return best[2] if best[0] > 0 else ""


def _named_places(reading: Reading) -> dict[Place, tuple[str, str]]:
    """Where the ticket names concepts and actions; a concept where both stand at one place."""
    found: dict[Place, tuple[str, str]] = {}
    for clause in reading.clauses:
        for hit in clause.hits:
            kind, _, name = hit.name.partition(".")
            place = clause.row[hit.first].start, clause.row[hit.last].end
            if kind == "concept" or (kind == "action" and place not in found):
                found[place] = kind, name
    return found


def _is_content(word: str, least: int) -> bool:
    if word.endswith("_") or word == "ora_err":
        return True
    return len(word) >= least and not word.isdigit() and word not in stop_words()


def _apart(places: Iterable[Place]) -> Sequence[Place]:
    """The first places that do not overlap one kept before them."""
    kept: list[Place] = []
    for start, end in places:
        if all(end <= other or stop <= start for other, stop in kept):
            kept.append((start, end))
        if len(kept) == _SHOWN:
            break
    return kept
