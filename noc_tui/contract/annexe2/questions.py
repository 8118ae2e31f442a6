"""The questions to put to a client whose ticket has two readings (R25, R26), as data."""

import tomllib
from collections.abc import Collection, Mapping
from functools import cache
from importlib import resources

import msgspec


class Question(msgspec.Struct, frozen=True):
    """Two readings (rows of annexe 2) and the question that tells them apart, in two languages.

    `about` are the concepts of a ticket that call for it.
    """

    id: str
    readings: tuple[str, str]
    about: tuple[str, ...]
    fr: str
    en: str


@cache
def load_questions() -> tuple[Question, ...]:
    """The questions that come with the product."""
    source = resources.files("noc_tui.contract.annexe2") / "data" / "questions.toml"
    document = tomllib.loads(source.read_text(encoding="utf-8"))
    return msgspec.convert(document["question"], tuple[Question, ...])


def general() -> Question:
    """The question for a ticket that none of the others fits."""
    return load_questions()[-1]


def between(likely: Mapping[str, float], concepts: Collection[str]) -> Question:
    """The question about most of what the ticket names, its readings the likeliest together.

    The last, general one is for a ticket that none of the others fits.
    """
    known = load_questions()

    def weight(question: Question) -> float:
        one, other = question.readings
        named = sum(concept in concepts for concept in question.about)
        together = float((likely.get(one, 0.0) * likely.get(other, 0.0)) ** 0.5)
        return named * _NAMED + together

    best = max(known[:-1], key=weight)
    return best if weight(best) > _LEAST else known[-1]


# A concept named counts as much as two readings that share a fifth of the likelihood each.
_NAMED = 0.2
_LEAST = 0.1
