"""Words a letter or two away from the vocabulary, read as what they most likely are."""

from collections.abc import Callable, Collection
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from noc_tui.contract.annexe2.lexicon import Lexicon

_SHORTEST = 5
_LONGEST = 24
_LONG = 8
_REMEMBERED = 4096
_PER_TICKET = 100


class Corrector:
    """Corrects unknown words against the lexicon. Known words are never touched."""

    def __init__(self, lexicon: Lexicon, known: Collection[str]) -> None:
        """`known` are words that are no mistakes, though no term has them."""
        self._lexicon = lexicon
        self._known = known
        self._whole = sorted(word for word in lexicon.words if _fit(word))
        self._prefixes: dict[int, list[str]] = {}
        for prefix in sorted(lexicon.prefixes):
            if _fit(prefix):
                self._prefixes.setdefault(len(prefix), []).append(prefix)
        self._is_known = lru_cache(_REMEMBERED)(self._knows)
        self._nearest = lru_cache(_REMEMBERED)(self._search)

    def for_one_ticket(self) -> Callable[[str], str]:
        """Corrects at most so many different unknown words, then leaves them: work is bounded."""
        seen: set[str] = set()

        def correct(word: str) -> str:
            if self._is_known(word):
                return word
            if len(seen) < _PER_TICKET:
                seen.add(word)
            return self._nearest(word) if word in seen else word

        return correct

    def _knows(self, word: str) -> bool:
        return not _fit(word) or word in self._known or self._lexicon.knows(word)

    def _search(self, word: str) -> str:
        choices = [(self._near(word, self._whole), "")]
        for size, prefixes in self._prefixes.items():
            if size <= len(word):
                choices.append((self._near(word[:size], prefixes), word[size:]))
        near = [(found[1], -len(found[0]), found[0] + rest) for found, rest in choices if found]
        return min(near)[2] if near else word

    def _near(self, word: str, choices: list[str]) -> tuple[str, int] | None:
        limit = 2 if len(word) >= _LONG else 1
        found = process.extractOne(word, choices, scorer=OSA.distance, score_cutoff=limit)
        if found is None or found[0][0] != word[0]:
            return None
        return found[0], int(found[1])


def _fit(word: str) -> bool:
    return _SHORTEST <= len(word) <= _LONGEST and word.isascii() and word.isalpha()
