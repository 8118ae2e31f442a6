"""The terms of each tenant: the default ones, and those of tenants under another contract.

book = load_book(None, [ContractTerms(Path("terms-99-5.toml"), ("acme",), date(2026, 4, 1))])
book.for_tenant("acme", day)        # what acme was promised on that day
book.default                        # where no tenant is meant
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Protocol

from noc_tui.contract.calendar import Month, paris_day
from noc_tui.contract.terms import SHIPPED, TermsError, load_terms
from noc_tui.contract.terms_shape import Terms


class TermsSource(Protocol):
    """A row of the configuration: the file, the tenants' ids, the first day (None: always)."""

    @property
    def file(self) -> Path: ...
    @property
    def tenants(self) -> Sequence[str]: ...
    @property
    def since(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class OtherTerms:
    """Terms that some tenants have from a day on, in place of the default ones."""

    terms: Terms
    tenants: frozenset[str]
    since: date = date.min


@dataclass(frozen=True, slots=True)
class TermsBook:
    """The terms of every tenant on every day. Of several terms of a tenant, the ones that began
    last apply.
    """

    default: Terms
    others: tuple[OtherTerms, ...] = ()

    def for_tenant(self, tenant: str, day: date) -> Terms:
        """The terms of that tenant (its id) on a day in Paris."""
        begun = [one for one in self.others if tenant in one.tenants and one.since <= day]
        return max(begun, key=lambda one: one.since).terms if begun else self.default

    def for_month(self, tenant: str, month: Month, now: int) -> Terms:
        """The terms that a tenant's month is worked out by while none are stamped on it.

        Those of the present day, or of the month's last or first one when it is over or to come;
        `now` in microseconds.
        """
        day = min(max(paris_day(now), month.first_day), month.last_day)
        return self.for_tenant(tenant, day)

    @property
    def versions(self) -> tuple[Terms, ...]:
        """All terms, the default ones first, each version once."""
        found = {terms.version: terms for terms in (one.terms for one in self.others)}
        return tuple(({self.default.version: self.default} | found).values())


@cache
def load_shipped_book() -> TermsBook:
    """The shipped terms for everybody: what applies where the configuration names none."""
    return TermsBook(load_terms())


def load_book(default: Path | None, others: Iterable[TermsSource] = ()) -> TermsBook:
    """The book of the default file (None: the shipped one) and of the other rows.

    Raises `TermsError`, naming the files, for one that cannot be used and for two files that give
    one version to different terms: a version is stamped on cases and months, and means one text.
    """
    rows = list(others)
    files = [default or SHIPPED, *(row.file for row in rows)]
    read = {file: load_terms(file) for file in dict.fromkeys(files)}
    versions: dict[str, Path] = {}
    for file, terms in read.items():
        first = versions.setdefault(terms.version, file)
        if read[first] != terms:
            raise TermsError(f"{file}: version: {terms.version!r} is that of {first} too")
    return TermsBook(
        read[files[0]],
        tuple(
            OtherTerms(read[row.file], frozenset(row.tenants), row.since or date.min)
            for row in rows
        ),
    )
