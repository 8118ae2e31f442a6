"""The terms of the contract, read from one typed file and checked before any rule uses them.

`load_terms()` reads the file shipped beside this module, `load_terms(path)` a hoster's own. What is
wrong is told with the file and the key. Rules take from `Terms` what they need as arguments; a case
keeps `Terms.version` as its stamp (R15).
"""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path

import msgspec

from noc_tui.contract.terms_shape import (
    Approval,
    Article,
    AvailabilityTerms,
    Backups,
    BilingualText,
    Clause,
    Effect,
    Ground,
    LeastDelay,
    Life,
    Means,
    ProcedureStep,
    QuotaTerms,
    Requirement,
    RequirementKind,
    Row,
    SupportTerms,
    SuspensionNumbers,
    Terms,
)

__all__ = [
    "SHIPPED",
    "Approval",
    "Article",
    "AvailabilityTerms",
    "Backups",
    "BilingualText",
    "Clause",
    "Effect",
    "Ground",
    "LeastDelay",
    "Life",
    "Means",
    "ProcedureStep",
    "QuotaTerms",
    "Requirement",
    "RequirementKind",
    "Row",
    "SupportTerms",
    "SuspensionNumbers",
    "Terms",
    "TermsError",
    "encode_terms",
    "load_terms",
    "read_terms",
]

SHIPPED = Path(__file__).with_name("terms.toml")


class TermsError(ValueError):
    """The terms file cannot be used; the text names the file and the key."""


def load_terms(path: Path | None = None) -> Terms:
    """The terms of that file, or those shipped.

    Raises `TermsError`, naming the file and the key, when it is unreadable or contradicts itself.
    """
    source = SHIPPED if path is None else path
    try:
        terms = msgspec.toml.decode(source.read_bytes(), type=Terms, dec_hook=_decode)
    except OSError as error:
        raise TermsError(f"{source}: {error.strerror or error}") from error
    except (msgspec.ValidationError, msgspec.DecodeError, ValueError, RecursionError) as error:
        raise TermsError(f"{source}: {error}") from error
    problems = list(_problems(terms))
    if problems:
        raise TermsError("\n".join(f"{source}: {problem}" for problem in problems))
    return terms


def encode_terms(terms: Terms) -> str:
    """Return the terms as one JSON text, which `read_terms` reads back."""
    return msgspec.json.encode(terms, enc_hook=str).decode()


def read_terms(text: str) -> Terms:
    """Return the terms of a stored JSON text; raises `TermsError` for a shape that this program
    does not know.
    """
    try:
        return msgspec.json.decode(text, type=Terms, dec_hook=_decode)
    except (msgspec.DecodeError, ValueError) as error:
        raise TermsError(str(error)) from error


def _decode(kind: type, value: object) -> Fraction:
    if kind is not Fraction:
        raise NotImplementedError(kind)
    if not isinstance(value, str):
        raise ValueError(f"a rate is written as a text like '999/1000', not {value!r}")
    try:
        rate = Fraction(value)
    except (ValueError, ZeroDivisionError) as error:
        raise ValueError(f"a rate is written like 999/1000, not {value!r}") from error
    if not 0 < rate <= 1:
        raise ValueError(
            f"a rate is a part of one, written like 999/1000 or 0.999 for 99.9 %, not {value!r}"
        )
    return rate


def _problems(terms: Terms) -> Iterator[str]:
    rates = terms.availability
    if not 0 < rates.floor < rates.commitment <= 1:
        yield "availability: 0 < floor < commitment <= 1 does not hold"
    yield from _doubles(terms)
    requirements = {row.id for row in terms.requirements}
    means = {row.id for row in terms.means}
    grounds = {row.id for row in terms.grounds}
    rows = {row.id for row in terms.annexe2}
    for ground in terms.grounds:
        where = f"grounds.{ground.id}"
        yield from _unknown(f"{where}.requires", ground.requires, requirements)
        yield from _unknown(f"{where}.withhold_requires", ground.withhold_requires, requirements)
        yield from _unknown(f"{where}.means", ground.means, means)
        yield from _unknown(f"{where}.lead_aspects", ground.lead_aspects, set(ground.aspects))
        if ground.immediate_cites:
            yield from _unknown(f"{where}.immediate_cites", [ground.immediate_cites], grounds)
    for clause in terms.charte:
        yield from _unknown(f"charte.{clause.id}.means", clause.means, means)
    for row in terms.annexe2:
        yield from _unknown(f"annexe2.{row.id}.equivalents", row.equivalents, rows)
        yield from _unknown(f"annexe2.{row.id}.footnotes", row.footnotes, set(terms.footnotes))


def _unknown(where: str, ids: Iterable[str], known: set[str]) -> Iterator[str]:
    return (f"{where}: {key!r} is not defined" for key in ids if key not in known)


def _doubles(terms: Terms) -> Iterator[str]:
    tables: list[tuple[str, list[str]]] = [
        ("requirements", [row.id for row in terms.requirements]),
        ("steps", [row.id for row in terms.steps]),
        ("grounds", [row.id for row in terms.grounds]),
        ("means", [row.id for row in terms.means]),
        ("charte", [row.id for row in terms.charte]),
        ("articles", [row.id for row in terms.articles]),
        ("annexe2", [row.id for row in terms.annexe2]),
    ]
    for table, ids in tables:
        seen: set[str] = set()
        for key in ids:
            if key in seen:
                yield f"{table}: {key!r} is given twice"
            seen.add(key)
