"""The vocabulary as data: terms of concepts and cues, found in a row of words.

A term is words; `*` ends a prefix, `(a|b)` is either, `(a )?` may be missing, `~` lets up to
three other words stand between. A hoster's own file has the same shape and is added.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from noc_tui.contract.annexe2.tokens import tokens

KINDS = ("concept", "action", "cue")
_GAP = 3
_KEY = 4
_REMEMBERED = 4096
# A piece that is one word as it stands (its prefix mark or class included): most of them are.
_PLAIN = re.compile(r"~|[a-z]+\*?|[a-z0-9_]*_")
_GROUP = re.compile(r"\(([^()]*)\)(\?)?")


class VocabularyError(ValueError):
    """A vocabulary file that cannot be used: names the file, the concept and the term."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A term found: its name (`concept.backup`, `cue.request`) and the words it spans."""

    name: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class _Term:
    name: str
    words: tuple[str, ...]


class Lexicon:
    """Terms by the first letters of their first word, so that a look-up touches few of them."""

    def __init__(self, sections: Mapping[str, Iterable[str]]) -> None:
        """`sections` maps a name (`concept.backup`) to its terms."""
        self._exact: dict[str, list[_Term]] = {}
        self._prefix: dict[str, list[_Term]] = {}
        self._seen: dict[str, list[_Term]] = {}
        self.words: set[str] = set()
        self.prefixes: set[str] = set()
        for name, terms in sections.items():
            for term in terms:
                for spelling in expand(term):
                    self._add(name, spelling)

    def _add(self, name: str, spelling: str) -> None:
        words = term_words(spelling)
        if not words or words[0] == "~":
            raise VocabularyError(f"{name}: term without a first word: {spelling!r}")
        for word in words:
            if word.endswith("*"):
                self.prefixes.add(word[:-1])
            elif word != "~":
                self.words.add(word)
        term = _Term(name, words)
        if words[0].endswith("*"):
            self._prefix.setdefault(words[0][:-1][:_KEY], []).append(term)
        else:
            self._exact.setdefault(words[0], []).append(term)

    def find(self, words: Sequence[str]) -> Iterator[Hit]:
        """Yield every term in the words, overlapping ones included."""
        for place, word in enumerate(words):
            for term in self._starting(word):
                last = place if len(term.words) == 1 else _match(term.words, words, place)
                if last >= 0:
                    yield Hit(term.name, place, last)

    def _starting(self, word: str) -> list[_Term]:
        """The terms whose first word this is, remembered for the words that come again."""
        known = self._seen.get(word)
        if known is None:
            known = list(self._exact.get(word, ()))
            for size in range(1, min(len(word), _KEY) + 1):
                fitting = self._prefix.get(word[:size], ())
                known += [term for term in fitting if _same(term.words[0], word)]
            if len(self._seen) >= _REMEMBERED:
                self._seen.clear()
            self._seen[word] = known
        return known

    def knows(self, word: str) -> bool:
        """Return whether the word is in some term, or begins as one of its prefixes does."""
        if word in self.words:
            return True
        return any(word[:size] in self.prefixes for size in range(2, len(word) + 1))


def _match(term: tuple[str, ...], words: Sequence[str], place: int) -> int:
    """The place of the term's last word when it starts at `place`, else -1."""
    at = place
    gap = 0
    for part in term:
        if part == "~":
            gap = _GAP
            continue
        stop = min(at + gap, len(words) - 1)
        while at <= stop and not _same(part, words[at]):
            at += 1
        if at > stop:
            return -1
        at += 1
        gap = 0
    return at - 1


def _same(part: str, word: str) -> bool:
    return word.startswith(part[:-1]) if part[-1] == "*" else word == part


def expand(term: str) -> list[str]:
    """Return every spelling of a term: `(a|b) c` gives `a c` and `b c`."""
    group = _GROUP.search(term)
    if group is None:
        return [term]
    choices = group.group(1).split("|") + ([""] if group.group(2) else [])
    head, tail = term[: group.start()], term[group.end() :]
    return [spelling for choice in choices for spelling in expand(f"{head}{choice}{tail}")]


def term_words(spelling: str) -> tuple[str, ...]:
    """The words of one spelling, cut as a ticket's own words are."""
    parts: list[str] = []
    for piece in spelling.split():
        if _PLAIN.fullmatch(piece) or piece == "ora_err":
            parts.append(piece)
        else:
            found = [token.word for token in tokens(piece.rstrip("*"))]
            if found and piece.endswith("*"):
                found[-1] += "*"
            parts.extend(found)
    return tuple(parts)


def read_sections(text: str, source: str) -> dict[str, list[str]]:
    """The sections of a vocabulary file; raises `VocabularyError` naming what is wrong."""
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise VocabularyError(f"{source}: {error}") from error
    sections: dict[str, list[str]] = {}
    for kind, entries in document.items():
        if kind not in KINDS or not isinstance(entries, dict):
            raise VocabularyError(f"{source}: [{kind}] is none of [concept.…], [action.…], [cue.…]")
        for name, entry in entries.items():
            sections[f"{kind}.{name}"] = _terms(entry, f"{source}: [{kind}.{name}]")
    return sections


def _terms(entry: object, where: str) -> list[str]:
    terms = entry.get("terms") if isinstance(entry, dict) else None
    if not isinstance(terms, list) or not all(isinstance(term, str) for term in terms):
        raise VocabularyError(f"{where}: terms must be a list of strings")
    return terms


def load_sections() -> dict[str, list[str]]:
    """The vocabulary and the cues that come with the product."""
    folder = resources.files("noc_tui.contract.annexe2") / "data"
    sections: dict[str, list[str]] = {}
    for name in ("vocabulary.toml", "actions.toml", "cues.toml"):
        sections |= read_sections((folder / name).read_text(encoding="utf-8"), name)
    return sections


@cache
def load_lexicon() -> Lexicon:
    """The shipped lexicon, compiled once, at its first use."""
    return Lexicon(load_sections())
