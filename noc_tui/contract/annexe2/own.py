"""The hoster's own words, added to the shipped vocabulary once they contradict nothing in it.

The file has the shape of `data/vocabulary.toml` and names concepts (or cues, or actions) that exist
there: what a concept means for the rows has been learnt, and a new one would mean nothing.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import resources
from pathlib import Path

from noc_tui.contract.annexe2.lexicon import (
    Hit,
    Lexicon,
    VocabularyError,
    load_lexicon,
    load_sections,
    read_sections,
)
from noc_tui.contract.annexe2.tokens import tokens

_STRONG = 2.0


@cache
def lexicon_with(file: Path | None) -> Lexicon:
    """The shipped lexicon, with a file's words if there is one.

    Raises `VocabularyError`, naming the file, the concept and the word, for a file that cannot be
    read, names an unknown concept, or takes a word that speaks for another verdict.
    """
    if file is None:
        return load_lexicon()
    own, known = _read_own(file), load_sections()
    return Lexicon({name: [*terms, *own.get(name, ())] for name, terms in known.items()})


@cache
def stand_ins_for(file: Path | None) -> Callable[[str], str]:
    """Return what puts a shipped word of the same concept in the place of each of a file's words.

    Who reads sentences for their meaning knows no hoster's own words. Raises as `lexicon_with`.
    """
    if file is None:
        return str
    own, known = Lexicon(_read_own(file)), load_sections()
    plain = {name: next(filter(str.isalpha, terms), "") for name, terms in known.items()}

    def put_in(text: str) -> str:
        words, replaced = tokens(text), len(text)
        for hit in sorted(own.find([token.word for token in words]), key=_last)[::-1]:
            start, end = words[hit.first].start, words[hit.last].end
            if end <= replaced and plain[hit.name]:
                text, replaced = f"{text[:start]}{plain[hit.name]}{text[end:]}", start
        return text

    return put_in


def _last(hit: Hit) -> tuple[int, int]:
    """Where a term ends, the longer before the shorter when it is read backwards."""
    return hit.last, -hit.first


def _read_own(file: Path) -> dict[str, list[str]]:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise VocabularyError(f"{file}: {error}") from error
    own, known = read_sections(text, str(file)), load_sections()
    problems = [*_unknown(own, known), *_contradictions(own, known)]
    if problems:
        raise VocabularyError("\n".join(f"{file}: {problem}" for problem in problems))
    return own


def _unknown(own: Mapping[str, list[str]], known: Mapping[str, list[str]]) -> Iterator[str]:
    return (f"[{name}] is none of the shipped concepts" for name in own if name not in known)


def _contradictions(own: Mapping[str, list[str]], known: Mapping[str, list[str]]) -> Iterator[str]:
    """Words given to a concept although another one has them and speaks for other rows."""
    holders: dict[str, list[str]] = {}
    for name, terms in known.items():
        for term in terms:
            holders.setdefault(term, []).append(name)
    meant = strong_rows()
    for name, terms in own.items():
        for term in terms:
            for other in holders.get(term, ()):
                one, two = meant.get(name, frozenset()), meant.get(other, frozenset())
                if other != name and one and two and one.isdisjoint(two):
                    yield f"[{name}] {term!r}: it already stands in [{other}]"


@cache
def strong_rows() -> Mapping[str, frozenset[str]]:
    """The rows that each concept speaks for clearly."""
    source = resources.files("noc_tui.contract.annexe2") / "data" / "affinities.toml"
    concepts = tomllib.loads(source.read_text(encoding="utf-8"))["concept"]
    return {
        f"concept.{name}": frozenset(row for row, much in rows.items() if much >= _STRONG)
        for name, rows in concepts.items()
    }
